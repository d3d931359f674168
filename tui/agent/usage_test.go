package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func usageOf(t *testing.T, root string) (result sum) {
	t.Helper()
	_, final := greet(t, root).ask(2, call{Op: "usage", Path: []byte("/")})
	if final.kind != typeDone {
		t.Fatalf("%s", final.payload)
	}
	must(t, json.Unmarshal(final.payload, &result))
	return result
}

// du is the same sum by package filepath.
func du(t *testing.T, root string) (want sum) {
	t.Helper()
	seen := map[uint64]bool{}
	must(t, filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		st := info.Sys().(*syscall.Stat_t)
		switch {
		case path == root:
			want.Disk += uint64(st.Blocks) * 512
		case info.IsDir():
			want.Directories++
			want.Disk += uint64(st.Blocks) * 512
		default:
			want.Files++
			if !seen[st.Ino] {
				want.Apparent += uint64(st.Size)
				want.Disk += uint64(st.Blocks) * 512
			}
			seen[st.Ino] = true
		}
		return err
	}))
	return want
}

func TestUsageOfATree(t *testing.T) {
	root := t.TempDir()
	// Twenty levels with branches: above maxOpen, so that the way up is needed again and again.
	path := root
	for level := range 20 {
		for _, name := range []string{"a", "b", "c"} {
			must(t, os.MkdirAll(filepath.Join(path, name), 0o755))
			write(t, filepath.Join(path, name, "file"), strings.Repeat("x", 1000*level+1))
		}
		must(t, os.Symlink("target", filepath.Join(path, "link")))
		path = filepath.Join(path, []string{"a", "b", "c"}[level%3])
	}
	for _, name := range []string{"b", "c/again"} {
		must(t, os.Link(filepath.Join(root, "a/file"), filepath.Join(root, name+"-linked")))
	}
	sparse, err := os.Create(filepath.Join(root, "sparse"))
	must(t, err)
	must(t, sparse.Truncate(1<<40))
	must(t, sparse.Close())
	if got, want := usageOf(t, root), du(t, root); got != want {
		t.Fatalf("%+v, want %+v", got, want)
	}
}

func TestUsageOfAnEmptyFolder(t *testing.T) {
	root := t.TempDir()
	if got := usageOf(t, root); got != du(t, root) || got.Files+got.Directories != 0 {
		t.Fatalf("%+v", got)
	}
}

func TestUsageTwentyThousandLevelsDeep(t *testing.T) {
	root := t.TempDir()
	const levels = 20_000
	chain(t, root, levels)
	if got := usageOf(t, root); got.Directories != levels || got.Errors != 0 {
		t.Fatalf("%+v", got)
	}
}

func TestWalkKeepsFewFoldersOpen(t *testing.T) {
	root := t.TempDir()
	chain(t, root, 500)
	w := walkDown(t, root, 500)
	open := 0
	for _, l := range w.levels[w.closed:] {
		var st statx
		if statDescriptor(l.fd, &st) == nil {
			open++
		}
	}
	if open != maxOpen || len(w.levels) != 501 {
		t.Fatalf("%d open of %d", open, len(w.levels))
	}
	for range 501 {
		if lost := w.leave(); lost != 0 {
			t.Fatal(lost)
		}
	}
	if len(w.levels) != 0 {
		t.Fatal("the walk did not come back")
	}
}

// walkDown enters folders named "d" one below the other.
func walkDown(t *testing.T, root string, levels int) *walk {
	t.Helper()
	start, err := openAt(atCwd, root, syscall.O_RDONLY|syscall.O_DIRECTORY)
	must(t, err)
	t.Cleanup(func() { syscall.Close(start) })
	w := &walk{start: start}
	fd, err := syscall.Dup(start)
	must(t, err)
	must(t, w.enter("", fd))
	for range levels {
		fd, err := openAt(w.top().fd, "d", syscall.O_RDONLY|syscall.O_DIRECTORY)
		must(t, err)
		must(t, w.enter("d", fd))
	}
	return w
}

// Somebody moves the folder in which the walk is: the way up leads elsewhere, but not the walk.
func TestWalkFindsItsWayAfterAMove(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, strings.Repeat("d/", 20)), 0o755))
	w := walkDown(t, root, 20)
	defer w.closeAll()
	half := filepath.Join(root, strings.Repeat("d/", 10))
	w.levels[9].pending = []byte("one\x00two\x00")
	w.levels[15].pending = []byte("three\x00")
	must(t, os.Rename(filepath.Join(half, "d"), filepath.Join(elsewhere, "d")))
	lost := 0
	for len(w.levels) > 10 {
		lost += w.leave()
		if top := w.top(); len(w.levels) == 16 {
			if name, _ := top.next(); name != "three" {
				t.Fatal(name)
			}
		}
	}
	if lost != 0 {
		t.Fatalf("lost %d", lost)
	}
	var st statx
	must(t, statDescriptor(w.top().fd, &st))
	if st.Ino != inodeAt(t, filepath.Join(root, strings.Repeat("d/", 9))) {
		t.Fatal("another folder")
	}
}

// Both the folder in which the walk is and one above it were moved: what lies between is lost.
func TestWalkCountsWhatItCanNoLongerVisit(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, strings.Repeat("d/", 20)), 0o755))
	w := walkDown(t, root, 20)
	defer w.closeAll()
	w.levels[9].pending = []byte("one\x00two\x00")
	w.levels[3].pending = []byte("three\x00")
	must(t, os.Rename(filepath.Join(root, strings.Repeat("d/", 10)), filepath.Join(elsewhere, "d")))
	must(t, os.Rename(filepath.Join(root, strings.Repeat("d/", 5)), filepath.Join(elsewhere, "e")))
	lost := 0
	for len(w.levels) > 5 {
		lost += w.leave()
	}
	if lost != 2 || len(w.levels) != 5 {
		t.Fatalf("lost %d, at level %d", lost, len(w.levels))
	}
	for len(w.levels) > 4 {
		lost += w.leave()
	}
	if name, _ := w.top().next(); name != "three" || lost != 2 {
		t.Fatalf("%q, lost %d", name, lost)
	}
}

func TestHardLinksOfOneFileAreForgottenAfterTheLast(t *testing.T) {
	l := newLinks()
	for i, want := range []bool{true, false, false} {
		if got := l.first(inode{1, 7}, 3); got != want {
			t.Errorf("name %d: %v", i, got)
		}
	}
	if len(l.left) != 0 || l.unsure != 0 || linked.Load() != 0 {
		t.Fatal(l, linked.Load())
	}
}

func TestMoreHardLinksThanAreRemembered(t *testing.T) {
	l := newLinks()
	l.limit = 2
	for number := range uint64(4) {
		if !l.first(inode{1, number}, 2) {
			t.Errorf("the first name of %d was met before", number)
		}
	}
	if l.first(inode{1, 0}, 2) || !l.first(inode{1, 3}, 2) || l.unsure != 2 {
		t.Fatalf("%d names are not sure", l.unsure)
	}
	l.forget()
	if linked.Load() != 0 {
		t.Fatal(linked.Load())
	}
}

// A folder full of empty folders has no entries below that would ask.
func TestAWalkOverEmptyFoldersHonoursCancel(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a", "b"} {
		must(t, os.Mkdir(filepath.Join(root, name), 0o755))
	}
	files, err := openTree(root)
	must(t, err)
	defer syscall.Close(files.root)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = usage(&request{connection: newConnection(nil, files), ctx: ctx, call: call{Path: []byte("/a")}})
	if err != syscall.ECANCELED {
		t.Fatal(err)
	}
}
