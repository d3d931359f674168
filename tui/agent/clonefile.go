package main

import (
	"syscall"
)

// A cloner handles entries that are no folders, in a goroutine of its own.
type cloner struct {
	*clone
	contents
	d    *twin
	name string
	own  attributes
}

func (c *clone) worker() func(handful) {
	w := &cloner{clone: c}
	w.contents = contents{clone: c, buf: make([]byte, wholeBytes)}
	return func(b handful) {
		for name, kind := range b.entries() {
			if c.halted() {
				return
			}
			w.d, w.name = b.twin, string(name[:len(name)-1])
			w.entry(kind)
			c.entries.Add(1)
		}
	}
}

func (w *cloner) path() []byte { return w.d.path([]byte(w.name)) }

// entry goes by what the folder says; another kind than that has come meanwhile.
func (w *cloner) entry(kind uint16) {
	if kind == syscall.S_IFREG {
		w.files.Add(1)
		w.file()
		return
	}
	if err := readAttributes(w.d.fds[origin], w.name, -1, &w.own); err != nil {
		w.missed(w.d, []byte(w.name), err)
		return
	}
	if now := w.own.st.kind(); now == syscall.S_IFREG || now == syscall.S_IFDIR {
		w.changed.add(w.path())
		return
	}
	if w.isMounted(&w.own.st) {
		return
	}
	first, linked := w.link()
	if !linked {
		first.finish(w.special())
	}
}

// isMounted counts what is mounted over an entry and belongs to no volume.
func (w *cloner) isMounted(st *statx) bool {
	if st.Mask&statxMount == 0 || st.MountID == w.mount {
		return false
	}
	w.losses.add(lossUnreadable, w.path())
	return true
}

// link makes a further name of what was copied; first is whoever makes the first one.
func (w *cloner) link() (first *original, linked bool) {
	first, other := w.first.take(&w.own.st, w.d, w.name)
	if first == nil && other == nil && w.own.st.Nlink > 1 { // more than can be remembered
		w.losses.add(lossLink, w.path())
	}
	if other == nil || !other.ok {
		return first, false
	}
	from := w.d.fds[copied]
	if other.in != w.d {
		var err error
		if from, err = w.trees[copied].open(string(other.in.path(nil))); err != nil {
			w.fail(err)
			return nil, true
		}
		defer syscall.Close(from)
	}
	switch err := linkAt(from, other.name, w.d.fds[copied], w.name); err {
	case nil:
		return nil, true
	case syscall.EMLINK, syscall.EPERM, syscall.EOPNOTSUPP, syscall.EXDEV, syscall.ENOSYS:
		w.losses.add(lossLink, w.path())
		return nil, false
	default:
		w.unmade(w.d, w.name, lossLink, err)
		return nil, true
	}
}

// special makes a link, fifo, socket or device.
func (w *cloner) special() bool {
	st := &w.own.st
	kind, err := lossLink, error(nil)
	if st.kind() == syscall.S_IFLNK {
		var n int
		n, err = readLink(w.d.fds[origin], append([]byte(w.name), 0), w.buf[:targetBuf])
		if err != nil {
			w.missed(w.d, []byte(w.name), err)
			return false
		}
		err = symlinkAt(w.buf[:n], w.d.fds[copied], w.name)
	} else {
		kind = lossDevice
		if st.kind() == syscall.S_IFSOCK {
			kind = lossSocket
		}
		err = syscall.Mknodat(w.d.fds[copied], w.name, uint32(st.Mode), deviceNumber(st))
	}
	if err != nil {
		w.unmade(w.d, w.name, kind, err)
		return false
	}
	if err := applyAttributes(w.d.fds[copied], w.name, -1, &w.own, &w.losses, w.path); err != nil {
		w.fail(err)
		return false
	}
	return true
}

// deviceNumber is dev_t as the system call has it.
func deviceNumber(st *statx) int {
	return int(st.RdevMinor&0xff | st.RdevMajor<<8 | (st.RdevMinor&^0xff)<<12)
}

func (w *cloner) file() {
	in, err := openAt(w.d.fds[origin], w.name, syscall.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK)
	if err == nil {
		defer syscall.Close(in)
		err = readAttributes(-1, "", in, &w.own)
	}
	if err != nil {
		w.missed(w.d, []byte(w.name), err)
		return
	}
	if w.own.st.kind() != syscall.S_IFREG {
		w.changed.add(w.path())
		return
	}
	if w.isMounted(&w.own.st) {
		return
	}
	first, linked := w.link()
	if !linked {
		first.finish(w.copyFile(in))
	}
}

// copyFile makes the file; what could not be filled does not stay.
func (w *cloner) copyFile(in int) bool {
	mode := uint32(w.own.st.Mode & 0o777) // mostly there is no need of another call then
	out, err := createAt(w.d.fds[copied], w.name, syscall.O_WRONLY|syscall.O_EXCL|syscall.O_NOFOLLOW, mode)
	if err != nil {
		w.unmade(w.d, w.name, lossName, err)
		return false
	}
	defer syscall.Close(out)
	if err := w.fill(in, out, &w.own.st); err != nil {
		unlinkAt(w.d.fds[copied], append([]byte(w.name), 0), 0)
		if unreadable, ok := err.(sourceError); ok {
			w.missed(w.d, []byte(w.name), unreadable.Errno)
		} else {
			w.fail(err)
		}
		return false
	}
	if w.own.st.changed(in) {
		w.changed.add(w.path())
	}
	if err := applyToNew(out, &w.own, &w.losses, w.path); err != nil {
		w.fail(err)
		return false
	}
	w.flags.note(w.clone, w.d, []byte(w.name), &w.own.st)
	return true
}
