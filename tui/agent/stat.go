package main

import "syscall"

// A statAnswer is the stat object of the wire.
type statAnswer struct {
	Mode      uint16  `json:"mode"`
	UID       uint32  `json:"uid"`
	GID       uint32  `json:"gid"`
	Size      uint64  `json:"size"`
	Mtime     int64   `json:"mtime"`
	MtimeNsec uint32  `json:"mtime_nsec"`
	Ctime     int64   `json:"ctime"`
	CtimeNsec uint32  `json:"ctime_nsec"`
	Atime     int64   `json:"atime"`
	AtimeNsec uint32  `json:"atime_nsec"`
	Btime     *int64  `json:"btime"` // null: the file system keeps none
	BtimeNsec *uint32 `json:"btime_nsec"`
	Nlink     uint32  `json:"nlink"`
	Inode     uint64  `json:"inode"`
	RdevMajor uint32  `json:"rdev_major"`
	RdevMinor uint32  `json:"rdev_minor"`
	Blocks    uint64  `json:"blocks"`
	Target    []byte  `json:"target"`
}

// stat looks at an entry of any kind, a link itself included.
func stat(r *request) (any, error) {
	fd, err := r.files.open(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	return describe(fd)
}

// readlink tells where a link points.
func readlink(r *request) (any, error) {
	fd, err := r.files.open(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	if !isLink(fd) {
		return nil, invalid("not a symbolic link")
	}
	target, err := targetOf(fd)
	return struct {
		Target []byte `json:"target"`
	}{target}, err
}

// describe answers for a descriptor, O_PATH or not.
func describe(fd int) (*statAnswer, error) {
	var st statx
	if err := statDescriptor(fd, &st); err != nil {
		return nil, err
	}
	answer := &statAnswer{
		Mode: st.Mode, UID: st.UID, GID: st.GID, Size: st.Size, Nlink: st.Nlink,
		Mtime: st.Mtime.Sec, MtimeNsec: st.Mtime.Nsec,
		Ctime: st.Ctime.Sec, CtimeNsec: st.Ctime.Nsec,
		Atime: st.Atime.Sec, AtimeNsec: st.Atime.Nsec,
		Inode: st.Ino, RdevMajor: st.RdevMajor, RdevMinor: st.RdevMinor, Blocks: st.Blocks,
		Target: []byte{},
	}
	if st.Mask&statxBtime != 0 {
		answer.Btime, answer.BtimeNsec = &st.Btime.Sec, &st.Btime.Nsec
	}
	if st.kind() != syscall.S_IFLNK {
		return answer, nil
	}
	var err error
	answer.Target, err = targetOf(fd)
	return answer, err
}

func targetOf(fd int) ([]byte, error) {
	buf := make([]byte, targetBuf)
	n, err := readLink(fd, emptyName, buf)
	if err != nil {
		return nil, err
	}
	return buf[:n], nil
}
