package main

import (
	"hash/maphash"
	"slices"
	"strings"
	"syscall"
)

const (
	notesTogether = 4096
	rootNote      = 0
)

// A note is what is kept of an entry that was unpacked, to find it changed later: 40 bytes.
type note struct {
	data   uint64 // of its contents, target or device
	owner  uint32 // these are parts of sums, too
	times  uint32
	xattrs uint32
	name   uint32 // where that stands: its half, as names begin at even places
	folder uint32 // number of that note
	first  uint32 // number of the note that is the same file; of the note itself where there is none
	mode   uint16 // without the kind; a link has none
	kind   uint8  // S_IFMT, its bits moved down; never changes
	length uint8  // of the name
}

const kindBits = 12

func (n *note) is(kind uint16) bool { return uint16(n.kind)<<kindBits == kind }

// A manifest is what an archive has unpacked so far, by folder and name. Notes keep their place, so
// that workers fill them in while others are added; all else is for one goroutine.
type manifest struct {
	seed  maphash.Seed
	notes [][]note
	count uint32
	names []byte
	slots []uint32 // numbers of notes by the hash of folder and name; 0: free
}

func newManifest() *manifest {
	m := &manifest{seed: maphash.MakeSeed(), slots: make([]uint32, notesTogether)}
	m.place().kind = syscall.S_IFDIR >> kindBits
	return m
}

func (m *manifest) at(number uint32) *note {
	return &m.notes[number/notesTogether][number%notesTogether]
}

func (m *manifest) place() *note {
	if m.count%notesTogether == 0 {
		m.notes = append(m.notes, make([]note, notesTogether))
	}
	m.count++
	return m.at(m.count - 1)
}

func (m *manifest) nameOf(number uint32) string {
	n := m.at(number)
	return string(m.names[2*int(n.name):][:n.length])
}

// find gives the number of the note for a name in a folder.
func (m *manifest) find(folder uint32, name string) (uint32, bool) {
	number := m.slots[m.slot(folder, name)]
	return number, number != 0
}

// slot is where such a note stands, or would.
func (m *manifest) slot(folder uint32, name string) int {
	var h maphash.Hash
	h.SetSeed(m.seed)
	h.WriteString(name)
	mask := len(m.slots) - 1
	for at := int(h.Sum64()^uint64(folder)*0x9e3779b97f4a7c15) & mask; ; at = (at + 1) & mask {
		number := m.slots[at]
		if number == 0 {
			return at
		}
		n := m.at(number)
		if n.folder == folder && string(m.names[2*int(n.name):][:n.length]) == name {
			return at
		}
	}
}

// add makes a note; there is none for that name in that folder, and the name is of 255 bytes at most.
func (m *manifest) add(folder uint32, name string, kind uint16) uint32 {
	if 2*int(m.count) > len(m.slots) {
		m.grow()
	}
	n := m.place()
	if len(m.names)%2 == 1 {
		m.names = append(m.names, 0)
	}
	number := m.count - 1
	n.kind = uint8(kind >> kindBits)
	n.name, n.length, n.folder, n.first = uint32(len(m.names)/2), uint8(len(name)), folder, number
	m.names = append(m.names, name...)
	m.slots[m.slot(folder, name)] = number
	return number
}

func (m *manifest) grow() {
	m.slots = make([]uint32, 2*len(m.slots))
	for number := uint32(1); number < m.count; number++ {
		m.slots[m.slot(m.at(number).folder, m.nameOf(number))] = number
	}
}

// full tells that no further name can be kept.
func (m *manifest) full() bool { return len(m.names) > 2*(1<<32-1)-512 || m.count == 1<<32-1 }

// resolve finds an entry by its path, as those of members are.
func (m *manifest) resolve(path string) (number uint32, ok bool) {
	if path == "" {
		return rootNote, true
	}
	for name := range strings.SplitSeq(path, "/") {
		if number, ok = m.find(number, name); !ok {
			return 0, false
		}
	}
	return number, true
}

// pathOf an entry is, with a slash at its begin.
func (m *manifest) pathOf(number uint32) []byte {
	var names []string
	for ; number != rootNote; number = m.at(number).folder {
		names = append(names, m.nameOf(number))
	}
	slices.Reverse(names)
	return []byte("/" + strings.Join(names, "/"))
}
