package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

func unlinkDirectory(dir int, name string) error {
	path, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	const atRemoveDir = 0x200
	_, _, e := syscall.Syscall(syscall.SYS_UNLINKAT, uintptr(dir), uintptr(unsafe.Pointer(path)), atRemoveDir)
	return failed(e)
}

// bothWays runs a test with openat2 and as on a kernel without it.
func bothWays(t *testing.T, root string, test func(*testing.T, *tree)) {
	for name, oneByOne := range map[string]bool{"openat2": false, "one by one": true} {
		t.Run(name, func(t *testing.T) {
			files, err := openTree(root)
			must(t, err)
			defer syscall.Close(files.root)
			files.oneByOne.Store(oneByOne)
			test(t, files)
			if files.oneByOne.Load() != oneByOne {
				t.Fatal("fell back")
			}
		})
	}
}

func inodeAt(t *testing.T, path string) uint64 {
	t.Helper()
	info, err := os.Lstat(path)
	must(t, err)
	return info.Sys().(*syscall.Stat_t).Ino
}

func TestOpenGivesTheEntryItself(t *testing.T) {
	root := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, "a/b"), 0o755))
	write(t, filepath.Join(root, "a/b/file"), "x")
	must(t, os.Symlink("b", filepath.Join(root, "a/inside")))
	must(t, os.Symlink("/etc/passwd", filepath.Join(root, "a/absolute")))
	must(t, os.Symlink("nowhere", filepath.Join(root, "a/dangling")))
	must(t, syscall.Mkfifo(filepath.Join(root, "a/fifo"), 0o600))
	bothWays(t, root, func(t *testing.T, files *tree) {
		for _, path := range []string{"/", "/a", "/a/b/file", "/a/inside", "/a/absolute", "/a/dangling", "/a/fifo"} {
			fd, err := files.open(path)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			var st statx
			if err := statDescriptor(fd, &st); err != nil || st.Ino != inodeAt(t, filepath.Join(root, path)) {
				t.Errorf("%s: another entry, %v", path, err)
			}
			syscall.Close(fd)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret"), "x")
	root := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, "a"), 0o755))
	write(t, filepath.Join(root, "file"), "x")
	must(t, os.Symlink("a", filepath.Join(root, "inside")))
	must(t, os.Symlink(outside, filepath.Join(root, "absolute")))
	must(t, os.Symlink("../..", filepath.Join(root, "up")))
	must(t, os.Symlink("loop", filepath.Join(root, "loop")))
	must(t, os.Symlink("/proc/self/root", filepath.Join(root, "magic")))
	bothWays(t, root, func(t *testing.T, files *tree) {
		for path, want := range map[string]error{
			"/none":                         syscall.ENOENT,
			"/a/none/more":                  syscall.ENOENT,
			"/file/x":                       syscall.ENOTDIR,
			"/inside/x":                     syscall.ELOOP,
			"/absolute/secret":              syscall.ELOOP,
			"/up/etc":                       syscall.ELOOP,
			"/loop/x":                       syscall.ELOOP,
			"/magic/etc":                    syscall.ELOOP,
			"/" + strings.Repeat("x", 256):  syscall.ENAMETOOLONG,
			"/" + strings.Repeat("x", 5000): syscall.ENAMETOOLONG,
		} {
			if fd, err := files.open(path); !errors.Is(err, want) {
				t.Errorf("%.20s: %d %v, want %v", path, fd, err, want)
			}
		}
		if _, err := files.openDirectory("/inside"); err != syscall.ELOOP {
			t.Errorf("a link is listed: %v", err)
		}
		if _, err := files.openDirectory("/file"); err != syscall.ENOTDIR {
			t.Errorf("a file is listed: %v", err)
		}
	})
}

func TestOpenPastPathMax(t *testing.T) {
	root := t.TempDir()
	const levels = 6000
	chain(t, root, levels)
	bothWays(t, root, func(t *testing.T, files *tree) {
		fd, err := files.open(strings.Repeat("/d", levels))
		must(t, err)
		syscall.Close(fd)
		if _, err := files.open(strings.Repeat("/d", levels+1)); err != syscall.ENOENT {
			t.Error(err)
		}
	})
}

// A link that ends one step and would be followed by the next one.
func TestLinkAtTheEndOfAStep(t *testing.T) {
	root := t.TempDir()
	name := strings.Repeat("n", 199)
	deep := root
	for range stepBytes/200 - 1 {
		deep = filepath.Join(deep, name)
	}
	must(t, os.MkdirAll(deep, 0o755))
	must(t, os.Mkdir(filepath.Join(root, "target"), 0o755))
	write(t, filepath.Join(root, "target", strings.Repeat("f", 199)), "x")
	must(t, os.Symlink(filepath.Join(root, "target"), filepath.Join(deep, strings.Repeat("l", 199))))
	path := deep[len(root):] + "/" + strings.Repeat("l", 199) + "/" + strings.Repeat("f", 199)
	bothWays(t, root, func(t *testing.T, files *tree) {
		if fd, err := files.open(path); err != syscall.ELOOP {
			t.Fatalf("%d %v", fd, err)
		}
	})
}

// Whatever is swapped for a link meanwhile, nothing outside is ever reached.
func TestSwappedForALink(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "file"), "outside")
	must(t, os.Mkdir(filepath.Join(root, "real"), 0o755))
	write(t, filepath.Join(root, "real", "file"), "inside")
	must(t, os.Symlink(outside, filepath.Join(root, "link")))
	secret := inodeAt(t, filepath.Join(outside, "file"))
	bothWays(t, root, func(t *testing.T, files *tree) {
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				select {
				case <-stop:
					return
				default:
					exchange(files.root, "real", "link")
				}
			}
		}()
		refused, opened := 0, 0
		for refused+opened < 50_000 {
			fd, err := files.open("/real/file")
			if err != nil {
				refused++
				continue
			}
			opened++
			var st statx
			if statDescriptor(fd, &st) != nil || st.Ino == secret {
				t.Error("reached outside")
			}
			syscall.Close(fd)
		}
		close(stop)
		<-stopped
		if refused == 0 || opened == 0 {
			t.Fatalf("the race was not met: %d refused, %d opened", refused, opened)
		}
	})
}

var renameat2 = map[string]uintptr{"amd64": 316, "arm64": 276}

// exchange swaps two names at once.
func exchange(dir int, one, other string) {
	const renameExchange = 2
	a, _ := syscall.BytePtrFromString(one)
	b, _ := syscall.BytePtrFromString(other)
	syscall.Syscall6(renameat2[runtime.GOARCH], uintptr(dir), uintptr(unsafe.Pointer(a)),
		uintptr(dir), uintptr(unsafe.Pointer(b)), renameExchange, 0)
}
