package main

import (
	"bytes"
	"iter"
	"syscall"
	"unsafe"
)

const renameNoReplaceFlag = 1 // RENAME_NOREPLACE

// moveEntry moves a name to another folder, where it has to be free: else EEXIST. What has the name
// in both, because a move was interrupted between two steps, is taken from the first.
func moveEntry(from, to int, name string) error {
	err := renameNoReplace(from, name, to, name)
	if err == syscall.EEXIST && sameFile(from, to, name) {
		return unlinkAt(from, append([]byte(name), 0), 0)
	}
	return err
}

// renameNoReplace renames an entry, itself and not what it links to, to a name that is free.
func renameNoReplace(from int, name string, to int, other string) error {
	err := renameAt(from, name, to, other, renameNoReplaceFlag)
	if err != syscall.EINVAL && err != syscall.ENOSYS {
		return err
	}
	return renameInSteps(from, name, to, other)
}

// renameInSteps is for file systems that have no such call, as NFS: a second name replaces nothing
// either. Folders have none, but the kernel puts one only in the place of an empty one.
func renameInSteps(from int, name string, to int, other string) error {
	switch err := linkAt(from, name, to, other); err {
	case nil:
		return unlinkAt(from, append([]byte(name), 0), 0)
	case syscall.EPERM, syscall.EOPNOTSUPP, syscall.EMLINK, syscall.ENOSYS, syscall.EISDIR:
	default:
		return err
	}
	var st statx
	switch err := statEntry(to, append([]byte(other), 0), &st); err {
	case nil:
		return syscall.EEXIST
	case syscall.ENOENT:
		return renameAt(from, name, to, other, 0)
	default:
		return err
	}
}

func renameAt(from int, name string, to int, other string, flags uintptr) error {
	for {
		_, _, e := syscall.Syscall6(sysRenameat2, uintptr(from), uintptr(unsafe.Pointer(cString(name))),
			uintptr(to), uintptr(unsafe.Pointer(cString(other))), flags, 0)
		if e != syscall.EINTR {
			return failed(e)
		}
	}
}

// linkAt gives an entry that is no folder a second name; a link gets one itself.
func linkAt(from int, name string, to int, other string) error {
	_, _, e := syscall.Syscall6(syscall.SYS_LINKAT, uintptr(from), uintptr(unsafe.Pointer(cString(name))),
		uintptr(to), uintptr(unsafe.Pointer(cString(other))), 0, 0)
	return failed(e)
}

// sameFile tells whether a name in two folders is one file, not a folder.
func sameFile(one, other int, name string) bool {
	var a, b statx
	end := append([]byte(name), 0)
	return statEntry(one, end, &a) == nil && statEntry(other, end, &b) == nil &&
		a.kind() != syscall.S_IFDIR && inodeOf(&a) == inodeOf(&b)
}

// makeFolder makes one that only root enters, and opens it.
func makeFolder(dir int, name string) (int, error) {
	if err := syscall.Mkdirat(dir, name, 0o700); err != nil {
		return -1, err
	}
	return openAt(dir, name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW)
}

// occupy makes the caller the only one that moves entries of a folder, as long as the descriptor
// is open; a process that was killed has let go of it. Nothing is locked where the storage has no
// locks.
func occupy(dir int) error {
	if err := syscall.Flock(dir, syscall.LOCK_EX|syscall.LOCK_NB); err == syscall.EWOULDBLOCK {
		return refusal{syscall.EBUSY, "another transfer is moving its contents now"}
	}
	return nil
}

// names are those of a folder at one moment, each closed by NUL.
type names []byte

// namesIn reads a folder at once: moving entries while it is read could hide some.
func namesIn(dir int) (names, error) {
	var all names
	err := eachName(dir, func(name []byte, _ uint16) error {
		all = append(all, name...)
		return nil
	})
	return all, err
}

func (n names) each() iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := []byte(n); len(rest) > 0; {
			var name []byte
			name, rest, _ = bytes.Cut(rest, emptyName)
			if !yield(string(name)) {
				return
			}
		}
	}
}
