package main

import (
	"sync"
	"syscall"
	"unsafe"
)

// Inode flags that statx tells, which are also those of FS_IOC_SETFLAGS.
const (
	flagImmutable = 0x10
	flagAppend    = 0x20
	flagNodump    = 0x40
	keptFlags     = flagImmutable | flagAppend | flagNodump

	iocGetFlags = 0x80086601
	iocSetFlags = 0x40086602
)

// flagging gives inode flags at the very end: what is immutable takes no further name.
type flagging struct {
	wanted bool
	mu     sync.Mutex
	kept   []flagged
}

type flagged struct {
	in    *twin
	name  []byte // none: the folder itself
	flags uint64
}

// note remembers or counts the flags of an entry of the source.
func (f *flagging) note(c *clone, d *twin, name []byte, st *statx) {
	flags := st.Attributes & keptFlags
	switch {
	case flags == 0:
	case !f.wanted || d.up == nil && name == nil:
		c.losses.add(lossFlags, d.path(name))
	default:
		f.mu.Lock()
		f.kept = append(f.kept, flagged{d, append([]byte{}, name...), flags})
		f.mu.Unlock()
	}
}

func (f *flagging) apply(c *clone) error {
	for _, k := range f.kept {
		if err := c.cancelled(); err != nil {
			return err
		}
		path := k.in.path(k.name)
		fd, err := c.trees[copied].open(string(path))
		if err != nil {
			return err
		}
		opened, err := reopen(fd, syscall.O_RDONLY)
		syscall.Close(fd)
		if err != nil {
			return err
		}
		if setFlags(opened, k.flags) != nil {
			c.losses.add(lossFlags, path)
		}
		syscall.Close(opened)
	}
	return nil
}

// setFlags adds inode flags, and sees whether they are there then.
func setFlags(fd int, flags uint64) error {
	var now uint32
	if err := ioctl(fd, iocGetFlags, unsafe.Pointer(&now)); err != nil {
		return err
	}
	now |= uint32(flags)
	if err := ioctl(fd, iocSetFlags, unsafe.Pointer(&now)); err != nil {
		return err
	}
	var st statx
	if err := statDescriptor(fd, &st); err != nil {
		return err
	}
	if st.Attributes&flags != flags {
		return syscall.EOPNOTSUPP
	}
	return nil
}

func ioctl(fd int, call uintptr, argument unsafe.Pointer) error {
	_, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), call, uintptr(argument))
	return failed(e)
}
