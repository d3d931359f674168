package main

import "syscall"

// Results of one search, unless the client asks for fewer.
const maxFound = 100_000

// find streams the entries below a folder whose names fit a pattern: ENTRIES whose names are paths
// below that folder.
func find(r *request) (any, error) {
	var asked struct {
		Pattern []byte `json:"pattern"`
		Glob    bool   `json:"glob"`
		Limit   uint64 `json:"limit"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	fits, err := namePattern(asked.Pattern, asked.Glob)
	if err != nil {
		return nil, err
	}
	f, err := plant(r)
	if err != nil {
		return nil, err
	}
	h := &nameHarvest{forest: f, fits: fits, limit: limited(asked.Limit)}
	f.harvest = h
	err = f.reap(f.work, h.tell)
	return f.sum(), err
}

func limited(asked uint64) uint64 {
	if asked == 0 || asked > maxFound {
		return maxFound
	}
	return asked
}

// A nameHarvest is what find takes from a forest.
type nameHarvest struct {
	*forest
	noBranches
	fits  func(path, name []byte) bool
	limit uint64
	ready batch
	told  searchSum
}

func (h *nameHarvest) wants(path, name []byte, _ uint16) bool {
	return h.fits(path, name[:len(name)-1])
}

func (h *nameHarvest) tell() error {
	h.pack()
	return h.tellSum(&h.told)
}

func (h *nameHarvest) pack() {
	if h.ready.count > 0 {
		h.frames = appendHeader(h.frames, h.id, typeEntries, h.ready.size())
		h.frames = h.ready.appendTo(h.frames)
		h.ready.reset()
	}
}

// A finder looks at entries whose names fit.
type finder struct {
	*nameHarvest
	batch  batch
	path   []byte
	st     statx
	target [targetBuf]byte
}

func (h *nameHarvest) looker() func(*parcel) {
	return (&finder{nameHarvest: h}).look
}

func (l *finder) look(p *parcel) {
	for name, kind := range p.entries() {
		if l.halted() != nil {
			break
		}
		l.add(p, name, kind)
	}
	l.flush()
}

func (l *finder) add(p *parcel, name []byte, kind uint16) {
	length := 0
	err := statEntry(p.dir, name, &l.st)
	if err == nil && l.st.kind() == syscall.S_IFLNK {
		length, err = readLink(p.dir, name, l.target[:])
	}
	if err == syscall.ENOENT {
		return
	}
	errno, _ := err.(syscall.Errno)
	if err != nil {
		l.st, length = statx{Mode: kind}, 0
		l.errors.Add(1)
	}
	if len(p.path)+len(name) > longestTold {
		l.errors.Add(1)
		return
	}
	told, last := l.tally.find(l.limit)
	if told {
		l.path = append(append(l.path[:0], p.path...), name[:len(name)-1]...)
		l.batch.append(l.path, &l.st, l.target[:length], errno)
	}
	if last {
		l.halt()
	} else if l.batch.size() > batchBytes/4 {
		l.flush()
	}
}

// flush adds what this finder has to what the client is told next.
func (l *finder) flush() {
	if l.batch.count == 0 {
		return
	}
	l.report(func() {
		l.ready.merge(&l.batch)
		if l.ready.count >= moreEntries || l.ready.size() > batchBytes/2 {
			l.pack()
		}
	})
	l.batch.reset()
}

// merge adds the entries of another batch, which is not empty.
func (b *batch) merge(other *batch) {
	into, from := b.pointers(), other.pointers()
	for i, column := range into {
		if text := i >= len(into)-2; text && b.count > 0 {
			*column = append(*column, 0)
		}
		*column = append(*column, *from[i]...)
	}
	b.count += other.count
}

// A path of more bytes does not fit a frame together with others; only trees thousands of levels
// deep have one.
const longestTold = batchBytes / 2

// tellSum writes what is ready, and the sums if they have changed.
func (f *forest) tellSum(told *searchSum) error {
	if now := f.sum(); now != *told {
		*told = now
		f.frames = appendJSON(f.frames, f.id, typeProgress, now)
	}
	if len(f.frames) == 0 {
		return f.request.cancelled()
	}
	return f.send()
}

// noBranches is for operations to which every folder is the same.
type noBranches struct{}

func (noBranches) into(string) *branch { return nil }
func (noBranches) left(*branch)        {}
func (noBranches) unread(*branch, int) {}
