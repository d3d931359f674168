package main

import (
	"bytes"
	"strings"
	"syscall"
)

// Folders a walk keeps open: all walks that may run at once stay below a limit of 1,024 descriptors.
const maxOpen = 8

// A walk is the way from a folder down to where the work is, as a stack of its own: no depth is too
// much. The deepest folders are open; the others are found again through "..", checked by inode,
// as something may have been moved meanwhile.
type walk struct {
	start  int
	levels []level
	closed int // so many levels, from the start, have no descriptor
}

// A level is one folder on the way.
type level struct {
	name    string
	fd      int
	id      inode
	end     int    // length of the path down to here, for walks that keep one
	pending []byte // names of folders still to visit, each closed by NUL
}

type inode struct{ device, number uint64 }

func inodeOf(st *statx) inode { return inode{st.device(), st.Ino} }

// next takes a name from those that are pending.
func (l *level) next() (string, bool) {
	name, rest, ok := bytes.Cut(l.pending, emptyName)
	l.pending = rest
	return string(name), ok
}

func (w *walk) top() *level { return &w.levels[len(w.levels)-1] }

// enter goes down into a folder that was opened and belongs to the walk from now on.
func (w *walk) enter(name string, fd int) error {
	var st statx
	if err := statDescriptor(fd, &st); err != nil {
		syscall.Close(fd)
		return err
	}
	if len(w.levels)-w.closed == maxOpen {
		syscall.Close(w.levels[w.closed].fd)
		w.closed++
	}
	w.levels = append(w.levels, level{name: name, fd: fd, id: inodeOf(&st)})
	return nil
}

// leave goes up again. A folder above that is no longer found is left as well; lost is the number
// of folders that can therefore not be visited.
func (w *walk) leave() (lost int) {
	from := w.top().fd
	w.levels = w.levels[:len(w.levels)-1]
	for len(w.levels) > 0 && w.closed == len(w.levels) {
		w.closed--
		fd, err := w.find(from)
		if err == nil {
			w.top().fd = fd
			break
		}
		lost += bytes.Count(w.top().pending, emptyName)
		w.levels = w.levels[:len(w.levels)-1]
	}
	syscall.Close(from)
	return lost
}

// find opens the deepest level again: as the parent of a folder that was below it, else by name.
func (w *walk) find(below int) (int, error) {
	const flags = oPath | syscall.O_DIRECTORY
	fd, err := openAt(below, "..", flags)
	if err == nil && w.isTop(fd) {
		return fd, nil
	}
	if err == nil {
		syscall.Close(fd)
	}
	names := make([]string, len(w.levels))
	for i, l := range w.levels {
		names[i] = l.name
	}
	fd, err = (&tree{root: w.start}).open("/" + strings.Join(names[1:], "/"))
	if err == nil && !w.isTop(fd) {
		syscall.Close(fd)
		err = syscall.ESTALE
	}
	return fd, err
}

func (w *walk) isTop(fd int) bool {
	var st statx
	return statDescriptor(fd, &st) == nil && inodeOf(&st) == w.top().id
}

func (w *walk) closeAll() {
	for _, l := range w.levels[w.closed:] {
		syscall.Close(l.fd)
	}
}
