package main

import (
	"sync"
	"time"
)

const changedBytes = 128 << 10 // of paths of one answer

// altered are the entries of a source that were written to while they were read.
type altered struct {
	mu sync.Mutex
	sample
	taken int
}

func (c *altered) add(path []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken += c.sample.add(path, changedBytes-c.taken)
}

// told is what the wire has.
func (c *altered) told() sample {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Paths == nil {
		c.Paths = [][]byte{}
	}
	return c.sample
}

// cloned is what the last clone of a connection left behind for compare.
type cloned struct {
	mu     sync.Mutex
	target string
	losses *losses
	began  time.Time
	flags  bool
}

func (l *cloned) keep(target string, c *clone) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target, l.losses, l.began, l.flags = target, &c.losses, c.began, c.flags.wanted
}

// into gives the losses of the last clone into a folder, and when it began.
func (l *cloned) into(target string) (*losses, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.losses == nil || l.target != target {
		return &losses{}, time.Time{}
	}
	return l.losses, l.began
}
