package main

import (
	"bytes"
	"syscall"
	"time"
)

const (
	smallestStep = 4 << 10
	largestStep  = 1 << 30
	countsAtOnce = 16384 // in one frame
)

// A lineCount is one lines at work.
type lineCount struct {
	*request
	fields struct {
		Step int64  `json:"step"`
		Unit string `json:"unit"`
	}
	data   extents
	buf    []byte
	counts []uint32 // not sent yet
	ended  bool     // the last bytes are a line end
	ticker *time.Ticker
}

// lines counts line ends, step by step from offset on: enough to find a line by its number, and the
// number of a line, by reading one step. It takes no more memory for a long file or a long line.
func lines(r *request) (any, error) {
	l := &lineCount{request: r, buf: make([]byte, dataBytes)}
	if err := r.fields(&l.fields); err != nil {
		return nil, err
	}
	step := l.fields.Step
	if step < smallestStep || step > largestStep || step%2 != 0 {
		return nil, invalid("step is missing, odd, or out of range")
	}
	if r.Offset == nil || *r.Offset < 0 || *r.Offset%step != 0 {
		return nil, invalid("offset is missing or no multiple of step")
	}
	if l.fields.Unit != "" && l.fields.Unit != "le" && l.fields.Unit != "be" {
		return nil, invalid("unit is neither le nor be")
	}
	fd, err := r.openRegular()
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	l.data = extents{fd: fd}
	l.ticker = time.NewTicker(progressEvery)
	defer l.ticker.Stop()
	end, err := l.run(*r.Offset)
	if err != nil {
		return nil, err
	}
	return l.part(end), nil
}

// A linesPart is the answer of lines.
type linesPart struct {
	Counts []uint32 `json:"counts"`
	Done   int64    `json:"done"`
	Ended  bool     `json:"ended"` // with a line end, as far as it was counted
}

func (l *lineCount) part(done int64) linesPart {
	counts := l.counts
	if counts == nil {
		counts = []uint32{}
	}
	return linesPart{counts, done, l.ended}
}

func (l *lineCount) run(at int64) (int64, error) {
	if at > 0 {
		before := min(2, at)
		n, err := preadFull(l.data.fd, l.buf[:before], at-before)
		if err != nil {
			return at, err
		}
		l.ended = endsLine(l.buf[:n], l.fields.Unit)
	}
	for {
		count, size, err := l.countStep(at)
		if err != nil {
			return at, err
		}
		if size > 0 {
			l.counts = append(l.counts, count)
		}
		at += size
		if size < l.fields.Step {
			return at, nil
		}
		if err := l.tick(at); err != nil {
			return at, err
		}
	}
}

func (l *lineCount) tick(done int64) error {
	due := len(l.counts) == countsAtOnce
	select {
	case <-l.ticker.C:
		due = true
	default:
	}
	if !due {
		return l.cancelled()
	}
	l.frames = appendJSON(l.frames, l.id, typeProgress, l.part(done))
	l.counts = l.counts[:0]
	return l.send()
}

// countStep tells how many line ends one step has and how long it is: shorter only at the end.
func (l *lineCount) countStep(at int64) (count uint32, size int64, err error) {
	if hole := l.data.hole(at); hole >= l.fields.Step {
		l.ended = false
		return 0, l.fields.Step, nil
	}
	for size < l.fields.Step {
		want := min(int64(len(l.buf)), l.fields.Step-size)
		n, err := preadFull(l.data.fd, l.buf[:want], at+size)
		if err != nil {
			return 0, 0, err
		}
		count += countLineEnds(l.buf[:n], l.fields.Unit)
		if n > 0 {
			l.ended = endsLine(l.buf[:n], l.fields.Unit)
		}
		size += int64(n)
		if int64(n) < want {
			break
		}
	}
	return count, size, nil
}

func endsLine(data []byte, unit string) bool {
	if unit == "" {
		return len(data) > 0 && data[len(data)-1] == '\n'
	}
	return len(data)%2 == 0 && len(data) > 0 && countLineEnds(data[len(data)-2:], unit) > 0
}

// countLineEnds counts LF; in UTF-16 that is a pair of bytes at an even place.
func countLineEnds(data []byte, unit string) uint32 {
	if unit == "" {
		return uint32(bytes.Count(data, []byte{'\n'}))
	}
	low, high := 0, 1
	if unit == "be" {
		low, high = 1, 0
	}
	var count uint32
	for ; len(data) >= 2; data = data[2:] {
		if data[low] == '\n' && data[high] == 0 {
			count++
		}
	}
	return count
}
