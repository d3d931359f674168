package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// woods makes folders of every width and depth.
func woods(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for i := range 40 {
		folder := filepath.Join(root, fmt.Sprint(i%5), strings.Repeat("deep/", i%12), fmt.Sprint(i))
		must(t, os.MkdirAll(folder, 0o755))
		for file := range i {
			write(t, filepath.Join(folder, fmt.Sprintf("f%d", file)), strings.Repeat("x", 100*file))
		}
	}
	return root
}

func askFor(t *testing.T, c *client, id uint32, fields string) (before []frame, final frame) {
	t.Helper()
	c.request(id, fields)
	for {
		f := c.next()
		if f.kind == typeDone || f.kind == typeError {
			return before, f
		}
		before = append(before, f)
	}
}

func foundPaths(t *testing.T, frames []frame) (paths []string) {
	t.Helper()
	for _, f := range frames {
		if f.kind == typeEntries {
			const entry = 6*4 + 4*8
			names := f.payload[4+entry*int(binary.LittleEndian.Uint32(f.payload)):]
			size := binary.LittleEndian.Uint32(names)
			paths = append(paths, strings.Split(string(names[4:4+size]), "\x00")...)
		}
	}
	slices.Sort(paths)
	return paths
}

func TestAForestIsWalkedWhole(t *testing.T) {
	root := woods(t)
	var want []string
	must(t, filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if path != root {
			want = append(want, path[len(root)+1:])
		}
		return err
	}))
	slices.Sort(want)
	c := greet(t, root)
	for id, pattern := range []string{"Kio=", "Lyoq"} { // ** and /**
		before, final := askFor(t, c, uint32(id+2), `{"op":"find","path":"Lw==","glob":true,"pattern":"`+pattern+`"}`)
		if final.kind != typeDone {
			t.Fatalf("%s", final.payload)
		}
		if got := foundPaths(t, before); !slices.Equal(got, want) {
			t.Fatalf("%d paths, want %d", len(got), len(want))
		}
	}
}

func TestDuIsUsageEntryByEntry(t *testing.T) {
	root := woods(t)
	must(t, os.Link(filepath.Join(root, "4/deep/deep/deep/deep/4/f0"), filepath.Join(root, "linked")))
	c := greet(t, root)
	before, final := askFor(t, c, 2, `{"op":"du","path":"Lw=="}`)
	var total duAnswer
	must(t, json.Unmarshal(final.payload, &total))
	if want := usageOf(t, root); total.Total != want || total.Unsure != 0 {
		t.Fatalf("%+v, want %+v", total, want)
	}
	children := map[string]duChild{}
	for _, f := range before {
		var part duAnswer
		must(t, json.Unmarshal(f.payload, &part))
		for _, child := range part.Children {
			children[string(child.Name)] = child
		}
	}
	names := slices.Sorted(maps.Keys(children))
	if !slices.Equal(names, []string{"0", "1", "2", "3", "4", "linked"}) {
		t.Fatal(names)
	}
	for name, child := range children {
		if !child.Complete {
			t.Errorf("%s is not complete", name)
		}
	}
}

func TestTooManyHardLinksToRememberAreSaid(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "a"), "x")
	must(t, os.Link(filepath.Join(root, "a"), filepath.Join(root, "b")))
	linked.Store(maxLinked)
	defer linked.Store(0)
	if got := usageOf(t, root); got.Errors != 2 || got.Apparent != 2 {
		t.Fatalf("%+v", got)
	}
	_, final := askFor(t, greet(t, root), 2, `{"op":"du","path":"Lw=="}`)
	var total duAnswer
	must(t, json.Unmarshal(final.payload, &total))
	if total.Unsure != 2 || total.Total.Errors != 0 || linked.Load() != maxLinked {
		t.Fatalf("%+v, %d", total, linked.Load())
	}
}

// Without a thread to spare the walker does all of it.
func TestAForestWithoutHelp(t *testing.T) {
	root := woods(t)
	files, err := openTree(root)
	must(t, err)
	for _, op := range []string{"find", "grep", "du"} {
		c := newConnection(nil, files)
		for range maxHired {
			c.hired <- struct{}{}
		}
		out := &locked{}
		c.out = out
		in := strings.NewReader(string(requestBytes(1, `{"op":"hello","protocol":1}`)) +
			string(requestBytes(2, `{"op":"`+op+`","path":"Lw==","pattern":"eA=="}`)))
		if status := c.serve(&patient{in, c}, 1<<40); status != statusEnded {
			t.Fatal(status)
		}
		c.turn <- struct{}{} // the last answer is written
		if answer := out.String(); !strings.Contains(answer, `"errors":0`) {
			t.Fatalf("%s: %.200q", op, answer)
		}
		if len(c.hired) != maxHired {
			t.Fatalf("%s: %d", op, len(c.hired))
		}
	}
}

func requestBytes(id uint32, payload string) []byte {
	return append(appendHeader(nil, id, typeRequest, len(payload)), payload...)
}

func TestThreadsAreGivenBack(t *testing.T) {
	root := woods(t)
	files, err := openTree(root)
	must(t, err)
	c := newConnection(&locked{}, files)
	var in strings.Builder
	in.Write(requestBytes(1, `{"op":"hello","protocol":1}`))
	for id := range uint32(40) {
		in.Write(requestBytes(id+2, `{"op":"grep","path":"Lw==","pattern":"eA==","limit":3}`))
	}
	if status := c.serve(&patient{strings.NewReader(in.String()), c}, 1<<40); status != statusEnded {
		t.Fatal(status)
	}
	if len(c.hired) != 0 {
		t.Fatal(len(c.hired))
	}
}

func TestTheLargestLeavesAreKept(t *testing.T) {
	var l leaves
	for i := range uint64(maxLeaves + 500) {
		size := (i * 7919) % (maxLeaves + 500) // in no order
		l.add(duChild{Name: []byte(fmt.Sprint(size)), sum: sum{Apparent: size, Disk: size, Files: 1}})
	}
	children := l.take(nil, maxLeaves/2)
	if !l.waiting() || len(children) != maxLeaves/2 {
		t.Fatal(len(children))
	}
	children = l.take(children, 2*maxLeaves)
	rest := children[len(children)-1]
	if len(children) != maxLeaves+1 || len(rest.Name) != 0 || rest.Files != 500 || l.waiting() {
		t.Fatal(len(children), rest)
	}
	for _, child := range children[:maxLeaves] {
		if child.Disk < 500 {
			t.Fatal(child.Disk)
		}
	}
}
