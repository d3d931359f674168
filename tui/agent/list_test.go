package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

type entry struct {
	mode, uid, gid, nlink, errno, mtimeNsec uint32
	size, mtime                             int64
	inode, rdev                             uint64
	target                                  string
}

// unpack reads one ENTRIES payload to its last byte.
func unpack(t *testing.T, payload []byte) map[string]entry {
	t.Helper()
	in := bytes.NewReader(payload)
	get := func(into any) { must(t, binary.Read(in, binary.LittleEndian, into)) }
	var count uint32
	get(&count)
	u32, i64, u64 := [6][]uint32{}, [2][]int64{}, [2][]uint64{}
	for i := range u32 {
		u32[i] = make([]uint32, count)
		get(u32[i])
	}
	for i := range i64 {
		i64[i] = make([]int64, count)
		get(i64[i])
	}
	for i := range u64 {
		u64[i] = make([]uint64, count)
		get(u64[i])
	}
	texts := func() []string {
		var size uint32
		get(&size)
		text := make([]byte, size)
		get(text)
		return strings.Split(string(text), "\x00")
	}
	names, targets := texts(), texts()
	if in.Len() != 0 || len(names) != int(count) || len(targets) != int(count) {
		t.Fatalf("%d bytes left, %d names, %d targets for %d entries", in.Len(), len(names), len(targets), count)
	}
	entries := make(map[string]entry, count)
	for i, name := range names {
		entries[name] = entry{
			u32[0][i], u32[1][i], u32[2][i], u32[3][i], u32[4][i], u32[5][i],
			i64[0][i], i64[1][i], u64[0][i], u64[1][i], targets[i],
		}
	}
	return entries
}

func listAll(t *testing.T, root string) (frames []map[string]entry) {
	t.Helper()
	before, final := greet(t, root).ask(2, call{Op: "list", Path: []byte("/")})
	total := 0
	for _, f := range before {
		entries := unpack(t, f.payload)
		total += len(entries)
		frames = append(frames, entries)
	}
	if want := fmt.Sprintf(`{"entries":%d}`, total); final.kind != typeDone || string(final.payload) != want {
		t.Fatalf("%s, want %s", final.payload, want)
	}
	return frames
}

func TestListSaysWhatLstatSays(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "file"), "text")
	write(t, filepath.Join(root, "\x01\xff\n"), "")
	must(t, os.Link(filepath.Join(root, "file"), filepath.Join(root, "again")))
	must(t, os.Symlink("nowhere\xfe", filepath.Join(root, "link")))
	must(t, os.Mkdir(filepath.Join(root, "folder"), 0o700))
	must(t, syscall.Mkfifo(filepath.Join(root, "fifo"), 0o600))
	must(t, os.Lchown(filepath.Join(root, "link"), os.Getuid(), os.Getgid()))
	entries := listAll(t, root)[0]
	found, err := os.ReadDir(root)
	must(t, err)
	if len(entries) != len(found) {
		t.Fatalf("%d entries of %d", len(entries), len(found))
	}
	for _, f := range found {
		info, err := f.Info()
		must(t, err)
		st := info.Sys().(*syscall.Stat_t)
		target, _ := os.Readlink(filepath.Join(root, f.Name()))
		want := entry{
			st.Mode, st.Uid, st.Gid, uint32(st.Nlink), 0, uint32(st.Mtim.Nsec),
			st.Size, st.Mtim.Sec, st.Ino, 0, target,
		}
		if got := entries[f.Name()]; got != want {
			t.Errorf("%q: %v, want %v", f.Name(), got, want)
		}
	}
}

func TestListIsCutIntoFrames(t *testing.T) {
	sizes := func(count int) (sizes []int) {
		for _, entries := range listAll(t, crowded(t, count)) {
			sizes = append(sizes, len(entries))
		}
		return sizes
	}
	for count, want := range map[int][]int{
		0: nil, 1: {1}, 256: {256}, 257: {256, 1}, 256 + 4096 + 1: {256, 4096, 1},
	} {
		if got := sizes(count); !slices.Equal(got, want) {
			t.Errorf("%d entries in %v, want %v", count, got, want)
		}
	}
}

func TestListOfLongNamesStaysBelowTheLimit(t *testing.T) {
	root := t.TempDir()
	target := strings.Repeat("t", 1000)
	const count = 3000
	for i := range count {
		must(t, os.Symlink(target, filepath.Join(root, fmt.Sprintf("%0255d", i))))
	}
	c := greet(t, root)
	before, _ := c.ask(2, call{Op: "list", Path: []byte("/")})
	total := 0
	for _, f := range before {
		if len(f.payload) > maxPayload {
			t.Errorf("%d bytes", len(f.payload))
		}
		total += len(unpack(t, f.payload))
	}
	if total != count {
		t.Fatal(total)
	}
}
