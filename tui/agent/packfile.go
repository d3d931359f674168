package main

import "syscall"

// Stretches of data a map tells at most: more are joined. Docker takes a map of 1 MiB.
const (
	maxStretches      = 1 << 20
	maxImageStretches = 20_000
)

// takeAside writes an entry now, as a hard link where another name of it is in the archive.
func (l *loader) takeAside(dir int, name []byte) error {
	if err := statEntry(dir, name, &l.st); err != nil {
		l.miss(err)
		return nil
	}
	id, linked := inodeOf(&l.st), l.st.Nlink > 1 && l.st.kind() != syscall.S_IFDIR
	if linked {
		if first := l.firsts.met(id); first != nil {
			return l.hardLink(first)
		}
	}
	var taken bool
	var err error
	switch l.st.kind() {
	case syscall.S_IFREG:
		taken, err = l.file(dir, name)
	case syscall.S_IFDIR: // it was none when the folder was read
		l.differs()
	default:
		var out []byte
		out, taken = l.special(nil, dir, name)
		err = l.write(out)
	}
	if linked && taken && !l.firsts.remember(id, l.path, l.st.Nlink) {
		l.losses.add(lossLink, l.told(l.path))
	}
	return err
}

func (l *loader) hardLink(first []byte) error {
	l.xattrs = l.xattrs[:0]
	l.describe(kindHardLink, 0)
	l.member.link = first
	l.done.entries.Add(1)
	if l.st.kind() == syscall.S_IFREG {
		l.done.files.Add(1)
	}
	return l.write(appendMember(nil, &l.member))
}

// file writes a file of any size. What cannot be read at its begin is left out.
func (l *loader) file(dir int, name []byte) (taken bool, err error) {
	fd, err := l.open(dir, name)
	if err != nil {
		l.miss(err)
		return false, nil
	}
	defer syscall.Close(fd)
	size := int64(l.st.Size)
	sparse := false
	if l.mayHaveHoles() {
		if sparse, err = l.sparse.read(fd, size, l.cancelled); err != nil {
			return false, err
		}
	}
	if !sparse {
		l.sparse.data = append(l.sparse.data[:0], stretch{0, size})
	}
	var probe [1]byte
	if _, err := preadFull(fd, probe[:], l.sparse.data[0].at); err != nil {
		l.miss(err)
		return false, nil
	}
	if err := l.header(fd, sparse); err != nil {
		return false, err
	}
	if err := l.contents(fd); err != nil {
		return false, err
	}
	l.done.size.Add(uint64(size - l.sparse.stored())) // the holes
	if l.changedSince(fd) {
		l.differs()
	}
	return true, nil
}

// mayHaveHoles: fewer blocks than bytes say so, but some file systems reserve blocks ahead.
func (l *loader) mayHaveHoles() bool {
	return l.st.Size > inlineBytes || l.st.Blocks*blockBytes < l.st.Size
}

func (l *loader) header(fd int, sparse bool) error {
	l.readXattrsOf(object{fd: fd})
	l.describe(kindFile, l.sparse.stored())
	length := l.sparse.length()
	if sparse {
		l.member.sparse = true
		l.member.size += length + int64(padding(length))
		if l.sparse.coarse {
			l.losses.add(lossSparse, l.told(l.path))
		}
	}
	l.done.entries.Add(1)
	l.done.files.Add(1)
	if err := l.write(appendMember(nil, &l.member)); err != nil || !sparse {
		return err
	}
	var lines [64]byte
	if err := l.write(l.sparse.appendCount(lines[:0])); err != nil {
		return err
	}
	for _, s := range l.sparse.data {
		if err := l.write(s.appendLines(lines[:0])); err != nil {
			return err
		}
	}
	return l.writeZeros(int64(padding(length)))
}

// contents writes all data and what fills the last block. What is no longer there, or cannot be read,
// is zeros: the header promised so many bytes.
func (l *loader) contents(fd int) error {
	unreadable := false
	for _, s := range l.sparse.data {
		for s.size > 0 {
			room, err := l.room()
			if err != nil {
				return err
			}
			n, err := preadFull(fd, room[:min(int64(len(room)), s.size)], s.at)
			l.add(n)
			l.done.size.Add(uint64(n))
			s = stretch{s.at + int64(n), s.size - int64(n)}
			unreadable = unreadable || err != nil
			if err != nil || n < len(room) && s.size > 0 { // it is shorter now
				err = l.writeZeros(s.size)
				l.done.size.Add(uint64(s.size))
				s.size = 0
			}
			if err != nil {
				return err
			}
		}
	}
	if unreadable {
		l.losses.add(lossUnreadable, l.told(l.path))
	}
	return l.writeZeros(int64(padding(l.sparse.stored())))
}
