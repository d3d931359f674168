package main

import "syscall"

const stReadOnly = 1 // ST_RDONLY

// A spaceAnswer is what the file system of a folder says of itself; sizes are in bytes.
type spaceAnswer struct {
	Size       uint64 `json:"size"`
	Free       uint64 `json:"free"`
	Available  uint64 `json:"available"` // to others than root
	Inodes     uint64 `json:"inodes"`    // 0: it makes them as they are needed
	InodesFree uint64 `json:"inodes_free"`
	Type       uint32 `json:"type"` // statfs f_type, a number of linux/magic.h
	ReadOnly   bool   `json:"read_only"`
}

// space tells how much room there is where a folder stands.
func space(r *request) (any, error) {
	fd, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	var st syscall.Statfs_t
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Fstatfs(fd, &st)
	}
	if err != nil {
		return nil, err
	}
	block := uint64(st.Frsize) // f_bsize is only the best size of a write
	return &spaceAnswer{
		Size: st.Blocks * block, Free: st.Bfree * block, Available: st.Bavail * block,
		Inodes: st.Files, InodesFree: st.Ffree,
		Type: uint32(st.Type), ReadOnly: st.Flags&stReadOnly != 0,
	}, nil
}
