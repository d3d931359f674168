package main

import (
	"encoding/binary"
	"math"
	"syscall"
)

const dataBytes = 256 << 10

// read streams a part of a regular file as it is now, and then tells what the file is after that.
func read(r *request) (any, error) {
	if r.Offset == nil || r.Length == nil || *r.Offset < 0 || *r.Length < 0 {
		return nil, invalid("offset and length are missing or negative")
	}
	fd, err := r.openRegular()
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	offset := *r.Offset
	left := min(*r.Length, math.MaxInt64-offset)
	for left > 0 {
		if err := r.sendData(); err != nil {
			return nil, err
		}
		n, err := r.packData(fd, offset, int(min(left, dataBytes)))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		offset += int64(n)
		left -= int64(n)
	}
	return describe(fd)
}

// openRegular opens a file for reading only once it is known to be a regular one.
func (r *request) openRegular() (int, error) {
	var st statx
	fd, err := r.findRegular(&st)
	if err != nil {
		return -1, err
	}
	defer syscall.Close(fd)
	return reopen(fd, syscall.O_RDONLY)
}

// findRegular gives an O_PATH descriptor of a regular file; nothing is opened.
func (r *request) findRegular(st *statx) (int, error) {
	fd, err := r.files.open(r.path())
	if err != nil {
		return -1, err
	}
	if err = statDescriptor(fd, st); err == nil {
		switch st.kind() {
		case syscall.S_IFREG:
			return fd, nil
		case syscall.S_IFDIR:
			err = syscall.EISDIR
		case syscall.S_IFLNK:
			err = syscall.ELOOP
		default:
			err = invalid("not a regular file")
		}
	}
	syscall.Close(fd)
	return -1, err
}

// sendData writes the frame before: the last one goes together with DONE.
func (r *request) sendData() error {
	if err := r.cancelled(); err != nil || len(r.frames) == 0 {
		return err
	}
	return r.send()
}

// packData reads straight into a DATA frame.
func (r *request) packData(fd int, offset int64, size int) (int, error) {
	r.frames = appendHeader(r.frames, r.id, typeData, 0)
	data := len(r.frames)
	if cap(r.frames) < data+size {
		r.frames = append(make([]byte, 0, data+size), r.frames...)
	}
	n, err := preadFull(fd, r.frames[data:data+size], offset)
	if n == 0 {
		r.frames = r.frames[:data-headerSize]
		return 0, err
	}
	r.frames = r.frames[:data+n]
	binary.LittleEndian.PutUint32(r.frames[data-headerSize:], uint32(n))
	return n, err
}

// preadFull reads until buf is full or the file ends.
func preadFull(fd int, buf []byte, offset int64) (int, error) {
	total := 0
	for total < len(buf) {
		n, err := syscall.Pread(fd, buf[total:], offset+int64(total))
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return total, err
		}
		if n == 0 {
			break
		}
		total += n
	}
	return total, nil
}
