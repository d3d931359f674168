package main

import (
	"encoding/binary"
	"hash/maphash"
	"syscall"
)

// setAttributes keeps what an entry has besides its data.
func (n *note) setAttributes(seed maphash.Seed, a *attributes) {
	if a.st.kind() != syscall.S_IFLNK { // whose permissions mean nothing
		n.mode = a.st.Mode & permissions
	}
	n.owner = numbersPrint(seed, uint64(a.st.UID), uint64(a.st.GID))
	n.times = numbersPrint(seed, uint64(a.st.Mtime.Sec), uint64(a.st.Mtime.Nsec))
	n.xattrs = xattrsPrint(seed, a.xattrs)
}

func numbersPrint(seed maphash.Seed, first, second uint64) uint32 {
	var both [16]byte
	binary.LittleEndian.PutUint64(both[:], first)
	binary.LittleEndian.PutUint64(both[8:], second)
	return uint32(maphash.Bytes(seed, both[:]))
}

func xattrsPrint(seed maphash.Seed, xattrs []xattr) uint32 {
	if len(xattrs) == 0 {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(seed)
	var size [4]byte
	for _, x := range xattrs {
		h.WriteString(x.name)
		h.WriteByte(0)
		binary.LittleEndian.PutUint32(size[:], uint32(len(x.value)))
		h.Write(size[:])
		h.Write(x.value)
	}
	return uint32(h.Sum64()) | 1
}

// sizedPrint is the data of a file: what it holds, and how long it is.
func sizedPrint(seed maphash.Seed, sum uint64, size int64) uint64 {
	var both [16]byte
	binary.LittleEndian.PutUint64(both[:], sum)
	binary.LittleEndian.PutUint64(both[8:], uint64(size))
	return maphash.Bytes(seed, both[:])
}
