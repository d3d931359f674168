package main

import (
	"encoding/json"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
)

const (
	sampleNames  = 20
	lossBytes    = 256 << 10 // of all paths of one answer, which has to fit into a frame
	maxLossesMet = 1_000_000 // that are remembered one by one: 40 MB
)

// Kinds of what a transfer cannot keep.
const (
	lossSocket     = "socket"
	lossFlags      = "flags"
	lossXattr      = "xattr"
	lossACL        = "acl"
	lossCapability = "capability"
	lossDevice     = "device"
	lossOwner      = "owner"
	lossMode       = "mode"
	lossTime       = "time"
	lossLink       = "link"
	lossSparse     = "sparse"
	lossName       = "name"
	lossPath       = "path"
	lossUnreadable = "unreadable"
	lossWhiteout   = "whiteout"
)

// A sample counts paths and keeps the first of them. Paths begin with / at the folder the request
// is about.
type sample struct {
	Count uint64   `json:"count"`
	Paths [][]byte `json:"paths"`
}

// add takes a copy of the path if there is room for it, and tells how much that needed.
func (s *sample) add(path []byte, room int) int {
	s.Count++
	if len(s.Paths) == sampleNames || len(path) > room {
		return 0
	}
	s.Paths = append(s.Paths, slices.Clone(path))
	return len(path)
}

// losses are what an operation could not keep; any number of workers add to them.
type losses struct {
	mu    sync.Mutex
	kinds map[string]*sample
	taken int // bytes of paths
	met   map[uint64]struct{}
	seed  maphash.Seed
}

// add counts a loss.
func (l *losses) add(kind string, path []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kinds == nil {
		l.kinds, l.met, l.seed = map[string]*sample{}, map[uint64]struct{}{}, maphash.MakeSeed()
	}
	if l.kinds[kind] == nil {
		l.kinds[kind] = &sample{Paths: [][]byte{}}
	}
	l.taken += l.kinds[kind].add(path, lossBytes-l.taken)
	if len(l.met) < maxLossesMet {
		l.met[l.digest(kind, path)] = struct{}{}
	}
}

// has tells whether that loss was counted; beyond a million it may be forgotten.
func (l *losses) has(kind string, path []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.met) == 0 {
		return false
	}
	_, met := l.met[l.digest(kind, path)]
	return met
}

func (l *losses) digest(kind string, path []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	h.WriteString(kind)
	h.WriteByte(0)
	h.Write(path)
	return h.Sum64()
}

// A loss is one kind as the wire has it.
type loss struct {
	Kind string `json:"kind"`
	sample
}

// MarshalJSON gives the losses by kind.
func (l *losses) MarshalJSON() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	told := make([]loss, 0, len(l.kinds))
	for kind, s := range l.kinds {
		told = append(told, loss{kind, *s})
	}
	slices.SortFunc(told, func(a, b loss) int { return strings.Compare(a.Kind, b.Kind) })
	return json.Marshal(told)
}
