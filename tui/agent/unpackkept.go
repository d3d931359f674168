package main

import (
	"fmt"
	"hash/maphash"
	"strings"
)

// What is kept until the end of an archive is bounded: a few bytes that are packed may hold names and
// attributes of any length.
const (
	mostPath       = 8 << 20 // bytes: 20,000 levels of the longest names are 5 MB
	mostLost       = 1_000_000
	mostFolders    = 16_000_000
	mostAttributes = 256 << 20 // bytes of extended attributes of all folders
)

// A wanted is what a folder of an archive is to have once everything in it was made. It shares
// nothing with the member it came from.
type wanted struct {
	mode         uint16
	uid, gid     uint32
	atime, mtime timestamp
	xattrs       []xattr
}

// want keeps the attributes of a folder.
func (u *unpacking) want(m *archived) (*wanted, error) {
	st := &m.st
	w := &wanted{st.Mode, st.UID, st.GID, st.Atime, st.Mtime, make([]xattr, 0, len(m.xattrs))}
	for _, x := range m.xattrs {
		u.attributesKept += len(x.name) + len(x.value)
		w.xattrs = append(w.xattrs, xattr{strings.Clone(x.name), x.value})
	}
	if u.attributesKept > mostAttributes {
		return nil, m.refuse(fmt.Sprintf("the extended attributes of the folders are longer than %d bytes together", mostAttributes))
	}
	return w, nil
}

func (w *wanted) attributes() *attributes {
	a := &attributes{xattrs: w.xattrs}
	a.st.Mode, a.st.UID, a.st.GID, a.st.Atime, a.st.Mtime = w.mode, w.uid, w.gid, w.atime, w.mtime
	return a
}

// lostPaths are paths of members that could not be made, by their hash.
type lostPaths struct {
	seed maphash.Seed
	met  map[uint64]struct{}
}

func newLostPaths() lostPaths {
	return lostPaths{maphash.MakeSeed(), map[uint64]struct{}{}}
}

func (l *lostPaths) has(path string) bool {
	_, met := l.met[maphash.String(l.seed, path)]
	return met
}

// lostPrefixes tells of the beginnings of a path whether they were lost, while it is walked once.
type lostPrefixes struct {
	of *lostPaths
	h  maphash.Hash
}

func (l *lostPaths) prefixes() *lostPrefixes {
	p := &lostPrefixes{of: l}
	p.h.SetSeed(l.seed)
	return p
}

// next has the path go on by a part.
func (p *lostPrefixes) next(part string) bool {
	if len(p.of.met) == 0 {
		return false
	}
	p.h.WriteString(part)
	_, met := p.of.met[p.h.Sum64()]
	return met
}

// lose counts a member that cannot be made.
func (u *unpacking) lose(m *archived, kind string) error {
	u.losses.add(kind, m.shownPath())
	if len(u.lost.met) == mostLost {
		return m.refuse(fmt.Sprintf("more than %d entries of the archive cannot be made", mostLost))
	}
	u.lost.met[maphash.String(u.lost.seed, m.path)] = struct{}{}
	return nil
}
