package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// given applies what one file has to another one, and tells what got lost.
func given(t *testing.T, from, to string) *losses {
	t.Helper()
	folder, err := syscall.Open(filepath.Dir(to), syscall.O_RDONLY, 0)
	must(t, err)
	defer syscall.Close(folder)
	var a attributes
	must(t, readAttributes(folder, filepath.Base(from), -1, &a))
	l := &losses{}
	must(t, applyAttributes(folder, filepath.Base(to), -1, &a, l, func() []byte { return []byte("/to") }))
	var b attributes
	must(t, readAttributes(folder, filepath.Base(to), -1, &b))
	if b.st.Mode != a.st.Mode || b.st.UID != a.st.UID || b.st.GID != a.st.GID || !b.st.Mtime.equal(a.st.Mtime) {
		t.Errorf("%o %d:%d %v, want %o %d:%d %v", b.st.Mode, b.st.UID, b.st.GID, b.st.Mtime,
			a.st.Mode, a.st.UID, a.st.GID, a.st.Mtime)
	}
	if len(a.xattrs) != len(b.xattrs) {
		t.Errorf("%q, want %q", b.xattrs, a.xattrs)
	}
	return l
}

func TestAttributesGoOver(t *testing.T) {
	root := t.TempDir()
	from, to := filepath.Join(root, "from"), filepath.Join(root, "to")
	for _, kind := range []uint32{syscall.S_IFREG, syscall.S_IFIFO, syscall.S_IFSOCK, syscall.S_IFCHR} {
		must(t, syscall.Mknod(from, kind|0o600, 0))
		must(t, syscall.Mknod(to, kind|0o644, 0))
		must(t, syscall.Lchown(from, 1234, 4321))
		must(t, syscall.Chmod(from, 0o6751))
		times := []syscall.Timespec{{Sec: 5, Nsec: 7}, {Sec: -2, Nsec: 123456789}}
		must(t, syscall.UtimesNano(from, times))
		if kind == syscall.S_IFREG {
			must(t, syscall.Setxattr(from, "user.empty", nil, 0))
			must(t, syscall.Setxattr(from, "user.long", make([]byte, 2000), 0))
			must(t, syscall.Setxattr(from, "security.capability", []byte("\x01\x00\x00\x02\x00\x20\x00\x00"+
				"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0))
			must(t, syscall.Setxattr(to, "user.foreign", []byte("x"), 0))
		}
		if l := given(t, from, to); len(l.kinds) > 0 {
			told, _ := json.Marshal(l)
			t.Errorf("lost %s", told)
		}
		must(t, os.Remove(from))
		must(t, os.Remove(to))
	}
}

func TestWhatASecurityModuleGaveStays(t *testing.T) {
	root := t.TempDir()
	from, to := filepath.Join(root, "from"), filepath.Join(root, "to")
	write(t, from, "")
	write(t, to, "")
	must(t, syscall.Setxattr(to, "security.label", []byte("of the system"), 0))
	must(t, syscall.Setxattr(to, "user.foreign", []byte("x"), 0))
	var a attributes
	open := func(path string) int {
		fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
		must(t, err)
		t.Cleanup(func() { syscall.Close(fd) })
		return fd
	}
	must(t, readAttributes(-1, "", open(from), &a))
	fd := open(to)
	l := &losses{}
	must(t, applyAttributes(-1, "", fd, &a, l, func() []byte { return nil }))
	must(t, readAttributes(-1, "", fd, &a))
	if len(l.kinds) > 0 || len(a.xattrs) != 1 || a.xattrs[0].name != "security.label" {
		t.Errorf("%q %+v", a.xattrs, l.kinds)
	}
}

func TestLossesAreToldByKind(t *testing.T) {
	l := &losses{}
	for range 25 {
		l.add(lossXattr, []byte("/a"))
	}
	l.add(lossACL, make([]byte, lossBytes))
	told, err := json.Marshal(l)
	must(t, err)
	var read []loss
	must(t, json.Unmarshal(told, &read))
	if len(read) != 2 || read[0].Kind != "acl" || read[0].Count != 1 || len(read[0].Paths) != 0 {
		t.Errorf("%+v", read)
	}
	if read[1].Count != 25 || len(read[1].Paths) != sampleNames {
		t.Errorf("%+v", read[1])
	}
	if !l.has(lossXattr, []byte("/a")) || l.has(lossACL, []byte("/a")) {
		t.Error("not remembered")
	}
	if none, _ := json.Marshal(&losses{}); string(none) != "[]" {
		t.Errorf("%s", none)
	}
}
