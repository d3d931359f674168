package main

import (
	"reflect"
	"syscall"
)

// A settledAnswer tells what the folder could not take.
type settledAnswer struct {
	Losses *losses `json:"losses"`
}

// settle is the last step of filling a folder: it gets the attributes of another one, or those that
// were kept for it, and the marker goes, so that whoever sees none sees a whole folder.
func settle(r *request) (any, error) {
	var asked struct {
		Source []byte `json:"source"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	want := r.rootOf(r.path())
	if len(asked.Source) > 0 {
		want = &attributes{}
		if err := r.readFolder(string(asked.Source), want); err != nil {
			return nil, err
		}
	}
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(dir)
	answer := settledAnswer{new(losses)}
	if err := settleFolder(dir, want, answer.Losses); err != nil {
		return nil, err
	}
	r.keepRoot(r.path(), nil)
	return answer, nil
}

// readFolder reads the attributes of the folder at a path that a client sent.
func (r *request) readFolder(path string, a *attributes) error {
	if !validPath(path) {
		return invalid("the source is not absolute and clean")
	}
	dir, err := r.files.openDirectory(path)
	if err != nil {
		return err
	}
	defer syscall.Close(dir)
	return readAttributes(-1, "", dir, a)
}

// settleFolder leaves the attributes of the folder as they are where want is nil.
func settleFolder(dir int, want *attributes, l *losses) error {
	if want != nil {
		if err := giveRoot(dir, want, l); err != nil {
			return err
		}
	}
	var given, now attributes
	if err := readAttributes(-1, "", dir, &given); err != nil {
		return err
	}
	if err := syncDescriptor(dir); err != nil {
		return err
	}
	if err := unlinkAt(dir, append([]byte(markerName), 0), 0); err != nil && err != syscall.ENOENT {
		return err
	}
	if err := giveTimes(dir, want); err != nil {
		return err
	}
	if err := syncDescriptor(dir); err != nil {
		return err
	}
	if err := readAttributes(-1, "", dir, &now); err != nil {
		return err
	}
	return refuseOther(&given, &now, want != nil)
}

// giveRoot applies attributes to the folder that all the rest is in.
func giveRoot(dir int, want *attributes, l *losses) error {
	return applyAttributes(-1, "", dir, want, l, func() []byte { return []byte("/") })
}

// giveTimes is for a folder whose entries changed after its attributes were given. A file system
// that does not take them has said so then.
func giveTimes(dir int, want *attributes) error {
	if want == nil {
		return nil
	}
	err := object{dir: -1, fd: dir}.setTimes(want.st.Atime, want.st.Mtime)
	switch err {
	case syscall.EPERM, syscall.EACCES, syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.EOVERFLOW:
		return nil
	}
	return err
}

// refuseOther says what of the attributes is not as it was given.
func refuseOther(given, now *attributes, times bool) error {
	differs := ""
	switch {
	case given.st.UID != now.st.UID || given.st.GID != now.st.GID:
		differs = "owner"
	case given.st.Mode != now.st.Mode:
		differs = "mode"
	case times && !given.st.Mtime.equal(now.st.Mtime):
		differs = "time"
	case !reflect.DeepEqual(given.xattrs, now.xattrs):
		differs = "extended attributes"
	default:
		return nil
	}
	return refusal{syscall.EIO, "the root folder does not keep its " + differs}
}
