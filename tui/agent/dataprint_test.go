package main

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"testing"
)

func TestHolesAndZerosHaveOnePrint(t *testing.T) {
	seed := maphash.MakeSeed()
	data := make([]byte, 10*printBytes+77)
	for _, at := range []int{0, printBytes - 1, printBytes, 5*printBytes + 3, len(data) - 1} {
		data[at] = 1
	}
	var whole dataprint
	whole.begin(seed)
	whole.write(data)
	want := whole.end()
	for _, size := range []int{1, 100, 512, printBytes, 3*printBytes + 1} {
		var p dataprint
		p.begin(seed)
		for at := 0; at < len(data); at += size {
			part := data[at:min(at+size, len(data))]
			if bytes.Count(part, emptyName) == len(part) {
				p.skip(int64(at + len(part)))
			} else {
				p.write(part)
			}
		}
		if sum := p.end(); sum != want {
			t.Errorf("in parts of %d", size)
		}
	}
	for _, at := range []int{0, 1, printBytes, len(data) - 1} {
		data[at] ^= 2
		var p dataprint
		p.begin(seed)
		p.write(data)
		if p.end() == want {
			t.Errorf("byte %d was changed", at)
		}
		data[at] ^= 2
	}
}

func TestAManifestFindsWhatWasAdded(t *testing.T) {
	m := newManifest()
	folder := m.add(rootNote, "folder", 0o040000)
	const count = 20_000
	for i := range count {
		m.add(folder, fmt.Sprint(i), 0o100000)
		m.add(rootNote, fmt.Sprint(i), 0o100000)
	}
	for i := range count {
		for path, prefix := range map[string]uint32{fmt.Sprint("folder/", i): folder, fmt.Sprint(i): rootNote} {
			number, ok := m.resolve(path)
			if !ok || m.at(number).folder != prefix || string(m.pathOf(number)) != "/"+path {
				t.Fatalf("%s: %d %t %s", path, number, ok, m.pathOf(number))
			}
		}
	}
	for _, path := range []string{"folder/x", "x", "folder/", "0/1"} {
		if _, ok := m.resolve(path); ok {
			t.Error(path)
		}
	}
}
