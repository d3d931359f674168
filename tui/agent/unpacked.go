package main

import "sync"

// unpackedTrees are the manifests of what was unpacked, by path, for as long as the connection lasts.
type unpackedTrees struct {
	mu    sync.Mutex
	trees map[string]*manifest
}

func (t *unpackedTrees) keepUnpacked(path string, m *manifest) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.trees == nil {
		t.trees = map[string]*manifest{}
	}
	t.trees[path] = m
}

func (t *unpackedTrees) forgetUnpacked(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.trees, path)
}

// unpackedAt gives what was unpacked there, nil if nothing was.
func (t *unpackedTrees) unpackedAt(path string) *manifest {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.trees[path]
}
