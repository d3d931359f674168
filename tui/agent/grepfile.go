package main

import (
	"bytes"
	"encoding/binary"
	"syscall"
	"time"
)

const (
	readBytes    = 256 << 10 // at once; grows for longer lines
	overlapBytes = 4096      // that parts of a line share
	binaryBytes  = 32 << 10  // a NUL in them makes a file binary
)

// A window is the part of a file that is in memory.
type window struct {
	offset int64  // of its first byte in the file
	line   uint64 // number of the line its first byte is in
	size   int
	begun  bool  // a part of the first line was dropped
	lineAt int64 // where that line begins in the file
	quiet  bool  // in which a match was found
	ended  bool  // the file ends with it
}

// lines goes through a file of any size.
func (g *reader) lines(fd int) error {
	w := window{line: 1}
	for first := true; ; first = false {
		if err := g.fill(fd, &w); err != nil {
			return err
		}
		if first {
			g.files.Add(1)
			if bytes.IndexByte(g.buf[:min(w.size, binaryBytes)], 0) >= 0 {
				g.binary.Add(1)
				return nil
			}
		}
		used, err := g.advance(&w)
		if err != nil || w.ended {
			return err
		}
		g.drop(&w, used)
	}
}

// fill reads until the buffer is full or the file ends.
func (g *reader) fill(fd int, w *window) error {
	for w.size < len(g.buf) {
		if err := g.halted(); err != nil {
			return err
		}
		at := w.offset + int64(w.size)
		n, err := syscall.Pread(fd, g.buf[w.size:], at)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		w.size += n
		g.bytes.Add(uint64(n))
		// Only where the size is no more than a guess, as in /proc, the end has to be seen.
		if n == 0 || g.st.Size > 0 && uint64(at)+uint64(n) == g.st.Size {
			w.ended = true
			return nil
		}
	}
	return nil
}

// drop forgets what was searched.
func (g *reader) drop(w *window, used int) {
	copy(g.buf, g.buf[used:w.size])
	w.offset += int64(used)
	w.size -= used
}

// advance searches a window and tells how much of it is done with.
func (g *reader) advance(w *window) (used int, err error) {
	text := g.buf[:w.size]
	end := 0
	if bytes.IndexByte(text, '\n') >= 0 { // which is much faster than looking for the last one
		end = bytes.LastIndexByte(text, '\n') + 1
	}
	if end == 0 && !w.ended {
		if longest := g.needle.longestLine(); len(g.buf) < longest {
			g.buf = append(text, make([]byte, min(len(g.buf), longest-len(g.buf)))...)
			return 0, nil
		}
		err = g.scan(w, g.needle.part(!w.begun, false), text)
		if !w.begun {
			w.begun, w.lineAt = true, w.offset
		}
		return len(text) - overlapBytes, err
	}
	if w.ended {
		end = len(text)
	}
	done := 0
	if w.begun {
		if done = bytes.IndexByte(text, '\n') + 1; done == 0 {
			done = end
		}
		err = g.scan(w, g.needle.part(false, true), text[:done])
		w.begun, w.quiet = false, false
	}
	if err == nil {
		rest := *w
		rest.offset += int64(done)
		rest.line += uint64(bytes.Count(text[:done], newline))
		err = g.scan(&rest, g.needle, text[done:end])
	}
	if !w.ended {
		w.line += uint64(bytes.Count(text[:end], newline))
	}
	return end, err
}

var newline = []byte{'\n'}

// scan reports the matches in text, which begins at the window.
func (g *reader) scan(w *window, n *needle, text []byte) error {
	if w.quiet {
		return nil
	}
	s := newLineSearch(n, text)
	counted, line := 0, w.line
	for {
		h, found, err := s.next(g.halted)
		if err != nil || !found {
			return err
		}
		told, last := g.tally.find(g.limit)
		if last {
			g.halt()
		}
		if !told {
			return syscall.ECANCELED
		}
		line += uint64(bytes.Count(text[counted:h.line], newline))
		counted = h.line
		w.quiet = h.lineEnd == len(text)
		offset := w.offset + int64(h.line)
		if w.begun && h.line == 0 {
			offset = w.lineAt
		}
		g.append(line, offset, s, h)
	}
}

// append adds a record of DATA: a path only if it is not that of the record before.
func (g *reader) append(line uint64, offset int64, s *lineSearch, h hit) {
	text, begin, end := s.shown(h)
	path := g.path
	if g.named {
		path = nil
	}
	g.named = true
	u32, u64 := binary.LittleEndian.AppendUint32, binary.LittleEndian.AppendUint64
	g.matches = u64(g.matches, line)
	g.matches = u64(g.matches, uint64(offset))
	for _, n := range []int{begin, end, len(path), len(text)} {
		g.matches = u32(g.matches, uint32(n))
	}
	g.matches = append(append(g.matches, path...), text...)
	if len(g.matches) > batchBytes/4 || time.Since(g.since) > batchDelay {
		g.flush()
	}
}

// flush reports the matches as a frame.
func (g *reader) flush() {
	if len(g.matches) == 0 {
		return
	}
	g.report(func() {
		g.frames = appendHeader(g.frames, g.id, typeData, len(g.matches))
		g.frames = append(g.frames, g.matches...)
	})
	g.matches, g.named, g.since = g.matches[:0], false, time.Now()
}
