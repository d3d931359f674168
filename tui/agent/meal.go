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

// A meal is what a client feeds a request with, read as a stream.
type meal struct {
	courses chan []byte
	eaten   chan []byte // buffers to be filled again
	ended   bool        // by END; belongs to whoever reads frames
	rest    []byte      // of the course being eaten
	course  []byte
	done    <-chan struct{} // of the request
}

func newMeal() *meal {
	return &meal{courses: make(chan []byte, maxCourses), eaten: make(chan []byte, maxCourses)}
}

// Read is for the operation alone. Errors: io.EOF after END, ECANCELED.
func (m *meal) Read(into []byte) (int, error) {
	for len(m.rest) == 0 {
		if m.course != nil {
			select {
			case m.eaten <- m.course:
			default:
			}
			m.course = nil
		}
		select {
		case course, more := <-m.courses:
			if !more {
				return 0, io.EOF
			}
			m.course, m.rest = course, course
		case <-m.done:
			return 0, syscall.ECANCELED
		}
	}
	n := copy(into, m.rest)
	m.rest = m.rest[n:]
	return n, nil
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
