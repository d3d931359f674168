package main

import (
	"sync"
	"time"
)

const (
	mostDifferences = 1000
	differenceBytes = 400 << 10 // of the paths of those that are told
)

// A difference is one of an entry of a source from its copy.
type difference struct {
	Path    []byte `json:"path"`
	Kind    string `json:"kind"`
	Changed bool   `json:"changed"` // the source was written to since the copy was begun
}

// differences are what a comparison has found; any number of workers add to them.
type differences struct {
	mu      sync.Mutex
	list    []difference
	taken   int
	count   uint64
	changed uint64
}

func (d *differences) add(path []byte, kind string, changed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count++
	if changed {
		d.changed++
	}
	if len(d.list) < mostDifferences && d.taken+len(path) <= differenceBytes {
		d.taken += len(path)
		d.list = append(d.list, difference{path, kind, changed})
	}
}

// A comparedSum is the DONE of compare.
type comparedSum struct {
	doneSum
	Differences  []difference `json:"differences"`
	Count        uint64       `json:"count"`
	ChangedCount uint64       `json:"changed_count"`
}

func (d *differences) sum(s doneSum) *comparedSum {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &comparedSum{s, append([]difference{}, d.list...), d.count, d.changed}
}

// A counterpart remembers which inode of a copy belongs to one of the source that has several names.
type counterpart struct {
	mu       sync.Mutex
	to, back map[inode]inode
}

// meet tells whether this is the first name of both inodes, and whether it is a name of the same two
// as before.
func (c *counterpart) meet(a, b *statx) (first, same bool) {
	if a.Nlink < 2 && b.Nlink < 2 {
		return true, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	from, to := inodeOf(a), inodeOf(b)
	other, met := c.to[from]
	_, metBack := c.back[to]
	if met || metBack {
		return false, met && other == to
	}
	if len(c.to) < maxLinked {
		c.to[from], c.back[to] = to, from
	}
	return true, true
}

// since is when a copy was begun, as the kernel stamps it: up to a clock tick before it is true.
func since(asked int64, began time.Time) time.Time {
	if asked != 0 {
		return time.Unix(0, asked)
	}
	return began.Add(-10 * time.Millisecond)
}
