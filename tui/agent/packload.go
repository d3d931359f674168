package main

import (
	"bytes"
	"syscall"
)

// STATX_ATTR_IMMUTABLE, _APPEND and _NODUMP.
const inodeFlags = 0x10 | 0x20 | 0x40

// Files up to this size are read ahead, several of a folder at a time and together with their headers;
// others straight into what is sent.
const inlineBytes = 32 << 10

// A loader makes members of entries; every goroutine has its own.
type loader struct {
	*packing
	attributes
	member packMember
	path   []byte // of the entry as the archive has it
	sparse sparseMap
	target [targetBuf]byte
}

func (p *packing) newLoader() *loader {
	l := &loader{packing: p, sparse: sparseMap{limit: maxStretches}}
	if p.Image {
		l.sparse.limit = maxImageStretches
	}
	l.member.st = &l.st
	return l
}

// load does all that can be done without knowing what comes before.
func (l *loader) load(b *bundle) {
	names := b.names
	for _, kind := range b.kinds {
		end := bytes.IndexByte(names, 0) + 1
		name := names[:end]
		names = names[end:]
		if l.cancelled() != nil {
			break
		}
		l.path = append(append(l.path[:0], b.path...), name[:end-1]...)
		if !l.entry(b, name, kind) {
			b.aside = append(b.aside, aside{len(b.out), name})
		}
	}
	b.loaded <- struct{}{}
}

// entry tells whether it took an entry.
func (l *loader) entry(b *bundle, name []byte, kind uint16) (taken bool) {
	if kind == syscall.S_IFREG {
		return l.inline(b, name)
	}
	if err := statEntry(b.dir, name, &l.st); err != nil {
		l.miss(err)
		return true
	}
	switch l.st.kind() {
	case syscall.S_IFREG:
		return l.inline(b, name)
	case syscall.S_IFDIR: // it was none when the folder was read
		l.differs()
		return true
	}
	if l.st.Nlink > 1 {
		return false
	}
	b.out, _ = l.special(b.out, b.dir, name)
	return true
}

// open opens a regular file that fills st, only once it is known to be one. ELOOP: it is none.
func (l *loader) open(dir int, name []byte) (int, error) {
	at, err := openPath(dir, name)
	if err != nil {
		return -1, err
	}
	defer syscall.Close(at)
	if err := statDescriptor(at, &l.st); err != nil {
		return -1, err
	}
	if l.st.kind() != syscall.S_IFREG {
		return -1, syscall.ELOOP
	}
	return reopen(at, syscall.O_RDONLY)
}

// inline takes a small file that has one name and no holes.
func (l *loader) inline(b *bundle, name []byte) (taken bool) {
	fd, err := l.open(b.dir, name)
	if err != nil {
		l.miss(err)
		return true
	}
	defer syscall.Close(fd)
	size := int64(l.st.Size)
	if l.st.Nlink > 1 || size > inlineBytes || len(b.out) > bundleBytes || l.mayHaveHoles() && hasHoles(fd, size) {
		return false
	}
	l.readXattrsOf(object{fd: fd})
	l.describe(kindFile, size)
	at := len(b.out)
	b.out = appendMember(b.out, &l.member)
	from := len(b.out)
	b.out = append(b.out, make([]byte, size+int64(padding(size)))...)
	n, err := preadFull(fd, b.out[from:from+int(size)], 0)
	if err != nil {
		b.out = b.out[:at]
		l.miss(err)
		return true
	}
	if int64(n) < size || l.changedSince(fd) {
		l.differs()
	}
	l.done.files.Add(1)
	l.done.size.Add(uint64(size))
	l.done.entries.Add(1)
	return true
}

// special takes what has no contents and no descriptor: links, fifos, devices. ok is false for what
// the archive does not have.
func (l *loader) special(out []byte, dir int, name []byte) (_ []byte, ok bool) {
	kind, known := memberKinds[l.st.kind()]
	if !known {
		l.losses.add(lossSocket, l.told(l.path))
		return out, false
	}
	l.readXattrsOf(object{dir, string(name[:len(name)-1]), -1})
	l.describe(kind, 0)
	if kind == kindLink {
		n, err := readLink(dir, name, l.target[:])
		if err != nil {
			l.miss(err)
			return out, false
		}
		l.member.link = l.target[:n]
	}
	l.done.entries.Add(1)
	return appendMember(out, &l.member), true
}

var memberKinds = map[uint16]byte{
	syscall.S_IFLNK: kindLink, syscall.S_IFIFO: kindFifo, syscall.S_IFCHR: kindCharacter, syscall.S_IFBLK: kindBlock,
}

// describe makes the member of what was looked at.
func (l *loader) describe(kind byte, size int64) {
	l.member = packMember{path: l.path, kind: kind, st: &l.st, xattrs: l.xattrs, size: size}
}

func (l *loader) readXattrsOf(o object) {
	if err := o.readXattrs(&l.attributes); err != nil {
		l.losses.add(lossXattr, l.told(l.path))
	}
	if l.st.Attributes&inodeFlags != 0 {
		l.losses.add(lossFlags, l.told(l.path))
	}
}

// changedSince tells whether a file is another one than when it was opened.
func (l *loader) changedSince(fd int) bool {
	var now statx
	if err := statDescriptor(fd, &now); err != nil {
		return true
	}
	return !sameMoment(&now, &l.st)
}

func sameMoment(a, b *statx) bool {
	return a.Size == b.Size && a.Mtime.equal(b.Mtime) && a.Ctime.equal(b.Ctime)
}

// miss notes that an entry is not in the archive: it went, was replaced by something else, or cannot
// be read.
func (l *loader) miss(err error) {
	switch err {
	case syscall.ENOENT, syscall.ELOOP, syscall.ENOTDIR:
		l.differs()
	default:
		l.losses.add(lossUnreadable, l.told(l.path))
	}
}

func (l *loader) differs() { l.changed.add(l.told(l.path)) }
