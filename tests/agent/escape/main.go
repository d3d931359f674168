// Command escape tries to leave a mount by file handle, as a hostile agent would in a helper:
// `escape MOUNT` prints one line per attempt, its name and the errno of open_by_handle_at. With
// CAP_DAC_READ_SEARCH the errno is 0; the helper must get 1 (EPERM) every time.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

const (
	atCwd          = -100
	handleCapacity = 128
	inodeAndGen    = 1 // FILEID_INO32_GEN
	rootInode      = 2 // of ext4
)

// fileHandle is struct file_handle.
type fileHandle struct {
	bytes uint32
	kind  int32
	data  [handleCapacity]byte
}

// numbers of name_to_handle_at and open_by_handle_at.
var numbers = map[string][2]uintptr{"amd64": {303, 304}, "arm64": {264, 265}}[runtime.GOARCH]

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: escape MOUNT")
		os.Exit(2)
	}
	mount, err := syscall.Open(os.Args[1], syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, "escape:", os.Args[1], err)
		os.Exit(1)
	}
	if own, errno := handleOf(os.Args[1]); errno == 0 {
		fmt.Println("mount", int(open(mount, own)))
	}
	root := &fileHandle{bytes: 8, kind: inodeAndGen}
	root.data[0] = rootInode
	fmt.Println("root", int(open(mount, root)))
}

func handleOf(path string) (*fileHandle, syscall.Errno) {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return nil, syscall.EINVAL
	}
	handle := &fileHandle{bytes: handleCapacity}
	var mountID int32
	cwd := atCwd
	_, _, errno := syscall.Syscall6(numbers[0], uintptr(cwd), uintptr(unsafe.Pointer(name)),
		uintptr(unsafe.Pointer(handle)), uintptr(unsafe.Pointer(&mountID)), 0, 0)
	return handle, errno
}

func open(mount int, handle *fileHandle) syscall.Errno {
	fd, _, errno := syscall.Syscall(numbers[1], uintptr(mount), uintptr(unsafe.Pointer(handle)), syscall.O_RDONLY)
	if errno == 0 {
		syscall.Close(int(fd))
	}
	return errno
}
