package main

import (
	"sync"
	"sync/atomic"
	"syscall"
)

const (
	maxBranches = 100_000 // folders told one by one; all others are one
	maxLeaves   = 10_000  // so many of the largest files beside them are told
	toldAtOnce  = 2_048   // children in one frame
)

// usageByChild counts what each entry of a folder holds.
func usageByChild(r *request) (any, error) {
	f, err := plant(r)
	if err != nil {
		return nil, err
	}
	var st statx
	if err := statDescriptor(f.start, &st); err != nil {
		f.close()
		return nil, err
	}
	h := &usageHarvest{
		forest:   f,
		links:    newLinks(),
		branches: make(map[string]*branch),
		total:    sum{Disk: st.Blocks * 512},
	}
	f.harvest = h
	defer h.links.forget()
	if err := f.reap(f.work, h.tell); err != nil {
		return nil, err
	}
	return duAnswer{Total: h.total, Unsure: h.links.unsure}, nil
}

// A duAnswer is a PROGRESS, or the DONE without children.
type duAnswer struct {
	Children []duChild `json:"children,omitempty"`
	Total    sum       `json:"total"`
	// Names counted although another one of the same file may have been.
	Unsure uint64 `json:"unsure"`
}

// A duChild is an entry of the folder as it is now; no name: all those that are not told one by one.
type duChild struct {
	Name     []byte `json:"name"`
	Mode     uint16 `json:"mode"`
	Complete bool   `json:"complete"`
	sum
}

// A branch is a folder in the start with all that is below it; without a name it is the start's
// own entries.
type branch struct {
	name   string
	sum    sum
	busy   atomic.Int64 // parcels that are looked at, and one while the walk is below
	walked bool
	dirty  bool // not told as it is
}

// A usageHarvest is what du takes from a forest.
type usageHarvest struct {
	*forest
	mu       sync.Mutex // of all that follows
	links    links
	total    sum
	branches map[string]*branch
	dirty    []*branch
	others   *branch // the folders above maxBranches
	leaves   leaves
	here     branch
	told     sum
}

func (h *usageHarvest) wants(_, _ []byte, _ uint16) bool { return true }

func (h *usageHarvest) into(name string) *branch {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := &h.here
	if name != "" {
		b = h.branchOf(name)
	}
	b.busy.Add(1)
	return b
}

// branchOf gives the branch of a folder in the start; the caller has the lock.
func (h *usageHarvest) branchOf(name string) *branch {
	if b := h.branches[name]; b != nil {
		return b
	}
	if len(h.branches) < maxBranches {
		b := &branch{name: name}
		h.branches[name] = b
		return b
	}
	if h.others == nil {
		h.others = &branch{}
	}
	return h.others
}

func (h *usageHarvest) left(b *branch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	b.walked = true
	h.release(b)
}

// release ends work on a branch; the caller has the lock.
func (h *usageHarvest) release(b *branch) {
	b.busy.Add(-1)
	h.touch(b)
}

func (h *usageHarvest) unread(b *branch, folders int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total.Errors += uint64(folders)
	if b != nil {
		b.sum.Errors += uint64(folders)
		h.touch(b)
	}
}

func (h *usageHarvest) touch(b *branch) {
	if !b.dirty && b != &h.here {
		b.dirty = true
		h.dirty = append(h.dirty, b)
	}
}

// A weigher looks at entries.
type weigher struct {
	*usageHarvest
	st    statx
	links []linkedFile
}

// A linkedFile has several names.
type linkedFile struct {
	id           inode
	names        uint32
	size, blocks uint64
}

func (h *usageHarvest) looker() func(*parcel) {
	w := &weigher{usageHarvest: h}
	return func(p *parcel) {
		if p.branch == &h.here {
			w.lookHere(p)
			return
		}
		sum := w.weigh(p)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.countLinks(w.links, &sum)
		h.total.add(sum)
		p.branch.sum.add(sum)
		h.release(p.branch)
	}
}

// weigh sums up a parcel, all but the bytes of files with several names.
func (w *weigher) weigh(p *parcel) (s sum) {
	w.links = w.links[:0]
	for name, kind := range p.entries() {
		if w.halted() != nil {
			break
		}
		w.addTo(&s, p.dir, name, kind)
	}
	return s
}

// addTo counts one entry; w.st is what it is.
func (w *weigher) addTo(s *sum, dir int, name []byte, kind uint16) (found bool) {
	err := statEntry(dir, name, &w.st)
	if err == syscall.ENOENT {
		return false
	}
	if err != nil {
		w.st = statx{Mode: kind}
		if kind != syscall.S_IFDIR { // which counts when it cannot be opened
			s.Errors++
		}
	}
	switch {
	case w.st.kind() == syscall.S_IFDIR:
		s.Directories++
		s.Disk += w.st.Blocks * 512
	case w.st.Nlink > 1:
		s.Files++
		w.links = append(w.links, linkedFile{inodeOf(&w.st), w.st.Nlink, w.st.Size, w.st.Blocks * 512})
	default:
		s.Files++
		s.Apparent += w.st.Size
		s.Disk += w.st.Blocks * 512
	}
	return true
}

func (h *usageHarvest) countLinks(found []linkedFile, s *sum) {
	for _, l := range found {
		if h.links.first(l.id, l.names) {
			s.Apparent += l.size
			s.Disk += l.blocks
		}
	}
}

// lookHere counts entries of the start itself: each is one of the children.
func (w *weigher) lookHere(p *parcel) {
	defer p.branch.busy.Add(-1)
	for name, kind := range p.entries() {
		if w.halted() != nil {
			return
		}
		var s sum
		w.links = w.links[:0]
		if w.addTo(&s, p.dir, name, kind) {
			w.addChild(string(name[:len(name)-1]), &s)
		}
	}
}

func (w *weigher) addChild(name string, s *sum) {
	h := w.usageHarvest
	h.mu.Lock()
	defer h.mu.Unlock()
	h.countLinks(w.links, s)
	h.total.add(*s)
	if w.st.kind() == syscall.S_IFDIR {
		b := h.branchOf(name)
		b.sum.Disk += s.Disk
		h.touch(b)
		return
	}
	h.leaves.add(duChild{Name: []byte(name), Mode: w.st.Mode, Complete: true, sum: *s})
}

// tell sends the children that have changed since the last time, and the total.
func (h *usageHarvest) tell() error {
	for {
		answer, more := h.changes()
		if answer.Children == nil && answer.Total == h.told {
			return h.request.cancelled()
		}
		h.told = answer.Total
		h.frames = appendJSON(h.frames, h.id, typeProgress, answer)
		if err := h.send(); err != nil || !more {
			return err
		}
	}
}

func (h *usageHarvest) changes() (answer duAnswer, more bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	answer = duAnswer{Total: h.total, Unsure: h.links.unsure}
	for len(h.dirty) > 0 && len(answer.Children) < toldAtOnce {
		b := h.dirty[len(h.dirty)-1]
		h.dirty = h.dirty[:len(h.dirty)-1]
		b.dirty = false
		answer.Children = append(answer.Children, b.child())
	}
	if h.here.walked && h.here.busy.Load() == 0 {
		answer.Children = h.leaves.take(answer.Children, toldAtOnce)
		more = h.leaves.waiting()
	}
	return answer, more || len(h.dirty) > 0
}

func (b *branch) child() duChild {
	return duChild{
		Name: []byte(b.name), Mode: syscall.S_IFDIR,
		Complete: b.walked && b.busy.Load() == 0 && b.name != "", sum: b.sum,
	}
}

func (s *sum) add(other sum) {
	s.Apparent += other.Apparent
	s.Disk += other.Disk
	s.Files += other.Files
	s.Directories += other.Directories
	s.Errors += other.Errors
}
