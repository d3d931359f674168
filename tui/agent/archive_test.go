package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
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

// A tar file of 400 MiB whose member is said to have a TiB.
const muchOfLittle = "QlpoOTFBWSZTWcUuYlkFfjxbwOiAQABHAAACcKAeAEAAAAggAHUNqU8o0GEepgiqPSMIAep9nzWsioAqqJqAiAqqJF7XihDA" +
	"CSQACFyycp8+1ISLQuGeK2Z4P6zMzM2AEBVUT8xQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX" +
	"45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAII" +
	"AAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJ" +
	"akKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJ" +
	"lNZTj7rUAAwkcAAwAEACCAAMMwFKaahEFsERBeLuSKcKEh0JDjdg"

func TestArchiveOfLittleThatIsMuchEndsWhenItIsLate(t *testing.T) {
	data, err := base64.StdEncoding.DecodeString(muchOfLittle)
	must(t, err)
	began := time.Now()
	err = formats["tar.bz2"](listingOf(t, data, began.Add(50*time.Millisecond)))
	if took := time.Since(began); !errors.Is(err, errLate) || took > 5*time.Second {
		t.Error(err, "after", took)
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
