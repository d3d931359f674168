package main

import (
	"hash/maphash"
	"syscall"
)

// compareData compares what an entry holds, points to, or stands for.
func (l *verifier) compareData(o object, n *note) error {
	switch l.now.st.kind() {
	case syscall.S_IFREG:
		sum, err := l.contents(o.fd, int64(l.now.st.Size))
		if err != nil {
			return err
		}
		if sizedPrint(l.notes.seed, sum, int64(l.now.st.Size)) != n.data {
			l.differs(l.path, differsContents)
		}
	case syscall.S_IFLNK:
		var target [targetBuf]byte
		size, err := readLink(o.dir, append([]byte(o.name), 0), target[:])
		if err != nil {
			return err
		}
		if maphash.Bytes(l.notes.seed, target[:size]) != n.data {
			l.differs(l.path, differsTarget)
		}
	case syscall.S_IFCHR, syscall.S_IFBLK:
		if l.now.st.rdev() != n.data {
			l.differs(l.path, differsDevice)
		}
	}
	return nil
}

// contents adds up what a file holds; holes are not read.
func (l *verifier) contents(fd int, size int64) (uint64, error) {
	l.print.begin(l.notes.seed)
	sparse := extents{fd: fd}
	holes := int64(l.now.st.Blocks)*tarBlock < size
	for at := int64(0); at < size; {
		if err := l.halted(); err != nil {
			return 0, err
		}
		end := size
		if holes {
			if hole := min(sparse.hole(at), size-at); hole > 0 {
				at += hole
				l.print.skip(at)
				l.size.Add(uint64(hole))
				continue
			}
			end = min(size, max(sparse.to, at+1))
		}
		n, err := preadFull(fd, l.buf[:min(end-at, verifyBytes)], at)
		if err != nil {
			return 0, err
		}
		if n == 0 { // it is shorter than it was
			return l.print.end(), nil
		}
		l.print.write(l.buf[:n])
		l.size.Add(uint64(n))
		at += int64(n)
	}
	return l.print.end(), nil
}
