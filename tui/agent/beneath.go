package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// A tree is all the agent can see: whatever a client asks for stands below its root.
type tree struct {
	root int
	// oneByOne: the kernel (before 5.6) or its seccomp filter has no openat2.
	oneByOne atomic.Bool
}

// The kernel takes paths below 4,096 bytes; longer ones are walked in steps.
const stepBytes = 4000

const beneath = resolveBeneath | resolveNoSymlinks | resolveNoMagicLinks

func openTree(path string) (*tree, error) {
	root, err := openAt(atCwd, path, oPath|syscall.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	return &tree{root: root}, nil
}

// open gives an O_PATH descriptor of the entry at a valid path. It goes through no link, and the
// entry itself is not opened: that is safe for fifos, sockets and devices, and gives a link itself.
func (t *tree) open(path string) (int, error) {
	fd, err := syscall.Dup(t.root)
	for rest := path[1:]; rest != "" && err == nil; {
		var step string
		step, rest = t.firstStep(rest)
		var next int
		next, err = t.enter(fd, step)
		syscall.Close(fd)
		fd = next
	}
	if (err == syscall.ENOSYS || err == syscall.EPERM) && !t.oneByOne.Load() {
		t.oneByOne.Store(true)
		return t.open(path)
	}
	if err != nil {
		return -1, err
	}
	return fd, nil
}

// openDirectory opens the folder at a valid path for reading.
func (t *tree) openDirectory(path string) (int, error) {
	fd, err := t.open(path)
	if err != nil {
		return -1, err
	}
	defer syscall.Close(fd)
	if isLink(fd) {
		return -1, syscall.ELOOP
	}
	return reopen(fd, syscall.O_RDONLY|syscall.O_DIRECTORY)
}

// openUnmounted opens a folder in another one for reading; where something is mounted it is EXDEV,
// also where that is of the same file system.
func (t *tree) openUnmounted(dir int, name string) (int, error) {
	const flags = syscall.O_RDONLY | syscall.O_DIRECTORY | syscall.O_NOFOLLOW
	if !t.oneByOne.Load() {
		fd, err := openAt2(dir, name, flags, beneath|resolveNoXdev)
		if err != syscall.ENOSYS && err != syscall.EPERM {
			return fd, err
		}
		t.oneByOne.Store(true)
	}
	fd, err := openAt(dir, name, flags)
	if err != nil {
		return -1, err
	}
	above, err := mountID(dir)
	if err == nil {
		var here string
		if here, err = mountID(fd); err == nil && here != above {
			err = syscall.EXDEV
		}
	}
	if err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

// mountID tells which mount a descriptor is on, also where statx does not.
func mountID(fd int) (string, error) {
	told, err := os.ReadFile("/proc/self/fdinfo/" + strconv.Itoa(fd))
	if err != nil {
		return "", syscall.EIO
	}
	_, after, found := strings.Cut(string(told), "mnt_id:")
	if !found {
		return "", syscall.EOPNOTSUPP
	}
	id, _, _ := strings.Cut(after, "\n")
	return id, nil
}

func (t *tree) firstStep(path string) (step, rest string) {
	if t.oneByOne.Load() {
		step, rest, _ = strings.Cut(path, "/")
		return step, rest
	}
	if len(path) <= stepBytes {
		return path, ""
	}
	end := strings.LastIndexByte(path[:stepBytes+1], '/')
	if end < 0 {
		return path, "" // one name that long: the kernel says so
	}
	return path[:end], path[end+1:]
}

func (t *tree) enter(dir int, step string) (fd int, err error) {
	if t.oneByOne.Load() {
		fd, err = openAt(dir, step, oPath|syscall.O_NOFOLLOW)
	} else {
		fd, err = openAt2(dir, step, oPath|syscall.O_NOFOLLOW, beneath)
	}
	if err == syscall.ENOTDIR && isLink(dir) {
		err = syscall.ELOOP // the step before ended in a link
	}
	return fd, err
}

func isLink(fd int) bool {
	var st statx
	return statDescriptor(fd, &st) == nil && st.kind() == syscall.S_IFLNK
}

// validPath: absolute, and no component that is empty, "." or "..", and no NUL.
func validPath(path string) bool {
	if path == "/" {
		return true
	}
	if !strings.HasPrefix(path, "/") || strings.IndexByte(path, 0) >= 0 {
		return false
	}
	for name := range strings.SplitSeq(path[1:], "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}
