package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// mapOf makes a file of so many bytes with data at these places, and reads its map.
func mapOf(t *testing.T, size int64, limit int, places ...int64) (*sparseMap, bool) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	must(t, err)
	defer file.Close()
	must(t, file.Truncate(size))
	for _, at := range places {
		_, err := file.WriteAt(make([]byte, 4096), at)
		must(t, err)
	}
	m := &sparseMap{limit: limit}
	sparse, err := m.read(int(file.Fd()), size, func() error { return nil })
	must(t, err)
	return m, sparse
}

func text(m *sparseMap) string {
	out := m.appendCount(nil)
	for _, s := range m.data {
		out = s.appendLines(out)
	}
	if int64(len(out)) != m.length() {
		panic("the map is not as long as it says")
	}
	return string(out)
}

func TestMapsOfSparseFiles(t *testing.T) {
	for _, test := range []struct {
		size   int64
		places []int64
		text   string // empty: no holes
	}{
		{0, nil, ""},
		{4096, []int64{0}, ""},
		{1 << 20, nil, "1\n1048576\n0\n"},
		{1 << 20, []int64{0}, "2\n0\n4096\n1048576\n0\n"},
		{1 << 20, []int64{1<<20 - 4096}, "1\n1044480\n4096\n"},
		{1<<20 + 1, []int64{8192, 12288, 32768}, "3\n8192\n8192\n32768\n4096\n1048577\n0\n"},
	} {
		m, sparse := mapOf(t, test.size, 100, test.places...)
		if sparse != (test.text != "") || sparse && text(m) != test.text || m.coarse {
			t.Errorf("%d %v: %v %q", test.size, test.places, sparse, text(m))
		}
	}
}

func TestMapsHaveALimit(t *testing.T) {
	var places []int64
	for at := range int64(1000) {
		places = append(places, at*8192)
	}
	m, sparse := mapOf(t, 8192*1000, 100, places...)
	if !sparse || !m.coarse || len(m.data) > 101 {
		t.Fatalf("%v %v %d", sparse, m.coarse, len(m.data))
	}
	for _, at := range places {
		if !slices.ContainsFunc(m.data, func(s stretch) bool { return s.at <= at && at+4096 <= s.end() }) {
			t.Fatalf("what is at %d is in none of %v", at, m.data)
		}
	}
	for i, s := range m.data[1:] {
		if s.at <= m.data[i].end() {
			t.Fatalf("%v follows %v", s, m.data[i])
		}
	}
}

func TestHardLinksToManyFiles(t *testing.T) {
	before := linked.Load()
	names := make(firstNames)
	one, other := inode{1, 1}, inode{1, 2}
	if names.met(one) != nil || !names.remember(one, []byte("./first"), 3) || !names.remember(other, []byte("./other"), 2) {
		t.Fatal("a first name is not one")
	}
	for range 2 {
		if path := names.met(one); string(path) != "./first" {
			t.Fatalf("%s", path)
		}
	}
	if len(names) != 1 {
		t.Fatal("a file whose names were all met is remembered")
	}
	names.forget()
	if linked.Load() != before {
		t.Fatalf("%d are remembered, %d before", linked.Load(), before)
	}
}
