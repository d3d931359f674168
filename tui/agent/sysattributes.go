package main

import (
	"strconv"
	"syscall"
	"unsafe"
)

// An object is what attributes are read from and given to: its descriptor, or where there is none
// (links, fifos, sockets, devices) its name in a folder. No link is followed.
type object struct {
	dir  int
	name string
	fd   int // -1: there is none
}

func (o object) stat(st *statx) error {
	if o.fd >= 0 {
		return statDescriptor(o.fd, st)
	}
	return statEntry(o.dir, append([]byte(o.name), 0), st)
}

func (o object) chown(uid, gid uint32) error {
	if o.fd >= 0 {
		return syscall.Fchown(o.fd, int(uid), int(gid))
	}
	return syscall.Fchownat(o.dir, o.name, int(uid), int(gid), atNoFollow)
}

// chmod of a name goes through a descriptor of it: the call that follows no link needs Linux 6.6.
func (o object) chmod(mode uint32) error {
	if o.fd >= 0 {
		return syscall.Fchmod(o.fd, mode)
	}
	fd, err := openPath(o.dir, append([]byte(o.name), 0))
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	return syscall.Chmod("/proc/self/fd/"+strconv.Itoa(fd), mode)
}

func (o object) setTimes(atime, mtime timestamp) error {
	times := [2]syscall.Timespec{
		{Sec: atime.Sec, Nsec: int64(atime.Nsec)},
		{Sec: mtime.Sec, Nsec: int64(mtime.Nsec)},
	}
	dir, flags := o.fd, uintptr(0)
	var name *byte
	if dir < 0 {
		dir, name, flags = o.dir, cString(o.name), atNoFollow
	}
	_, _, err := syscall.Syscall6(syscall.SYS_UTIMENSAT, uintptr(dir), uintptr(unsafe.Pointer(name)),
		uintptr(unsafe.Pointer(&times)), flags, 0, 0)
	return failed(err)
}

// path names an entry for calls that take no folder.
func (o object) path() string { return "/proc/self/fd/" + strconv.Itoa(o.dir) + "/" + o.name }

// listXattrs fills buf with names, each closed by NUL.
func (o object) listXattrs(buf []byte) (int, error) {
	var n uintptr
	var err syscall.Errno
	if o.fd >= 0 {
		n, _, err = syscall.Syscall(syscall.SYS_FLISTXATTR, uintptr(o.fd),
			uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	} else {
		n, _, err = syscall.Syscall(syscall.SYS_LLISTXATTR, uintptr(unsafe.Pointer(cString(o.path()))),
			uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	}
	return int(n), failed(err)
}

func (o object) getXattr(name string, buf []byte) (int, error) {
	return o.xattr(syscall.SYS_FGETXATTR, syscall.SYS_LGETXATTR, name, buf, len(buf))
}

func (o object) setXattr(name string, value []byte) error {
	if len(value) == 0 {
		_, err := o.xattr(syscall.SYS_FSETXATTR, syscall.SYS_LSETXATTR, name, emptyName, 0)
		return err
	}
	_, err := o.xattr(syscall.SYS_FSETXATTR, syscall.SYS_LSETXATTR, name, value, len(value))
	return err
}

func (o object) removeXattr(name string) error {
	_, err := o.xattr(syscall.SYS_FREMOVEXATTR, syscall.SYS_LREMOVEXATTR, name, emptyName, 0)
	return err
}

// xattr makes one of two calls that differ in their first argument.
func (o object) xattr(onDescriptor, onPath uintptr, name string, value []byte, size int) (int, error) {
	attribute := cString(name)
	if o.fd >= 0 {
		n, _, err := syscall.Syscall6(onDescriptor, uintptr(o.fd), uintptr(unsafe.Pointer(attribute)),
			uintptr(unsafe.Pointer(&value[0])), uintptr(size), 0, 0)
		return int(n), failed(err)
	}
	path := cString(o.path())
	n, _, err := syscall.Syscall6(onPath, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(attribute)),
		uintptr(unsafe.Pointer(&value[0])), uintptr(size), 0, 0)
	return int(n), failed(err)
}

// cString is for names that hold no NUL.
func cString(s string) *byte {
	b := append(make([]byte, 0, len(s)+1), s...)
	return &append(b, 0)[0]
}
