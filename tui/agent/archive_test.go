package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// listingOf reads a file as the operation does, up to a moment.
func listingOf(t *testing.T, data []byte, end time.Time) *members {
	t.Helper()
	path := filepath.Join(t.TempDir(), "archive")
	must(t, os.WriteFile(path, data, 0o644))
	file, err := os.Open(path)
	must(t, err)
	t.Cleanup(func() { file.Close() })
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	r := &request{connection: newConnection(io.Discard, nil), id: 2, ctx: ctx, stop: stop}
	return &members{request: r, file: file, limit: 1000, firstLimit: firstEntries, sent: time.Now(), end: end}
}

func TestArchiveEndsWhenItIsLate(t *testing.T) {
	for format, list := range formats {
		err := list(listingOf(t, make([]byte, 5000), time.Now()))
		if format != "zip" && !errors.Is(err, errLate) { // which found no directory before
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestArchiveEndsWhenItIsCancelled(t *testing.T) {
	m := listingOf(t, make([]byte, 5000), time.Now().Add(time.Minute))
	m.stop()
	if err := m.listTar(m); !errors.Is(err, m.cancelled()) || err == nil {
		t.Error(err)
	}
}

// Any file at all, taken for an archive of each format: it ends, and the frames fit.
func FuzzArchive(f *testing.F) {
	var plain, packed, zipped bytes.Buffer
	archive := tar.NewWriter(&plain)
	archive.WriteHeader(&tar.Header{Name: "name", Size: 3, Mode: 0o644, Format: tar.FormatPAX, PAXRecords: map[string]string{"VOLTUI.x": "y"}})
	archive.Write([]byte("abc"))
	archive.Close()
	out := gzip.NewWriter(&packed)
	out.Write(plain.Bytes())
	out.Close()
	files := zip.NewWriter(&zipped)
	files.Create("name")
	files.Close()
	for _, seed := range [][]byte{plain.Bytes(), packed.Bytes(), zipped.Bytes()} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, list := range formats {
			m := listingOf(t, data, time.Now().Add(time.Second))
			list(m)
			if m.size() > maxPayload {
				t.Fatalf("a batch of %d bytes", m.size())
			}
			m.pack()
		}
	})
}
