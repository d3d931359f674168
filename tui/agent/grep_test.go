package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"
)

// A line as grep told it.
type toldLine struct {
	line, offset uint64
	match        string
}

// linesOf searches one file through buffers of that size.
func linesOf(t *testing.T, n *needle, path string, buffer int) (told []toldLine) {
	t.Helper()
	fd, err := openAt(atCwd, path, syscall.O_RDONLY)
	must(t, err)
	defer syscall.Close(fd)
	ctx, halt := context.WithCancel(context.Background())
	defer halt()
	f := &forest{ctx: ctx, halt: halt, request: &request{ctx: ctx, id: 1}, news: make(chan func())}
	g := &reader{lineHarvest: &lineHarvest{forest: f, needle: n, limit: maxFound}, buf: make([]byte, buffer)}
	must(t, statDescriptor(fd, &g.st))
	done := make(chan error, 1)
	go func() {
		err := g.lines(fd)
		g.flush()
		done <- err
	}()
	for {
		select {
		case add := <-f.news:
			add()
		case err := <-done:
			must(t, err)
			return records2lines(t, f.frames)
		}
	}
}

func records2lines(t *testing.T, frames []byte) (told []toldLine) {
	in := bytes.NewReader(frames)
	for in.Len() > 0 {
		f, err := readFrame(in)
		must(t, err)
		for at := 0; at < len(f.payload); {
			u32 := func(field int) int { return int(binary.LittleEndian.Uint32(f.payload[at+field:])) }
			text := at + 32 + u32(24)
			told = append(told, toldLine{
				binary.LittleEndian.Uint64(f.payload[at:]),
				binary.LittleEndian.Uint64(f.payload[at+8:]),
				string(f.payload[text+u32(16) : text+u32(20)]),
			})
			at = text + u32(28)
		}
	}
	return told
}

// lineByLine is the plain way to the same.
func lineByLine(re *regexp.Regexp, text string) (want []toldLine) {
	offset := 0
	for number, line := range strings.Split(text, "\n") {
		last := offset+len(line) == len(text)
		if match := re.FindStringIndex(line); match != nil && !(last && line == "") {
			shown := line[match[0]:match[1]]
			want = append(want, toldLine{uint64(number + 1), uint64(offset), shown})
		}
		offset += len(line) + 1
	}
	return want
}

func same(a, b []toldLine) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		// What is longer than a result is cut there.
		if a[i].line != b[i].line || a[i].offset != b[i].offset || !strings.HasPrefix(b[i].match, a[i].match) {
			return false
		}
	}
	return true
}

func TestGrepThroughSmallBuffers(t *testing.T) {
	var text strings.Builder
	for i := range 3_000 {
		text.WriteString(strings.Repeat("x", i%97) + "needle"[:i%7] + "\n")
	}
	path := filepath.Join(t.TempDir(), "text")
	write(t, path, text.String())
	for _, pattern := range []string{"needle", "^needle", "(?i)NEEDLE", "x+n", "^$", "e$", "[m-o]e{2}"} {
		n, err := newNeedle([]byte(pattern), false, false)
		must(t, err)
		want := lineByLine(regexp.MustCompile(pattern), text.String())
		for _, size := range []int{128, 1000, 1 << 18} {
			if got := linesOf(t, n, path, size); !same(got, want) {
				t.Errorf("%s with %d bytes: %d lines, want %d", pattern, size, len(got), len(want))
			}
		}
	}
}

// FuzzGrep compares with package regexp, line by line.
func FuzzGrep(f *testing.F) {
	for _, seed := range []struct {
		pattern, text string
		anyCase       bool
	}{
		{"needle", "a\nneedle\n", false},
		{"^x*$", "x\n\nxx", true},
		{"(?i)kelvin|s", "\u212aelvin\nſ", false},
		{`a\s*b`, "a\nb\na b", false},
		{"[^a]b", "\nb\nab", true},
		{"(a+)+$", "aaaaaaaaaaab\naa", false},
		{"\ufffd", "a\xffb", false},
	} {
		f.Add(seed.pattern, seed.text, seed.anyCase)
	}
	path := filepath.Join(f.TempDir(), "text")
	f.Fuzz(func(t *testing.T, pattern, text string, anyCase bool) {
		if strings.ContainsAny(pattern, "\r\n") || strings.ContainsAny(text, "\r\x00") || len(text) > 4_000 {
			return
		}
		n, err := newNeedle([]byte(pattern), false, anyCase)
		if err != nil {
			return
		}
		whole := pattern
		if anyCase {
			whole = "(?i)" + pattern
		}
		re, err := regexp.Compile(whole)
		if err != nil || !utf8.ValidString(pattern) {
			t.Fatalf("%q was taken: %v", pattern, err)
		}
		must(t, os.WriteFile(path, []byte(text), 0o600))
		want := lineByLine(re, text)
		if got := linesOf(t, n, path, 256); !same(got, want) {
			t.Fatalf("%q in %q: %+v, want %+v", pattern, text, got, want)
		}
	})
}
