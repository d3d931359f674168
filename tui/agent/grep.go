package main

import (
	"bytes"
	"syscall"
	"time"
)

// grep streams the lines of files below a folder that match a pattern.
func grep(r *request) (any, error) {
	var asked struct {
		Pattern    []byte `json:"pattern"`
		Fixed      bool   `json:"fixed"`
		IgnoreCase bool   `json:"ignore_case"`
		Glob       []byte `json:"glob"`
		Limit      uint64 `json:"limit"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if bytes.IndexByte(asked.Pattern, '\n') >= 0 {
		return nil, invalid("the pattern has a line break, and lines are searched one by one")
	}
	n, err := newNeedle(asked.Pattern, asked.Fixed, asked.IgnoreCase)
	if err != nil {
		return nil, err
	}
	fits := func(_, _ []byte) bool { return true }
	if len(asked.Glob) > 0 {
		if fits, err = namePattern(asked.Glob, true); err != nil {
			return nil, err
		}
	}
	h := &lineHarvest{needle: n, fits: fits, limit: limited(asked.Limit)}
	work := (*lineHarvest).work
	h.forest, err = plant(r)
	if err == syscall.ENOTDIR {
		work = (*lineHarvest).workOnFile
		h.forest, err = plantOn(r, (*request).openRegular)
	}
	if err != nil {
		return nil, err
	}
	h.harvest = h
	err = h.reap(func() error { return work(h) }, func() error { return h.tellSum(&h.told) })
	return h.sum(), err
}

// A lineHarvest is what grep takes from a forest.
type lineHarvest struct {
	*forest
	noBranches
	needle *needle
	fits   func(path, name []byte) bool
	limit  uint64
	told   searchSum
}

func (h *lineHarvest) wants(path, name []byte, kind uint16) bool {
	return kind == syscall.S_IFREG && h.fits(path, name[:len(name)-1])
}

func (h *lineHarvest) looker() func(*parcel) {
	return h.reader().look
}

// workOnFile searches the one file that the request is about.
func (h *lineHarvest) workOnFile() error {
	g := h.reader()
	g.since = time.Now()
	if err := statDescriptor(h.start, &g.st); err != nil {
		return err
	}
	h.entries.Add(1)
	err := g.lines(h.start)
	g.flush()
	return err
}

// A reader searches one file after the other.
type reader struct {
	*lineHarvest
	buf     []byte
	st      statx
	path    []byte // of the file below the start
	matches []byte // records of DATA that are not reported yet
	named   bool   // the last of them are of this file
	since   time.Time
}

func (h *lineHarvest) reader() *reader {
	return &reader{lineHarvest: h, buf: make([]byte, min(readBytes, h.needle.longestLine()))}
}

func (g *reader) look(p *parcel) {
	g.since = time.Now()
	for name := range p.entries() {
		if g.halted() != nil {
			break
		}
		if len(p.path)+len(name) > longestTold {
			g.errors.Add(1)
			continue
		}
		g.path = append(append(g.path[:0], p.path...), name[:len(name)-1]...)
		g.file(p.dir, name)
	}
	g.flush()
}

func (g *reader) file(dir int, name []byte) {
	fd, err := g.openFile(dir, name)
	switch err {
	case nil:
		g.named = false
		err = g.lines(fd)
		syscall.Close(fd)
	case syscall.ENOENT, syscall.ELOOP: // removed or replaced meanwhile
		return
	}
	if err != nil && err != syscall.ECANCELED {
		g.errors.Add(1)
	}
}

// openFile opens a name for reading only once it is known to be a regular file.
func (g *reader) openFile(dir int, name []byte) (int, error) {
	at, err := openPath(dir, name)
	if err != nil {
		return -1, err
	}
	defer syscall.Close(at)
	if err := statDescriptor(at, &g.st); err != nil {
		return -1, err
	}
	if g.st.kind() != syscall.S_IFREG {
		return -1, syscall.ELOOP
	}
	return reopen(at, syscall.O_RDONLY)
}
