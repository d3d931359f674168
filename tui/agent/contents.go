package main

import (
	"syscall"
	"unsafe"
)

const (
	wholeBytes  = 1 << 20   // of files that are read and written at once
	rangeBytes  = 4 << 20   // of one call for larger ones: a cancel waits for it
	shareBytes  = 64 << 10  // of files that are worth the question whether blocks can be shared
	sectorBytes = 512       // of st_blocks
	roundBytes  = 128 << 10 // that two copies may differ in on the storage
	iocClone    = 0x40049409
	iocExtents  = 0xc020660b // FS_IOC_FIEMAP
	keepSize    = 1          // FALLOC_FL_KEEP_SIZE
	extentsEach = 64

	extentLast      = 0x1   // FIEMAP_EXTENT_LAST
	extentUnwritten = 0x800 // FIEMAP_EXTENT_UNWRITTEN
)

// A sourceError is one of reading, which concerns one file only.
type sourceError struct{ syscall.Errno }

func readFailed(err error) error {
	if errno, ok := err.(syscall.Errno); ok {
		return sourceError{errno}
	}
	return err
}

// contents copies what is in files.
type contents struct {
	*clone
	buf []byte
}

// fill copies what is in a file; holes stay holes, and room that was allocated stays so.
func (w *contents) fill(in, out int, st *statx) error {
	if st.Size == 0 && st.Blocks == 0 {
		return nil
	}
	if st.Size > shareBytes && !w.noClone.Load() {
		switch err := cloneData(out, in); err {
		case nil:
			w.count(int64(st.Size), int64(st.Size))
			return nil
		case syscall.EOPNOTSUPP, syscall.EXDEV, syscall.ENOTTY, syscall.ENOSYS:
			w.noClone.Store(true)
		}
	}
	var err error
	if st.Size < wholeBytes && st.Blocks*sectorBytes >= st.Size {
		err = w.whole(in, out, st.Size)
	} else {
		err = w.pieces(in, out, int64(st.Size))
	}
	if err == nil && st.Blocks*sectorBytes > roundBytes {
		err = w.reserve(in, out, st)
	}
	return err
}

// count adds to what is told.
func (w *contents) count(size, written int64) {
	w.size.Add(uint64(size))
	w.written.Add(uint64(written))
}

// whole copies a file at once; what was added to it meanwhile is told, not copied.
func (w *contents) whole(in, out int, size uint64) error {
	n, err := readAt(in, w.buf[:size], 0)
	if err != nil {
		return readFailed(err)
	}
	w.count(int64(n), int64(n))
	return writeAll(out, w.buf[:n])
}

// pieces copies what lies between holes.
func (w *contents) pieces(in, out int, size int64) error {
	if err := syscall.Ftruncate(out, size); err != nil {
		return err
	}
	sparse := extents{fd: in}
	for at := int64(0); at < size; {
		if hole := min(sparse.hole(at), size-at); hole > 0 {
			w.count(hole, 0)
			at += hole
			continue
		}
		end := min(size, max(sparse.to, at+1))
		for at < end {
			if w.halted() {
				return syscall.ECANCELED
			}
			n, err := w.piece(in, out, at, min(end-at, rangeBytes))
			if err != nil {
				return err
			}
			if n == 0 { // it shrank
				return nil
			}
			w.count(int64(n), int64(n))
			at += int64(n)
		}
	}
	return nil
}

// piece copies some bytes, in the kernel where it can.
func (w *contents) piece(in, out int, at, size int64) (int, error) {
	if !w.noRange.Load() {
		n, err := copyRange(in, out, at, int(size))
		switch err {
		case nil:
			if n > 0 {
				return n, nil
			}
		case syscall.ENOSPC, syscall.EDQUOT:
			return 0, err
		case syscall.EXDEV, syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.EINVAL, syscall.EPERM:
			w.noRange.Store(true)
		}
	}
	n, err := readAt(in, w.buf[:min(size, int64(len(w.buf)))], at)
	if err != nil {
		return 0, readFailed(err)
	}
	return n, writeAt(out, w.buf[:n], at)
}

// reserve repeats allocated room that nothing was written to, which reads as a hole.
func (w *contents) reserve(in, out int, st *statx) error {
	var made statx
	if err := statDescriptor(out, &made); err != nil {
		return err
	}
	if made.Blocks+roundBytes/sectorBytes >= st.Blocks {
		return nil
	}
	err := eachUnwritten(in, func(from, size uint64) error {
		return syscall.Fallocate(out, keepSize, int64(from), int64(size))
	})
	if err == syscall.EOPNOTSUPP || err == syscall.ENOTTY { // it knows no extents: all of it or nothing
		err = nil
		if st.Blocks*sectorBytes >= st.Size {
			err = syscall.Fallocate(out, keepSize, 0, int64(st.Size))
		}
	}
	if err == syscall.EOPNOTSUPP || err == syscall.ENOSYS { // by the target; nothing that is read is missing
		return nil
	}
	return err
}

// A fileExtent is struct fiemap_extent of linux/fiemap.h.
type fileExtent struct {
	Logical, Physical, Length uint64
	_                         [2]uint64
	Flags                     uint32
	_                         [3]uint32
}

func eachUnwritten(fd int, do func(from, size uint64) error) error {
	var m struct { // struct fiemap
		Start, Length              uint64
		Flags, Mapped, Count, None uint32
		Extents                    [extentsEach]fileExtent
	}
	for {
		m.Length, m.Count, m.Mapped = ^uint64(0)-m.Start, extentsEach, 0
		if err := ioctl(fd, iocExtents, unsafe.Pointer(&m)); err != nil || m.Mapped == 0 {
			return err
		}
		for _, e := range m.Extents[:min(m.Mapped, extentsEach)] {
			if e.Flags&extentUnwritten != 0 {
				if err := do(e.Logical, e.Length); err != nil {
					return err
				}
			}
			if e.Flags&extentLast != 0 {
				return nil
			}
			m.Start = e.Logical + e.Length
		}
	}
}
