package main

import (
	"encoding/json"
	"sync"
)

// packChanges are entries that changed, shrank, grew or went while they were read; any number of
// goroutines add to them.
type packChanges struct {
	mu sync.Mutex
	sample
	taken int // bytes of paths
}

func (c *packChanges) add(path []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken += c.sample.add(path, lossBytes-c.taken)
}

// MarshalJSON gives how many, and the first of them.
func (c *packChanges) MarshalJSON() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Paths == nil {
		c.Paths = [][]byte{}
	}
	return json.Marshal(c.sample)
}

// firstNames are the names that hard links to them are made of, by inode.
type firstNames map[inode]*firstName

type firstName struct {
	path []byte
	left uint32 // names still to come
}

// met gives the first name of an inode, nil if there was none. It forgets one whose names were all met.
func (f firstNames) met(id inode) []byte {
	first := f[id]
	if first == nil {
		return nil
	}
	if first.left--; first.left == 0 {
		delete(f, id)
		linked.Add(-1)
	}
	return first.path
}

// remember keeps the first of so many names, unless too many are kept.
func (f firstNames) remember(id inode, path []byte, names uint32) bool {
	if linked.Add(1) > maxLinked {
		linked.Add(-1)
		return false
	}
	f[id] = &firstName{append([]byte(nil), path...), names - 1}
	return true
}

// forget makes room for those of other requests.
func (f firstNames) forget() { linked.Add(-int64(len(f))) }
