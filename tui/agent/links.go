package main

// Files with several names that are remembered at once: 100 MB.
const maxLinked = 2_000_000

// links tells which name of a file is the first that is met.
type links struct {
	left map[inode]uint32 // names still to come
	// Names counted although another one of the same file may have been: too many are remembered.
	unsure uint64
	limit  int
}

func newLinks() links { return links{left: make(map[inode]uint32), limit: maxLinked} }

// first tells whether no other name of the same file was met; it forgets a file whose names were
// all met.
func (l *links) first(id inode, names uint32) bool {
	left, met := l.left[id]
	switch {
	case names < 2:
		return true
	case !met && len(l.left) >= l.limit:
		l.unsure++
	case !met:
		l.left[id] = names - 1
	case left == 1:
		delete(l.left, id)
	default:
		l.left[id] = left - 1
	}
	return !met
}
