package main

import (
	"io"
	"syscall"
)

const (
	smallFile     = 64 << 10  // bytes of files that others write
	togetherFiles = 32        // each holds a descriptor
	togetherBytes = 256 << 10 // of files that are handed over together
	savedByHoles  = 1 << 20   // bytes of a sparse file that it has to save to count as one
)

// makeFile makes a regular file. Small ones are written by others meanwhile; the data of large
// ones goes from the stream to the storage right here.
func (u *unpacking) makeFile(m *archived, folder uint32, name string) error {
	dir, err := u.folders.descriptor(folder)
	fd := -1
	if err == nil {
		const flags = syscall.O_WRONLY | syscall.O_EXCL | syscall.O_NOFOLLOW
		fd, err = createAt(dir, name, flags, uint32(m.st.Mode&0o777))
	}
	if err != nil {
		return u.made(m, err)
	}
	u.files.Add(1)
	n := u.at(u.note(folder, name, syscall.S_IFREG))
	if m.stored <= smallFile && !m.sparse {
		return u.writers.take(m, fd, n)
	}
	defer syscall.Close(fd)
	if err = u.writeLarge(m, fd); err == nil {
		err = u.finishFile(m, fd, n, &u.print)
	}
	return u.storage(m, err)
}

// writeLarge writes data where it belongs, and leaves holes between.
func (u *unpacking) writeLarge(m *archived, fd int) error {
	u.print.begin(u.seed)
	if m.sparse {
		if err := syscall.Ftruncate(fd, m.size()); err != nil {
			return err
		}
	}
	at := int64(0)
	for _, s := range m.spots {
		u.print.skip(s.at)
		u.size.Add(uint64(s.at - at))
		at = s.at
		for end := s.at + s.size; at < end; {
			if err := u.cancelled(); err != nil {
				return err
			}
			part, err := u.reader.part(end - at)
			if err != nil {
				return err
			}
			if err := writeAt(fd, part, at); err != nil {
				return err
			}
			u.print.write(part)
			at += int64(len(part))
			u.size.Add(uint64(len(part)))
		}
	}
	u.print.skip(m.size())
	u.size.Add(uint64(m.size() - at))
	return nil
}

// part is data of at most so many bytes; io.ErrUnexpectedEOF where a map promised more.
func (r *tarReader) part(limit int64) ([]byte, error) {
	if r.left == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	part, err := r.in.some(min(limit, r.left))
	r.left -= int64(len(part))
	return part, r.early(err)
}

// finishFile gives a file that was written its attributes and notes what it is.
func (u *unpacking) finishFile(m *archived, fd int, n *note, print *dataprint) error {
	if err := u.give(object{-1, "", fd}, &m.attributes, n, m.shownPath); err != nil {
		return err
	}
	n.data = sizedPrint(u.seed, print.end(), m.size())
	if !m.sparse {
		return nil
	}
	var st statx
	if err := statDescriptor(fd, &st); err != nil {
		return err
	}
	if int64(st.Blocks)*tarBlock > m.stored+savedByHoles && m.size()-m.stored > savedByHoles {
		u.losses.add(lossSparse, m.shownPath())
	}
	return nil
}
