package main

import (
	"bytes"
	"iter"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

const (
	atCwd         = -100   // AT_FDCWD
	atNoFollow    = 0x100  // AT_SYMLINK_NOFOLLOW
	atNoAutomount = 0x800  // AT_NO_AUTOMOUNT
	atEmptyPath   = 0x1000 // AT_EMPTY_PATH
	atRemoveDir   = 0x200  // AT_REMOVEDIR
	oPath         = 0x200000

	statxBasic = 0x7ff  // STATX_BASIC_STATS
	statxBtime = 0x800  // STATX_BTIME
	statxMount = 0x1000 // STATX_MNT_ID

	resolveNoXdev       = 0x01
	resolveNoMagicLinks = 0x02
	resolveNoSymlinks   = 0x04
	resolveBeneath      = 0x08
)

// timestamp is struct statx_timestamp.
type timestamp struct {
	Sec  int64
	Nsec uint32
	_    int32
}

func (t timestamp) before(moment time.Time) bool {
	return time.Unix(t.Sec, int64(t.Nsec)).Before(moment)
}

func (t timestamp) equal(other timestamp) bool { return t.Sec == other.Sec && t.Nsec == other.Nsec }

// statx is struct statx of linux/stat.h.
type statx struct {
	Mask, Blksize                            uint32
	Attributes                               uint64
	Nlink, UID, GID                          uint32
	Mode, _                                  uint16
	Ino, Size, Blocks, AttributesMask        uint64
	Atime, Btime, Ctime, Mtime               timestamp
	RdevMajor, RdevMinor, DevMajor, DevMinor uint32
	MountID                                  uint64 // where Mask has it, since Linux 5.8
	_                                        [13]uint64
}

func (st *statx) kind() uint16   { return st.Mode & syscall.S_IFMT }
func (st *statx) device() uint64 { return uint64(st.DevMajor)<<32 | uint64(st.DevMinor) }
func (st *statx) rdev() uint64   { return uint64(st.RdevMajor)<<32 | uint64(st.RdevMinor) }

var emptyName = []byte{0}

// statEntry looks at one name in a folder, without following it; name ends with NUL.
func statEntry(dir int, name []byte, st *statx) error {
	return statxCall(dir, name, atNoFollow|atNoAutomount, statxBasic|statxMount, st)
}

// statDescriptor looks at what is open, O_PATH included.
func statDescriptor(fd int, st *statx) error {
	return statxCall(fd, emptyName, atEmptyPath, statxBasic|statxBtime|statxMount, st)
}

func statxCall(dir int, name []byte, flags, mask uintptr, st *statx) error {
	for {
		_, _, e := syscall.Syscall6(sysStatx, uintptr(dir), uintptr(unsafe.Pointer(&name[0])),
			flags, mask, uintptr(unsafe.Pointer(st)), 0)
		if e != syscall.EINTR {
			return failed(e)
		}
	}
}

// readLink fills buf with the target of a link; name ends with NUL and is empty for dir itself.
func readLink(dir int, name, buf []byte) (int, error) {
	n, _, e := syscall.Syscall6(syscall.SYS_READLINKAT, uintptr(dir), uintptr(unsafe.Pointer(&name[0])),
		uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0)
	return int(n), failed(e)
}

func openAt(dir int, name string, flags int) (int, error) {
	return openMode(dir, name, flags, 0)
}

// createAt makes a file, or opens what stands there unless flags have O_EXCL.
func createAt(dir int, name string, flags int, mode uint32) (int, error) {
	return openMode(dir, name, flags|syscall.O_CREAT, mode)
}

func openMode(dir int, name string, flags int, mode uint32) (int, error) {
	for {
		fd, err := syscall.Openat(dir, name, flags|syscall.O_CLOEXEC, mode)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

// openPath gives an O_PATH descriptor of one name in a folder, a link itself included; name ends
// with NUL.
func openPath(dir int, name []byte) (int, error) {
	const flags = oPath | syscall.O_NOFOLLOW | syscall.O_CLOEXEC
	for {
		fd, _, e := syscall.Syscall6(syscall.SYS_OPENAT, uintptr(dir), uintptr(unsafe.Pointer(&name[0])), flags, 0, 0, 0)
		if e != syscall.EINTR {
			return int(fd), failed(e)
		}
	}
}

func openAt2(dir int, name string, flags int, resolve uint64) (int, error) {
	path, err := syscall.BytePtrFromString(name)
	if err != nil {
		return -1, err
	}
	how := struct{ flags, mode, resolve uint64 }{uint64(flags | syscall.O_CLOEXEC), 0, resolve}
	for {
		fd, _, e := syscall.Syscall6(sysOpenat2, uintptr(dir), uintptr(unsafe.Pointer(path)),
			uintptr(unsafe.Pointer(&how)), unsafe.Sizeof(how), 0, 0)
		if e == 0 {
			return int(fd), nil
		}
		if e != syscall.EINTR {
			return -1, e
		}
	}
}

// unlinkAt removes one name from a folder; name ends with NUL.
func unlinkAt(dir int, name []byte, flags uintptr) error {
	for {
		_, _, e := syscall.Syscall(syscall.SYS_UNLINKAT, uintptr(dir), uintptr(unsafe.Pointer(&name[0])), flags)
		if e != syscall.EINTR {
			return failed(e)
		}
	}
}

// syncDescriptor returns once a file, or the names in a folder, are on the storage.
func syncDescriptor(fd int) error {
	for {
		if err := syscall.Fsync(fd); err != syscall.EINTR {
			return err
		}
	}
}

// syncFileSystem does so for all of a file system; fd is open for reading.
func syncFileSystem(fd int) error {
	_, _, e := syscall.Syscall(sysSyncfs, uintptr(fd), 0, 0)
	return failed(e)
}

// reopen opens what an O_PATH descriptor stands for, and nothing else, whatever its name means now.
func reopen(fd, flags int) (int, error) {
	for {
		// O_NONBLOCK: whoever holds a lease on the file must not hold us.
		opened, err := syscall.Open("/proc/self/fd/"+strconv.Itoa(fd), flags|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
		if err != syscall.EINTR {
			return opened, err
		}
	}
}

// readDirectory fills buf with records of a folder, 0 at its end.
func readDirectory(fd int, buf []byte) (int, error) {
	for {
		n, err := syscall.Getdents(fd, buf)
		if err != syscall.EINTR {
			return n, err
		}
	}
}

// records goes through struct linux_dirent64; a name ends with NUL, the type is that of the file mode.
func records(buf []byte) iter.Seq2[[]byte, uint16] {
	const lengthAt, typeAt, nameAt = 16, 18, 19
	return func(yield func([]byte, uint16) bool) {
		for len(buf) > nameAt {
			record := buf[:int(buf[lengthAt])|int(buf[lengthAt+1])<<8]
			buf = buf[len(record):]
			name := record[nameAt:]
			name = name[:bytes.IndexByte(name, 0)+1]
			if s := string(name); s == ".\x00" || s == "..\x00" {
				continue
			}
			if !yield(name, uint16(record[typeAt])<<12) {
				return
			}
		}
	}
}

func failed(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}
