package main

import "sync/atomic"

// Files with several names that are remembered at once, by all requests together: 130 MB.
const maxLinked = 2_000_000

var linked atomic.Int64

// links tells which name of a file is the first that is met.
type links struct {
	left map[inode]uint32 // names still to come
	// Names counted although another one of the same file may have been: too many are remembered.
	unsure uint64
	limit  int64
}

func newLinks() links { return links{left: make(map[inode]uint32), limit: maxLinked} }

// first tells whether no other name of the same file was met; it forgets a file whose names were
// all met.
func (l *links) first(id inode, names uint32) bool {
	if names < 2 {
		return true
	}
	left, met := l.left[id]
	switch {
	case !met && linked.Add(1) > l.limit:
		linked.Add(-1)
		l.unsure++
	case !met:
		l.left[id] = names - 1
	case left == 1:
		delete(l.left, id)
		linked.Add(-1)
	default:
		l.left[id] = left - 1
	}
	return !met
}

// forget makes room for those of other requests.
func (l *links) forget() {
	linked.Add(-int64(len(l.left)))
	l.left = nil
}
