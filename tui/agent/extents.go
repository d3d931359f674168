package main

import "syscall"

const (
	seekData = 3 // SEEK_DATA
	seekHole = 4 // SEEK_HOLE
)

// extents tells where a sparse file has holes, which read as zeros.
type extents struct {
	fd              int
	asked, from, to int64 // no data from asked to from, then data
}

// hole tells how many bytes from at on are surely a hole: 0 in data, and where nothing is known.
func (e *extents) hole(at int64) int64 {
	if at < e.asked || at >= e.to {
		e.find(at)
	}
	return max(0, e.from-at)
}

func (e *extents) find(at int64) {
	e.asked = at
	end, err := syscall.Seek(e.fd, 0, 2)
	if err != nil || at >= end {
		e.from, e.to = at, at
		return
	}
	e.from, err = syscall.Seek(e.fd, at, seekData)
	switch err {
	case nil:
	case syscall.ENXIO: // a hole up to the end
		e.from, e.to = end, end
		return
	default: // the file system does not say
		e.from, e.to = at, end
		return
	}
	if e.to, err = syscall.Seek(e.fd, e.from, seekHole); err != nil {
		e.to = end
	}
}
