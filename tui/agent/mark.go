package main

import "syscall"

// The marker says that a folder is still being filled; its text says by whom.
const (
	markerName   = ".voltui-incomplete"
	ownNames     = ".voltui-" // how all names of our own in the root of a volume begin
	maxMarkerLen = 64 << 10
)

// mark makes the marker. When it answers, the marker is on the storage; when it fails for want of
// space, none is left.
func mark(r *request) (any, error) {
	var asked struct {
		Text []byte `json:"text"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if len(asked.Text) > maxMarkerLen {
		return nil, invalid("the text is above the limit of 64 KiB")
	}
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(dir)
	return nothing{}, makeSynced(dir, markerName, asked.Text)
}

// makeSynced makes a file with these contents that only root reads, and returns once file and name
// are on the storage. EEXIST where the name is taken, by a link too. A file that could not be
// finished is removed again.
func makeSynced(dir int, name string, text []byte) error {
	fd, err := createAt(dir, name, syscall.O_WRONLY|syscall.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	err = writeAll(fd, text)
	if err == nil {
		err = syncDescriptor(fd)
	}
	if closed := syscall.Close(fd); err == nil {
		err = closed
	}
	if err == nil {
		err = syncDescriptor(dir)
	}
	if err != nil {
		unlinkAt(dir, append([]byte(name), 0), 0)
	}
	return err
}

func writeAll(fd int, data []byte) error {
	for len(data) > 0 {
		n, err := syscall.Write(fd, data)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}
