package main

import (
	"syscall"
	"unsafe"
)

// readAt fills buf from a place on, less only at the end of the file.
func readAt(fd int, buf []byte, at int64) (int, error) {
	read := 0
	for read < len(buf) {
		n, err := syscall.Pread(fd, buf[read:], at+int64(read))
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return read, err
		}
		if n == 0 {
			break
		}
		read += n
	}
	return read, nil
}

func writeAt(fd int, data []byte, at int64) error {
	for len(data) > 0 {
		n, err := syscall.Pwrite(fd, data, at)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		data, at = data[n:], at+int64(n)
	}
	return nil
}

// copyRange copies bytes inside the kernel, to the same place; at the end of the file there are 0.
func copyRange(in, out int, at int64, size int) (int, error) {
	from, to := at, at
	for {
		n, _, e := syscall.Syscall6(sysCopyFileRange, uintptr(in), uintptr(unsafe.Pointer(&from)),
			uintptr(out), uintptr(unsafe.Pointer(&to)), uintptr(size), 0)
		if e != syscall.EINTR {
			return int(n), failed(e)
		}
	}
}

// cloneData lets a file share all blocks of another one (FICLONE).
func cloneData(to, from int) error {
	_, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(to), iocClone, uintptr(from))
	return failed(e)
}

// symlinkAt makes a link to any bytes without NUL.
func symlinkAt(to []byte, dir int, name string) error {
	_, _, e := syscall.Syscall(syscall.SYS_SYMLINKAT, uintptr(unsafe.Pointer(cString(string(to)))),
		uintptr(dir), uintptr(unsafe.Pointer(cString(name))))
	return failed(e)
}
