package main

import (
	"encoding/binary"
	"sync"
	"syscall"
	"time"
)

const (
	firstEntries = 256  // the first frame is small: something to show at once
	moreEntries  = 4096 // in each later one
	batchBytes   = 512 << 10
	batchDelay   = 200 * time.Millisecond // on a slow file system frames are smaller
	directoryBuf = 64 << 10
	targetBuf    = 4096 // no target is longer
)

// Most folders are small beside a buffer: each new one is a part of a garbage collection.
var buffers = sync.Pool{New: func() any { return new([directoryBuf]byte) }}

// list streams the entries of a folder in the kernel's order.
func list(r *request) (any, error) {
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(dir)
	l := listing{request: r, dir: dir, limit: firstEntries, sent: time.Now()}
	buf := buffers.Get().(*[directoryBuf]byte)
	defer buffers.Put(buf)
	for {
		n, err := readDirectory(dir, buf[:])
		if err == nil && n > 0 {
			err = l.addAll(buf[:n])
		}
		if err != nil || n == 0 {
			l.pack()
			return struct {
				Entries int `json:"entries"`
			}{l.entries}, err
		}
	}
}

type listing struct {
	*request
	batch
	dir     int
	limit   int
	entries int
	sent    time.Time
	st      statx
	target  [targetBuf]byte
}

func (l *listing) addAll(buf []byte) error {
	for name, kind := range records(buf) {
		if err := l.cancelled(); err != nil {
			return err
		}
		l.add(name, kind)
		if l.count == l.limit || l.size() >= batchBytes ||
			l.count%16 == 1 && time.Since(l.sent) > batchDelay {
			if err := l.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// add looks at one entry. One that vanished since the folder was read is left out.
func (l *listing) add(name []byte, kind uint16) {
	length := 0
	err := statEntry(l.dir, name, &l.st)
	if err == nil && l.st.kind() == syscall.S_IFLNK {
		length, err = readLink(l.dir, name, l.target[:])
	}
	if err == syscall.ENOENT {
		return
	}
	errno, _ := err.(syscall.Errno)
	if err != nil {
		l.st, length = statx{Mode: kind}, 0
	}
	l.append(name[:len(name)-1], &l.st, l.target[:length], errno)
}

// pack puts what is collected behind the frames to send.
func (l *listing) pack() {
	if l.count > 0 {
		l.frames = appendHeader(l.frames, l.id, typeEntries, l.size())
		l.frames = l.appendTo(l.frames)
		l.entries += l.count
		l.reset()
	}
}

func (l *listing) flush() error {
	if l.count == 0 {
		return nil
	}
	l.pack()
	l.limit = moreEntries
	err := l.send()
	l.sent = time.Now()
	return err
}

// A batch is the payload of ENTRIES, column by column.
type batch struct {
	count                                     int
	modes, uids, gids, nlinks, errnos, mnsecs []byte
	sizes, mtimes, inodes, rdevs              []byte
	names, targets                            []byte
}

func (b *batch) append(name []byte, st *statx, target []byte, errno syscall.Errno) {
	u32, u64 := binary.LittleEndian.AppendUint32, binary.LittleEndian.AppendUint64
	b.modes = u32(b.modes, uint32(st.Mode))
	b.uids = u32(b.uids, st.UID)
	b.gids = u32(b.gids, st.GID)
	b.nlinks = u32(b.nlinks, st.Nlink)
	b.errnos = u32(b.errnos, uint32(errno))
	b.mnsecs = u32(b.mnsecs, st.Mtime.Nsec)
	b.sizes = u64(b.sizes, st.Size)
	b.mtimes = u64(b.mtimes, uint64(st.Mtime.Sec))
	b.inodes = u64(b.inodes, st.Ino)
	b.rdevs = u64(b.rdevs, st.rdev())
	if b.count > 0 {
		b.names = append(b.names, 0)
		b.targets = append(b.targets, 0)
	}
	b.names = append(b.names, name...)
	b.targets = append(b.targets, target...)
	b.count++
}

func (b *batch) columns() [10][]byte {
	return [...][]byte{b.modes, b.uids, b.gids, b.nlinks, b.errnos, b.mnsecs, b.sizes, b.mtimes, b.inodes, b.rdevs}
}

func (b *batch) size() int {
	const entry, lengths = 6*4 + 4*8, 3 * 4
	return lengths + b.count*entry + len(b.names) + len(b.targets)
}

func (b *batch) appendTo(out []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(b.count))
	for _, column := range b.columns() {
		out = append(out, column...)
	}
	for _, text := range [][]byte{b.names, b.targets} {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
		out = append(out, text...)
	}
	return out
}

func (b *batch) reset() {
	b.count = 0
	for _, column := range b.pointers() {
		*column = (*column)[:0]
	}
}

// pointers gives all columns, the two of texts last.
func (b *batch) pointers() [12]*[]byte {
	return [...]*[]byte{
		&b.modes, &b.uids, &b.gids, &b.nlinks, &b.errnos, &b.mnsecs,
		&b.sizes, &b.mtimes, &b.inodes, &b.rdevs, &b.names, &b.targets,
	}
}
