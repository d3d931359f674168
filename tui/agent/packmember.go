package main

import "bytes"

const blockBytes = 512

// Kinds of members.
const (
	kindFile      = '0'
	kindHardLink  = '1'
	kindLink      = '2'
	kindCharacter = '3'
	kindBlock     = '4'
	kindFolder    = '5'
	kindFifo      = '6'
	kindRecords   = 'x'
	kindGlobal    = 'g'
)

// What the octal numbers of a header hold; anything else is a record.
const (
	octalID   = 1<<21 - 1
	octalSize = 1<<33 - 1
)

// A name stands in a header where it fits, whatever its bytes are: there every program takes it as it
// is, in any locale. It is split at a slash then.
const (
	nameBytes   = 100
	prefixBytes = 155
)

// Sparse files have this name for programs that do not know them: else it would hold the wrong bytes.
var sparseName = []byte("GNUSparseFile.0/f")

var zeroBlock [blockBytes]byte

// A packMember is an entry as the archive tells it.
type packMember struct {
	path   []byte // a folder's ends with /
	link   []byte // where a link points, or the path of a hard link's first name
	kind   byte
	st     *statx
	xattrs []xattr // none for a hard link: it is one more name
	size   int64   // of what follows
	// sparse: a map is the beginning of what follows, and the file is st.Size long.
	sparse bool
}

// appendMember writes a member's header, with the records it needs before that.
func appendMember(out []byte, m *packMember) []byte {
	at := len(out)
	out = appendRecords(append(out, zeroBlock[:]...), m)
	if size := len(out) - at - blockBytes; size > 0 {
		recordsHeader(out[at:at+blockBytes], kindRecords, "PaxHeaders/x", size)
		out = appendPadding(out, int64(size))
	} else {
		out = out[:at]
	}
	at = len(out)
	out = append(out, zeroBlock[:]...)
	b := block(out[at:])
	switch prefix, name, fits := splitName(m.path); {
	case m.namedByRecord():
		b.setName(nil, sparseName)
	case fits:
		b.setName(prefix, name)
	default:
		b.setName(nil, m.path[:nameBytes])
	}
	copy(b[157:157+nameBytes], m.link) // cut where a record has it
	b.octal(100, 8, uint64(m.st.Mode&permissions))
	b.octal(108, 8, orZero(uint64(m.st.UID), octalID))
	b.octal(116, 8, orZero(uint64(m.st.GID), octalID))
	b.octal(124, 12, orZero(uint64(m.size), octalSize))
	b.octal(136, 12, orZero(uint64(m.st.Mtime.Sec), octalSize)) // below zero is above any limit
	if m.kind == kindCharacter || m.kind == kindBlock {
		b.octal(329, 8, orZero(uint64(m.st.RdevMajor), octalID))
		b.octal(337, 8, orZero(uint64(m.st.RdevMinor), octalID))
	}
	b.finish(m.kind)
	return out
}

// appendGlobal writes a header about the whole archive, which holds a comment only.
func appendGlobal(out, comment []byte) []byte {
	at := len(out)
	out = appendRecord(append(out, zeroBlock[:]...), paxComment, comment)
	size := len(out) - at - blockBytes
	recordsHeader(out[at:at+blockBytes], kindGlobal, "pax_global_header", size)
	return appendPadding(out, int64(size))
}

// appendPadding fills the last block of so many bytes.
func appendPadding(out []byte, size int64) []byte {
	return append(out, zeroBlock[:padding(size)]...)
}

func padding(size int64) int { return int(-size & (blockBytes - 1)) }

// namedByRecord: the header of a sparse file has another name, unless its own stays as it is only there.
func (m *packMember) namedByRecord() bool {
	if !m.sparse {
		return false
	}
	_, _, fits := splitName(m.path)
	return !fits || !isBinary(m.path)
}

// appendRecords writes what the header has no room for.
func appendRecords(out []byte, m *packMember) []byte {
	_, _, fits := splitName(m.path)
	pathTold, linkTold := !fits || m.namedByRecord(), len(m.link) > nameBytes
	if pathTold && isBinary(m.path) || linkTold && isBinary(m.link) {
		out = appendRecord(out, paxCharset, []byte("BINARY"))
	}
	if m.sparse {
		out = appendNumber(out, paxSparseMajor, 1)
		out = appendNumber(out, paxSparseMinor, 0)
		out = appendNumber(out, paxSparseLength, int64(m.st.Size))
	}
	if pathTold && m.sparse {
		out = appendRecord(out, paxSparseName, m.path)
	} else if pathTold {
		out = appendRecord(out, paxPath, m.path)
	}
	if linkTold {
		out = appendRecord(out, paxLinkpath, m.link)
	}
	if m.st.UID > octalID {
		out = appendNumber(out, paxUID, int64(m.st.UID))
	}
	if m.st.GID > octalID {
		out = appendNumber(out, paxGID, int64(m.st.GID))
	}
	if m.size > octalSize {
		out = appendNumber(out, paxSize, m.size)
	}
	if t := m.st.Mtime; t.Nsec > 0 || t.Sec < 0 || t.Sec > octalSize {
		out = appendTime(out, paxMtime, t)
	}
	for _, x := range m.xattrs {
		out = appendXattr(out, x)
	}
	return out
}

func splitName(path []byte) (prefix, name []byte, fits bool) {
	if len(path) <= nameBytes {
		return nil, path, true
	}
	first := len(path) - nameBytes - 1
	slash := bytes.IndexByte(path[first:len(path)-1], '/') + first
	if slash < first || slash > prefixBytes {
		return nil, nil, false
	}
	return path[:slash], path[slash+1:], true
}

func orZero(value, limit uint64) uint64 {
	if value > limit {
		return 0
	}
	return value
}

func recordsHeader(b block, kind byte, name string, size int) {
	b.setName(nil, []byte(name))
	b.octal(100, 8, 0o644)
	b.octal(108, 8, 0)
	b.octal(116, 8, 0)
	b.octal(124, 12, uint64(size))
	b.octal(136, 12, 0)
	b.finish(kind)
}

// A block is a ustar header (source: POSIX, pax, "ustar Interchange Format").
type block []byte

func (b block) setName(prefix, name []byte) {
	copy(b[:nameBytes], name)
	copy(b[345:345+prefixBytes], prefix)
}

// octal fills a field of so many bytes, the last of which is NUL.
func (b block) octal(at, size int, value uint64) {
	for i := at + size - 2; i >= at; i-- {
		b[i] = '0' + byte(value&7)
		value >>= 3
	}
}

// finish writes what is behind everything else: kind, version and the sum over all.
func (b block) finish(kind byte) {
	b[156] = kind
	copy(b[257:], "ustar\x0000")
	sum := uint64(8 * ' ') // the field of the sum counts as blanks
	for _, c := range b {
		sum += uint64(c)
	}
	b.octal(148, 7, sum)
	b[155] = ' '
}
