package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

// patient is a stream that ends once every request was answered but those that wait.
type patient struct {
	io.Reader
	*connection
}

func (p *patient) Read(buf []byte) (int, error) {
	n, err := p.Reader.Read(buf)
	for err == io.EOF && p.busy() {
		runtime.Gosched()
	}
	return n, err
}

func (p *patient) busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.running {
		if !operations[r.Op].waits {
			return true
		}
	}
	return false
}

type locked struct {
	sync.Mutex
	bytes.Buffer
}

func (l *locked) Write(data []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(data)
}

// answers lets an agent read a stream and checks that it answers with whole frames, each request
// at most once, and ends as promised.
func answers(t *testing.T, files *tree, stream []byte) {
	out := &locked{}
	c := newConnection(out, files)
	status := c.serve(&patient{bytes.NewReader(stream), c}, time.Minute)
	if status != statusEnded && status != statusProtocol {
		t.Fatalf("status %d", status)
	}
	out.Lock()
	defer out.Unlock()
	protests := 0
	for in := bytes.NewReader(out.Bytes()); in.Len() > 0; {
		f, err := readFrame(in)
		if err != nil || f.kind < typeEntries || f.kind > typeError || len(f.payload) > maxPayload {
			t.Fatalf("the agent sent frame type %d, %v", f.kind, err)
		}
		if f.request == 0 {
			protests++
		}
	}
	if (status == statusProtocol) != (protests == 1) {
		t.Fatalf("status %d with %d protests", status, protests)
	}
}

func playground(f *testing.F) *tree {
	root := f.TempDir()
	for _, err := range []error{
		os.MkdirAll(filepath.Join(root, "a/b"), 0o755),
		os.WriteFile(filepath.Join(root, "file"), bytes.Repeat([]byte("x"), 1000), 0o644),
		os.Symlink("/", filepath.Join(root, "link")),
	} {
		if err != nil {
			f.Fatal(err)
		}
	}
	files, err := openTree(root)
	if err != nil {
		f.Fatal(err)
	}
	return files
}

const hello = `{"op":"hello","protocol":1}`

// Any bytes at all after the handshake.
func FuzzConnection(f *testing.F) {
	files := playground(f)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stream []byte) {
		answers(t, files, append(raw(uint32(len(hello)), 1, typeRequest, hello), stream...))
	})
}

// Any payload of a request.
func FuzzRequest(f *testing.F) {
	files := playground(f)
	f.Add([]byte(hello))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > maxPayload {
			return
		}
		stream := raw(uint32(len(hello)), 1, typeRequest, hello)
		answers(t, files, append(stream, raw(uint32(len(payload)), 2, typeRequest, string(payload))...))
	})
}
