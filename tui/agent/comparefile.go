package main

import (
	"bytes"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

const (
	comparedBytes = 256 << 10 // at once: both sides stay in the processor's cache
	splitBytes    = 16 << 20  // of files that are read by several at once
	partBytes     = 4 << 20
	oNoAtime      = 0x40000 // O_NOATIME
)

// A comparer handles entries that are no folders, in a goroutine of its own.
type comparer struct {
	*comparison
	d     *twin
	name  []byte // without NUL
	sides [sides]attributes
	bufs  [sides][]byte
}

// A pairReader compares parts of two files of one size, in their order.
type pairReader struct {
	fds   [sides]int
	bufs  [sides][]byte
	holes *[sides]extents // nil: there are none on both sides
}

func (c *comparison) worker() func(handful) {
	w := &comparer{comparison: c}
	for side := range w.bufs {
		w.bufs[side] = make([]byte, comparedBytes)
	}
	return func(b handful) {
		for name := range b.entries() {
			if c.halted() {
				return
			}
			w.d, w.name = b.twin, name[:len(name)-1]
			w.entry(name)
			c.entries.Add(1)
		}
	}
}

// entry compares what stands at one name of both sides.
func (w *comparer) entry(name []byte) {
	a, b := &w.sides[origin], &w.sides[copied]
	a.xattrs, b.xattrs = a.xattrs[:0], b.xattrs[:0]
	if err := statEntry(w.d.fds[origin], name, &a.st); err != nil {
		if err != syscall.ENOENT { // else it just went, and is told as extra
			w.differ(w.d, w.name, "unreadable", &w.d.own.st)
		}
		return
	}
	regular := a.st.kind() == syscall.S_IFREG
	if regular {
		w.files.Add(1)
	}
	err := statEntry(w.d.fds[copied], name, &b.st)
	switch {
	case err == syscall.ENOENT:
		w.d.missing.Add(1)
		w.differ(w.d, w.name, "missing", &a.st)
	case err != nil:
		w.differ(w.d, w.name, "unreadable", &a.st)
	case a.st.kind() != b.st.kind():
		w.differ(w.d, w.name, "type", &a.st)
	case regular:
		w.regular()
	default:
		w.special(name)
	}
}

// special compares a link, fifo, socket or device.
func (w *comparer) special(name []byte) {
	a, b := &w.sides[origin], &w.sides[copied]
	for side := range w.sides {
		if err := (object{w.d.fds[side], string(w.name), -1}).readXattrs(&w.sides[side]); err != nil {
			w.differ(w.d, w.name, "unreadable", &a.st)
			return
		}
	}
	w.attributes(w.d, w.name, a, b)
	if _, same := w.links.meet(&a.st, &b.st); !same {
		w.differ(w.d, w.name, "link", &a.st)
	}
	if a.st.kind() != syscall.S_IFLNK {
		return
	}
	var read [sides]int
	for side := range read {
		n, err := readLink(w.d.fds[side], name, w.bufs[side][:targetBuf])
		if err != nil {
			w.differ(w.d, w.name, "unreadable", &a.st)
			return
		}
		read[side] = n
	}
	if !bytes.Equal(w.bufs[origin][:read[origin]], w.bufs[copied][:read[copied]]) {
		w.differ(w.d, w.name, "target", &a.st)
	}
}

// regular compares a file; the further names of one are not read again.
func (w *comparer) regular() {
	a, b := &w.sides[origin], &w.sides[copied]
	var fds [sides]int
	for side := range fds {
		fd, err := openQuietly(w.d.fds[side], string(w.name))
		if err == nil {
			defer syscall.Close(fd)
			err = (object{fd: fd}).readXattrs(&w.sides[side])
		}
		if err != nil {
			w.differ(w.d, w.name, "unreadable", &a.st)
			return
		}
		fds[side] = fd
	}
	w.attributes(w.d, w.name, a, b)
	first, same := w.links.meet(&a.st, &b.st)
	if !same {
		w.differ(w.d, w.name, "link", &a.st)
	}
	if a.st.Size != b.st.Size {
		w.differ(w.d, w.name, "size", &a.st)
		return
	}
	if !first {
		return
	}
	sparse := a.st.Blocks*sectorBytes < a.st.Size && b.st.Blocks*sectorBytes < b.st.Size
	switch equal, err := w.contents(fds, int64(a.st.Size), sparse); {
	case w.halted():
	case err != nil:
		w.differ(w.d, w.name, "unreadable", &a.st)
	case !equal:
		w.differ(w.d, w.name, "contents", &a.st)
	}
}

// openQuietly opens a regular file for reading, which leaves no trace where that is allowed.
func openQuietly(dir int, name string) (int, error) {
	const flags = syscall.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	fd, err := openAt(dir, name, flags|oNoAtime)
	if err == syscall.EPERM {
		fd, err = openAt(dir, name, flags)
	}
	return fd, err
}

// contents compares files of one size; large ones in parts, by as many threads as there are.
func (w *comparer) contents(fds [sides]int, size int64, sparse bool) (bool, error) {
	if size <= splitBytes {
		return w.part(newPairReader(fds, w.bufs, sparse), 0, size)
	}
	var at, differ atomic.Int64
	var failure atomic.Value
	var parts sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), mostWorkers) {
		parts.Go(func() {
			var bufs [sides][]byte
			for side := range bufs {
				bufs[side] = make([]byte, comparedBytes)
			}
			r := newPairReader(fds, bufs, sparse)
			for !w.halted() && differ.Load() == 0 {
				from := at.Add(partBytes) - partBytes
				if from >= size {
					return
				}
				equal, err := w.part(r, from, min(from+partBytes, size))
				if err != nil {
					failure.Store(err)
				}
				if !equal {
					differ.Store(1)
				}
			}
		})
	}
	parts.Wait()
	err, _ := failure.Load().(error)
	return differ.Load() == 0, err
}

// newPairReader asks for holes only where it has to: on tmpfs the end of the data is found page by page.
func newPairReader(fds [sides]int, bufs [sides][]byte, sparse bool) *pairReader {
	r := &pairReader{fds: fds, bufs: bufs}
	if sparse {
		r.holes = &[sides]extents{{fd: fds[origin]}, {fd: fds[copied]}}
	}
	return r
}

// part compares what is between two places; where both have a hole nothing is read.
func (w *comparer) part(r *pairReader, at, end int64) (bool, error) {
	for at < end && !w.halted() {
		step := min(end-at, comparedBytes)
		if r.holes != nil {
			if hole := min(r.holes[origin].hole(at), r.holes[copied].hole(at), end-at); hole > 0 {
				w.size.Add(uint64(hole))
				at += hole
				continue
			}
		}
		for side, fd := range r.fds {
			n, err := readAt(fd, r.bufs[side][:step], at)
			if err != nil {
				return false, err
			}
			clear(r.bufs[side][n:step]) // it shrank; its size tells
		}
		if !bytes.Equal(r.bufs[origin][:step], r.bufs[copied][:step]) {
			return false, nil
		}
		w.size.Add(uint64(step))
		at += step
	}
	return true, nil
}
