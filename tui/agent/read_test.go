package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readAll(t *testing.T, c *client, id uint32, path string, offset, length int64) ([]byte, frame) {
	t.Helper()
	before, final := c.ask(id, call{Op: "read", Path: []byte(path), Offset: &offset, Length: &length})
	var data []byte
	for _, f := range before {
		if f.kind != typeData || len(f.payload) == 0 || len(f.payload) > dataBytes {
			t.Fatalf("type %d with %d bytes", f.kind, len(f.payload))
		}
		data = append(data, f.payload...)
	}
	return data, final
}

func TestReadAnyRange(t *testing.T) {
	root := t.TempDir()
	text := bytes.Repeat([]byte("0123456789abcdef"), 3*dataBytes/16+1)
	must(t, os.WriteFile(filepath.Join(root, "file"), text, 0o644))
	c := greet(t, root)
	size := int64(len(text))
	id := uint32(2)
	for _, offset := range []int64{0, 1, dataBytes - 1, dataBytes, size - 1, size, size + 1, 1<<63 - 1} {
		for _, length := range []int64{0, 1, dataBytes - 1, dataBytes, dataBytes + 1, size, 1<<63 - 1} {
			begin := min(offset, size)
			want := text[begin:][:min(length, size-begin)]
			got, final := readAll(t, c, id, "/file", offset, length)
			if final.kind != typeDone || !bytes.Equal(got, want) {
				t.Errorf("%d+%d: %d bytes, want %d, %s", offset, length, len(got), len(want), final.payload)
			}
			id++
		}
	}
}

func TestReadOpensRegularFilesOnly(t *testing.T) {
	root := t.TempDir()
	must(t, os.Symlink("file", filepath.Join(root, "link")))
	write(t, filepath.Join(root, "file"), "x")
	c := greet(t, root)
	for path, want := range map[string]string{"/": "EISDIR", "/link": "ELOOP", "/none": "ENOENT"} {
		if _, final := readAll(t, c, 2, path, 0, 1); !strings.Contains(string(final.payload), want) {
			t.Errorf("%s: %s", path, final.payload)
		}
	}
}
