package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// removalOf begins to remove what is below root; meanwhile is called before each step.
func removalOf(t *testing.T, root string, meanwhile func(*removal)) *removed {
	t.Helper()
	files, err := openTree(root)
	must(t, err)
	defer syscall.Close(files.root)
	r := &request{connection: &connection{files: files}, call: call{Path: []byte("/")}, ctx: context.Background()}
	d := &removal{request: r, buf: make([]byte, directoryBuf)}
	must(t, d.beginBelow())
	defer syscall.Close(d.start)
	for len(d.levels) > 0 {
		meanwhile(d)
		must(t, d.step())
	}
	return &d.gone
}

func wantFailure(t *testing.T, gone *removed, path, code string) {
	t.Helper()
	if len(gone.failed) != 1 || string(gone.failed[0].Path) != path || gone.failed[0].Code != code {
		t.Fatalf("%v, want %s %s", gone.failed, path, code)
	}
	if gone.errors.Load() != 1 {
		t.Fatalf("%d errors", gone.errors.Load())
	}
}

func TestAFolderThatIsFilledAgainAndAgainIsTold(t *testing.T) {
	root := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, "a/busy"), 0o755))
	write(t, filepath.Join(root, "a/gone"), "x")
	file := filepath.Join(root, "a/busy/file")
	gone := removalOf(t, root, func(d *removal) {
		if d.top().name == "busy" {
			write(t, file, "x")
		}
	})
	wantFailure(t, gone, "/a/busy", "ENOTEMPTY")
	if _, err := os.Stat(file); err != nil || gone.files.Load() < maxVisits {
		t.Fatal(err, gone.files.Load())
	}
}

func TestAFolderThatIsFilledOnceGoes(t *testing.T) {
	root := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, "busy"), 0o755))
	filled := false
	gone := removalOf(t, root, func(d *removal) {
		if d.top().name == "busy" && d.clearing().ended && !filled {
			filled = true
			must(t, os.MkdirAll(filepath.Join(root, "busy/folder/below"), 0o755))
		}
	})
	if left, err := os.ReadDir(root); err != nil || len(left) > 0 || gone.directories.Load() != 3 || !filled {
		t.Fatal(left, err, gone.directories.Load())
	}
}

func TestAStartThatIsFilledAgainAndAgainIsTold(t *testing.T) {
	root := t.TempDir()
	gone := removalOf(t, root, func(d *removal) { write(t, filepath.Join(root, "file"), "x") })
	wantFailure(t, gone, "/", "ENOTEMPTY")
}

func TestWhatIsMadeAllTheTimeIsNotRunAfter(t *testing.T) {
	root := t.TempDir()
	made := 0
	gone := removalOf(t, root, func(d *removal) {
		for range 400 { // more than one reading gives
			write(t, filepath.Join(root, strings.Repeat("x", 200)+strconv.Itoa(made)), "")
			made++
		}
	})
	wantFailure(t, gone, "/", "ENOTEMPTY")
	if gone.files.Load() < 400 {
		t.Fatal(gone.files.Load())
	}
}

func TestAFolderThatBecomesALinkIsRemovedAndNotFollowed(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	kept := filepath.Join(outside, "kept")
	write(t, kept, "x")
	victim := filepath.Join(root, "victim")
	must(t, os.Mkdir(victim, 0o755))
	swapped := false
	gone := removalOf(t, root, func(d *removal) {
		if len(d.top().pending) > 0 {
			swapped = true
			must(t, os.Remove(victim))
			must(t, os.Symlink(outside, victim))
		}
	})
	if _, err := os.Lstat(victim); !os.IsNotExist(err) || !swapped {
		t.Fatal(err, swapped)
	}
	if _, err := os.Stat(kept); err != nil || gone.errors.Load() != 0 {
		t.Fatal(err, gone.failed)
	}
}

// The folder the work is in moves away and a link stands in its place: what is removed after that
// is what was in the folder, and nothing behind the link.
func TestAFolderThatMovesAwayLeadsNowhereElse(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	must(t, os.MkdirAll(filepath.Join(outside, "b/c"), 0o755))
	write(t, filepath.Join(outside, "b/c/kept"), "x")
	must(t, os.MkdirAll(filepath.Join(root, "a/b/c"), 0o755))
	write(t, filepath.Join(root, "a/b/c/file"), "x")
	moved := filepath.Join(t.TempDir(), "moved")
	done := false
	gone := removalOf(t, root, func(d *removal) {
		if d.top().name == "c" && !done {
			done = true
			must(t, os.Rename(filepath.Join(root, "a"), moved))
			must(t, os.Symlink(outside, filepath.Join(root, "a")))
		}
	})
	if _, err := os.Stat(filepath.Join(outside, "b/c/kept")); err != nil || !done {
		t.Fatal(err, done)
	}
	if gone.files.Load() == 0 {
		t.Fatal("nothing was removed")
	}
}

// A folder on the way up was renamed, and the one below it moved away: neither leads to it any more.
func TestALevelThatIsLostIsTold(t *testing.T) {
	root, away := t.TempDir(), t.TempDir()
	path := root
	for range maxOpen + 3 {
		path = filepath.Join(path, "d")
		must(t, os.Mkdir(path, 0o755))
	}
	done := false
	gone := removalOf(t, root, func(d *removal) {
		if len(d.levels) == maxOpen+3 && !done {
			done = true
			must(t, os.Rename(filepath.Join(root, "d"), filepath.Join(root, "e")))
			must(t, os.Rename(filepath.Join(root, "e/d"), filepath.Join(away, "d")))
		}
	})
	wantFailure(t, gone, "/d", "ESTALE")
}
