package main

import (
	"fmt"
	"io"
	"syscall"
	"time"
)

// How many FEED frames wait for a slow operation: 4 MiB at most.
const maxCourses = 4

// How often a client that feeds is held alive while an operation does not eat.
const chewing = time.Second

// A meal is what a client feeds a request with.
type meal struct {
	courses chan []byte
	eaten   chan []byte     // buffers to be filled again
	ended   bool            // by END; belongs to whoever reads frames
	done    <-chan struct{} // of the request
}

func newMeal() *meal {
	return &meal{courses: make(chan []byte, maxCourses), eaten: make(chan []byte, maxCourses)}
}

// whole gives the next course as it came; it is for the operation alone, until it is given back.
// Errors: io.EOF after END, ECANCELED.
func (m *meal) whole() ([]byte, error) {
	select {
	case course, more := <-m.courses:
		if !more {
			return nil, io.EOF
		}
		return course, nil
	case <-m.done:
		return nil, syscall.ECANCELED
	}
}

// giveBack lets a course be filled again.
func (m *meal) giveBack(course []byte) {
	select {
	case m.eaten <- course:
	default:
	}
}

// feed gives an operation what came for it, and waits where that one is slow. What comes for a
// request that has ended is dropped.
func (c *connection) feed(f frame, in *decoder, alive func()) error {
	c.mu.Lock()
	r := c.running[f.request]
	c.mu.Unlock()
	if r == nil {
		return nil
	}
	m := r.meal
	if m == nil || m.ended {
		return malformed(fmt.Sprintf("request %d is fed and does not eat", f.request))
	}
	if f.kind == typeEnd {
		m.ended = true
		close(m.courses)
		return nil
	}
	var empty []byte
	select {
	case empty = <-m.eaten:
	default:
	}
	course := in.take(empty[:0])[:len(f.payload)]
	for {
		select {
		case m.courses <- course:
			return nil
		case <-r.ctx.Done():
			return nil
		case <-time.After(chewing):
			alive()
		}
	}
}
