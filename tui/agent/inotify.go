package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"
	"sync"
	"syscall"
)

const (
	changeMask = syscall.IN_CREATE | syscall.IN_DELETE | syscall.IN_MOVED_FROM | syscall.IN_MOVED_TO |
		syscall.IN_MODIFY | syscall.IN_ATTRIB
	leaveMask = syscall.IN_DELETE_SELF | syscall.IN_MOVE_SELF

	inotifyBuf = 64 << 10
)

// inotify is the agent's one instance, open while any folder is watched: a user may have 128 in all.
type inotify struct {
	mu      sync.Mutex
	fd      int
	file    *os.File // of fd; its reads wait in Go's poller
	folders map[int32]map[*changes]struct{}
}

// add notes what happens in the open folder dir from now on, until release is called.
func (n *inotify) add(dir int, c *changes) (release func(), err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file == nil {
		if err := n.open(); err != nil {
			return nil, err
		}
	}
	path := "/proc/self/fd/" + strconv.Itoa(dir)
	added, err := syscall.InotifyAddWatch(n.fd, path, changeMask|leaveMask|syscall.IN_ONLYDIR|syscall.IN_EXCL_UNLINK)
	if err != nil {
		n.closeUnused()
		return nil, err
	}
	folder := int32(added) // the same one for a folder that is watched already
	if n.folders[folder] == nil {
		n.folders[folder] = map[*changes]struct{}{}
	}
	n.folders[folder][c] = struct{}{}
	file := n.file
	return func() { n.remove(file, folder, c) }, nil
}

func (n *inotify) open() error {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return err
	}
	n.fd, n.file = fd, os.NewFile(uintptr(fd), "inotify")
	n.folders = map[int32]map[*changes]struct{}{}
	go n.read(n.file)
	return nil
}

func (n *inotify) remove(file *os.File, folder int32, c *changes) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file != file || n.folders[folder] == nil {
		return
	}
	delete(n.folders[folder], c)
	if len(n.folders[folder]) == 0 {
		delete(n.folders, folder)
		syscall.InotifyRmWatch(n.fd, uint32(folder))
	}
	n.closeUnused()
}

func (n *inotify) closeUnused() {
	if len(n.folders) == 0 {
		n.file.Close()
		n.file = nil
	}
}

func (n *inotify) read(file *os.File) {
	buf := make([]byte, inotifyBuf)
	for {
		count, err := file.Read(buf)
		if err != nil || !n.dispatch(file, buf[:count]) {
			return
		}
	}
}

// dispatch passes events on; false once the instance is another one.
func (n *inotify) dispatch(file *os.File, events []byte) bool {
	const maskAt, lengthAt, nameAt = 4, 12, 16
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file != file {
		return false
	}
	for len(events) >= nameAt {
		folder := int32(binary.NativeEndian.Uint32(events))
		mask := binary.NativeEndian.Uint32(events[maskAt:])
		end := nameAt + int(binary.NativeEndian.Uint32(events[lengthAt:]))
		name, _, _ := bytes.Cut(events[nameAt:end], []byte{0})
		events = events[end:]
		if mask&syscall.IN_Q_OVERFLOW != 0 {
			n.overflow()
			continue
		}
		n.tell(folder, mask, string(name))
	}
	return true
}

func (n *inotify) tell(folder int32, mask uint32, name string) {
	for c := range n.folders[folder] {
		switch {
		case mask&(leaveMask|syscall.IN_IGNORED|syscall.IN_UNMOUNT) != 0:
			c.leave()
		case name != "":
			c.note(name)
		}
	}
	if mask&syscall.IN_IGNORED != 0 { // The kernel ended it; its number may come again.
		delete(n.folders, folder)
	}
}

func (n *inotify) overflow() {
	for _, folder := range n.folders {
		for c := range folder {
			c.lose()
		}
	}
}
