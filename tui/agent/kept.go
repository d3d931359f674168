package main

import (
	"bytes"
	"sync"
)

// kept are attributes of root folders that are known while something is filled, and given at its
// end: what an archive says of its own root, or the folder whose contents were lifted. They are
// by the path of the folder that gets them, for as long as the connection lasts.
type kept struct {
	mu    sync.Mutex
	roots map[string]*attributes
}

// keepRoot keeps a copy; nil forgets what was kept for this path.
func (k *kept) keepRoot(path string, a *attributes) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a == nil {
		delete(k.roots, path)
		return
	}
	if k.roots == nil {
		k.roots = make(map[string]*attributes)
	}
	k.roots[path] = a.clone()
}

// rootOf gives what was kept for this path, nil if nothing was; it is not to be changed.
func (k *kept) rootOf(path string) *attributes {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.roots[path]
}

func (a *attributes) clone() *attributes {
	c := &attributes{st: a.st, xattrs: make([]xattr, len(a.xattrs))}
	for i, x := range a.xattrs {
		c.xattrs[i] = xattr{x.name, bytes.Clone(x.value)}
	}
	return c
}
