package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHandshakeIsRefused(t *testing.T) {
	for name, payload := range map[string]string{
		"other protocol": `{"op":"hello","protocol":2}`,
		"other op":       `{"op":"stat","path":"Lw=="}`,
		"no JSON":        `{`,
		"empty":          ``,
	} {
		t.Run(name, func(t *testing.T) {
			c := startClient(t, t.TempDir(), time.Minute)
			c.request(1, payload)
			if code := c.code(0); code != "EPROTO" {
				t.Fatal(code)
			}
			if status := c.exit(); status != statusProtocol {
				t.Fatal(status)
			}
		})
	}
}

func TestHeartbeatBeforeHandshakeIsRefused(t *testing.T) {
	c := startClient(t, t.TempDir(), time.Minute)
	c.send(0, typeHeartbeat, "")
	if code := c.code(0); code != "EPROTO" {
		t.Fatal(code)
	}
}

func TestBadRequestsAreAnsweredAndTheConnectionGoesOn(t *testing.T) {
	c := greet(t, t.TempDir())
	for i, payload := range []string{
		``, `null`, `[]`, `{`, `"x"`, `{}`, `{"op":1}`, `{"op":"hello","protocol":1}`, `{"op":"rm","path":"Lw=="}`,
		`{"op":"stat"}`, `{"op":"stat","path":null}`, `{"op":"stat","path":"!"}`, `{"op":"stat","path":""}`,
		`{"op":"read","path":"Lw=="}`, `{"op":"read","path":"Lw==","offset":0}`,
		`{"op":"read","path":"Lw==","offset":-1,"length":1}`, `{"op":"read","path":"Lw==","offset":0,"length":-1}`,
		`{"op":"read","path":"Lw==","offset":0,"length":1e99}`, `{"op":"read","path":"Lw==","offset":0.5,"length":1}`,
		strings.Repeat("[", 100_000),
	} {
		id := uint32(i + 10)
		c.request(id, payload)
		if code := c.code(id); code != "EINVAL" {
			t.Errorf("%.60s: %s", payload, code)
		}
	}
	if _, final := c.ask(2, call{Op: "stat", Path: []byte("/")}); final.kind != typeDone {
		t.Fatalf("%s", final.payload)
	}
}

func TestInvalidPathsAreRefused(t *testing.T) {
	c := greet(t, t.TempDir())
	for i, path := range []string{"", "a", "//", "/a/", "/a//b", "/.", "/..", "/a/..", "/a/./b", "/a\x00b", "\x00"} {
		_, final := c.ask(uint32(i+2), call{Op: "stat", Path: []byte(path)})
		if !strings.Contains(string(final.payload), "EINVAL") {
			t.Errorf("%q: %s", path, final.payload)
		}
	}
}

func TestNumberInUseEndsTheConnection(t *testing.T) {
	c := greet(t, crowded(t, 2000))
	c.request(5, `{"op":"list","path":"Lw=="}`)
	c.request(5, `{"op":"list","path":"Lw=="}`)
	for f := c.next(); f.request != 0; f = c.next() {
		if f.kind != typeEntries {
			t.Fatalf("%d %s", f.kind, f.payload)
		}
	}
	if status := c.exit(); status != statusProtocol {
		t.Fatal(status)
	}
}

// crowded makes a folder whose listing does not end while nobody reads.
func crowded(t *testing.T, count int) string {
	root := t.TempDir()
	for i := range count {
		write(t, filepath.Join(root, fmt.Sprintf("file-%06d", i)), "")
	}
	return root
}

func TestOneRequestTooManyIsRefused(t *testing.T) {
	c := greet(t, crowded(t, 2000))
	for id := range uint32(maxRunning + 1) {
		c.request(id+2, `{"op":"list","path":"Lw=="}`)
	}
	finals := map[byte]int{}
	for range maxRunning + 1 {
		f := c.next()
		for f.kind == typeEntries {
			f = c.next()
		}
		finals[f.kind]++
		if f.kind == typeError && (f.request != maxRunning+2 || !strings.Contains(string(f.payload), `"EAGAIN"`)) {
			t.Errorf("request %d %s", f.request, f.payload)
		}
	}
	if finals[typeDone] != maxRunning || finals[typeError] != 1 {
		t.Fatal(finals)
	}
}

func TestCancelInTheMiddleWhileNobodyReads(t *testing.T) {
	c := greet(t, crowded(t, 2000))
	c.request(9, `{"op":"list","path":"Lw=="}`)
	if f := c.next(); f.kind != typeEntries || f.request != 9 {
		t.Fatalf("%d %s", f.kind, f.payload)
	}
	c.send(9, typeCancel, "")
	c.send(9, typeCancel, "")
	c.send(77, typeCancel, "")
	f := c.next()
	for f.kind == typeEntries { // at most the one that was being written
		f = c.next()
	}
	if f.kind != typeError || !strings.Contains(string(f.payload), "ECANCELED") {
		t.Fatalf("%d %s", f.kind, f.payload)
	}
	if _, final := c.ask(9, call{Op: "stat", Path: []byte("/")}); final.kind != typeDone {
		t.Fatalf("the number cannot be used again: %s", final.payload)
	}
}

func TestManyRefusalsWhileNobodyRead(t *testing.T) {
	c := greet(t, t.TempDir())
	for id := range uint32(maxRunning) {
		c.request(id+2, `{"op":"none"}`)
	}
	seen := map[uint32]bool{}
	for range maxRunning {
		seen[c.next().request] = true
	}
	if len(seen) != maxRunning {
		t.Fatal(len(seen))
	}
}

func TestEndsOfTheConnection(t *testing.T) {
	t.Run("stdin ends", func(t *testing.T) {
		c := greet(t, t.TempDir())
		c.in.Close()
		if status := c.exit(); status != statusEnded {
			t.Fatal(status)
		}
	})
	t.Run("stdin ends while a listing waits for its reader", func(t *testing.T) {
		c := greet(t, crowded(t, 2000))
		c.request(2, `{"op":"list","path":"Lw=="}`)
		c.next()
		c.in.Close()
		if status := c.exit(); status != statusEnded {
			t.Fatal(status)
		}
	})
	t.Run("stdin fails", func(t *testing.T) {
		c := greet(t, t.TempDir())
		c.in.CloseWithError(os.ErrDeadlineExceeded)
		if status := c.exit(); status != statusLost {
			t.Fatal(status)
		}
	})
	t.Run("a frame is malformed and nobody reads", func(t *testing.T) {
		c := greet(t, t.TempDir())
		c.send(0, typeRequest, "")
		if status := c.exit(); status != statusProtocol {
			t.Fatal(status)
		}
	})
	t.Run("silence", func(t *testing.T) {
		c := startClient(t, t.TempDir(), 50*time.Millisecond)
		if status := c.exit(); status != statusSilent {
			t.Fatal(status)
		}
	})
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestStdoutFails(t *testing.T) {
	files, err := openTree(t.TempDir())
	must(t, err)
	in, out := io.Pipe()
	go out.Write(raw(27, 1, typeRequest, `{"op":"hello","protocol":1}`))
	if status := newConnection(brokenPipe{}, files).serve(in, time.Minute); status != statusLost {
		t.Fatal(status)
	}
}
