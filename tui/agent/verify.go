package main

import (
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

const (
	toldDifferences = 1000
	toldPathBytes   = 400 << 10 // of all their paths: an answer is one frame
	verifyBytes     = 256 << 10
)

// Kinds of difference.
const (
	differsMissing    = "missing"
	differsExtra      = "extra"
	differsType       = "type"
	differsMode       = "mode"
	differsOwner      = "owner"
	differsTime       = "time"
	differsXattr      = "xattr"
	differsContents   = "contents"
	differsTarget     = "target"
	differsDevice     = "device"
	differsLink       = "link"
	differsUnreadable = "unreadable"
)

// A verification reads what was unpacked again and compares it with what was noted then.
type verification struct {
	*forest
	noBranches
	done
	notes *manifest
	seen  []bool            // by number of a note; each entry is met once
	names map[uint32]uint32 // of files that have several, by their first note

	mu     sync.Mutex
	inodes map[uint32]inode // of those files
	found  []verifyDifference
	told   int // bytes of their paths
	count  atomic.Uint64
}

type verifyDifference struct {
	Path []byte `json:"path"`
	Kind string `json:"kind"`
}

// A verifyAnswer is the DONE of verify.
type verifyAnswer struct {
	doneSum
	Differences []verifyDifference `json:"differences"`
	Count       uint64             `json:"count"`
}

// verify compares the tree at a path with what unpack put there on this connection.
func verify(r *request) (any, error) {
	notes := r.unpackedAt(r.path())
	if notes == nil {
		return nil, invalid("nothing was unpacked there on this connection")
	}
	f, err := plant(r)
	if err != nil {
		return nil, err
	}
	v := &verification{
		forest: f, notes: notes, seen: make([]bool, notes.count), names: notes.severalNames(),
		inodes: map[uint32]inode{}, found: []verifyDifference{},
	}
	f.harvest = v
	if err := f.reap(f.work, v.tell); err != nil {
		return nil, err
	}
	v.findMissing()
	return &verifyAnswer{v.done.sum(), v.found, v.count.Load()}, nil
}

// severalNames tells of files with more than one how many they have.
func (m *manifest) severalNames() map[uint32]uint32 {
	several := map[uint32]uint32{}
	for number := range m.count {
		if first := m.at(number).first; first != number {
			several[first] = max(several[first], 1) + 1
		}
	}
	return several
}

func (v *verification) tell() error {
	v.frames = appendJSON(v.frames, v.id, typeProgress, v.done.sum())
	return v.send()
}

func (v *verification) wants(path, name []byte, _ uint16) bool {
	return len(path) > 0 || string(name[:len(name)-1]) != markerName
}

func (v *verification) differs(path, kind string) {
	v.count.Add(1)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.told += len(path); len(v.found) < toldDifferences && v.told <= toldPathBytes {
		v.found = append(v.found, verifyDifference{[]byte("/" + path), kind})
	}
}

func (v *verification) findMissing() {
	for number := uint32(1); number < v.notes.count; number++ {
		if !v.seen[number] {
			v.differs(string(v.notes.pathOf(number)[1:]), differsMissing)
		}
	}
}

func (v *verification) looker() func(*parcel) {
	l := &verifier{verification: v, buf: make([]byte, verifyBytes)}
	return func(p *parcel) {
		folder, known := v.notes.resolve(strings.TrimSuffix(p.path, "/"))
		for name, kind := range p.entries() {
			if v.halted() != nil {
				return
			}
			l.path = p.path + string(name[:len(name)-1])
			number, met := uint32(0), false
			if known {
				number, met = v.notes.find(folder, string(name[:len(name)-1]))
			}
			v.entries.Add(1)
			if !met {
				v.differs(l.path, differsExtra)
				continue
			}
			v.seen[number] = true
			if err := l.look(p.dir, string(name[:len(name)-1]), kind, number); err != nil && v.halted() == nil {
				v.differs(l.path, differsUnreadable)
			}
		}
	}
}

// A verifier looks at entries, one after the other.
type verifier struct {
	*verification
	path  string
	buf   []byte
	now   attributes
	print dataprint
}

func (l *verifier) look(dir int, name string, kind uint16, number uint32) error {
	o := object{dir, name, -1}
	if kind == syscall.S_IFREG {
		fd, err := openQuietly(dir, name)
		if err != nil {
			return err
		}
		defer syscall.Close(fd)
		o.fd = fd
	}
	if err := readAttributes(o.dir, o.name, o.fd, &l.now); err != nil {
		return err
	}
	switch l.now.st.kind() {
	case syscall.S_IFDIR:
		l.directories.Add(1)
	case syscall.S_IFREG:
		l.files.Add(1)
	}
	n := l.notes.at(number)
	if !n.is(l.now.st.kind()) {
		l.differs(l.path, differsType)
		return nil
	}
	if !l.linked(number, n) || n.first != number { // which was or will be met by its first name
		return nil
	}
	l.compare(n)
	return l.compareData(o, n)
}

// linked tells whether a name is one of the file that it should be of.
func (l *verifier) linked(number uint32, n *note) bool {
	if n.is(syscall.S_IFDIR) {
		return true
	}
	names, several := l.names[n.first]
	if !several {
		names = 1
	}
	same := true
	if several {
		l.mu.Lock()
		first, met := l.inodes[n.first]
		if here := inodeOf(&l.now.st); !met {
			l.inodes[n.first] = here
		} else {
			same = here == first
		}
		l.mu.Unlock()
	}
	if !same || l.now.st.Nlink != names {
		l.differs(l.path, differsLink)
		return same
	}
	return true
}

func (l *verifier) compare(n *note) {
	var now note
	now.setAttributes(l.notes.seed, &l.now)
	if now.mode != n.mode {
		l.differs(l.path, differsMode)
	}
	if now.owner != n.owner {
		l.differs(l.path, differsOwner)
	}
	if now.times != n.times {
		l.differs(l.path, differsTime)
	}
	if now.xattrs != n.xattrs {
		l.differs(l.path, differsXattr)
	}
}
