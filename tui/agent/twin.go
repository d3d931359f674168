package main

import (
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
)

// The sides of a twin.
const (
	origin = iota
	copied
	sides
)

// A twin is a folder of one tree and its counterpart in another one.
type twin struct {
	up      *twin
	name    string
	fds     [sides]int // -1 while closed
	ids     [sides]inode
	own     attributes   // of the source, when it was opened
	met     int          // entries that were read in the source
	missing atomic.Int64 // of those in the target
	pending atomic.Int64 // sub-folders and batches that are not done, and the reading
	mu      sync.Mutex
	users   int
}

// path of an entry of the source, with a slash at its beginning; no name: of the folder itself.
func (d *twin) path(name []byte) []byte {
	names := [][]byte{name}
	for ; d.up != nil; d = d.up {
		names = append(names, []byte(d.name))
	}
	slices.Reverse(names)
	var path []byte
	for _, name := range names {
		if len(name) > 0 {
			path = append(append(path, '/'), name...)
		}
	}
	if path == nil {
		return []byte{'/'}
	}
	return path
}

// Pairs of folders that stay open although nobody works in them.
const idlePairs = 24

// twins opens folders of two trees again and again, as many as there are: few are open at once.
type twins struct {
	trees  [sides]*tree // at the folders that correspond
	open   atomic.Int64
	opened []*twin // in this order; only the walker's own goroutine uses it
}

// hold makes both descriptors usable until letGo; via is a sub-folder that is open, if there is one.
func (t *twins) hold(d, via *twin) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fds[origin] < 0 {
		var fds [sides]int
		for side := range fds {
			fd, err := t.again(side, d, via)
			if err != nil {
				if side == copied {
					syscall.Close(fds[origin])
				}
				return err
			}
			fds[side] = fd
		}
		d.fds = fds
		t.open.Add(1)
	}
	d.users++
	return nil
}

// again opens one side, from below or by its names, and makes sure that it is the same folder.
func (t *twins) again(side int, d, via *twin) (int, error) {
	if via != nil && via.fds[side] >= 0 {
		fd, err := openAt(via.fds[side], "..", syscall.O_RDONLY|syscall.O_DIRECTORY)
		if err == nil && isInode(fd, d.ids[side]) {
			return fd, nil
		}
		if err == nil {
			syscall.Close(fd)
		}
	}
	fd, err := t.trees[side].openDirectory(string(d.path(nil)))
	if err == nil && !isInode(fd, d.ids[side]) {
		syscall.Close(fd)
		err = syscall.ESTALE
	}
	return fd, err
}

func isInode(fd int, id inode) bool {
	var st statx
	return statDescriptor(fd, &st) == nil && inodeOf(&st) == id
}

// letGo ends a hold.
func (t *twins) letGo(d *twin) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users--
}

// shut closes a folder that nobody uses any more.
func (t *twins) shut(d *twin) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t.closeBoth(d)
}

func (t *twins) closeBoth(d *twin) {
	if d.fds[origin] < 0 || d.users > 0 {
		return
	}
	for side, fd := range d.fds {
		syscall.Close(fd)
		d.fds[side] = -1
	}
	t.open.Add(-1)
}

// note keeps a folder open that the walker opened, and closes those that it needs last: the ones
// above.
func (t *twins) note(d *twin) {
	t.opened = append(t.opened, d)
	for tries := len(t.opened); t.open.Load() > idlePairs && tries > 0; tries-- {
		first := t.opened[0]
		t.opened = t.opened[1:]
		first.mu.Lock()
		t.closeBoth(first)
		if first.fds[origin] >= 0 {
			t.opened = append(t.opened, first)
		}
		first.mu.Unlock()
	}
}
