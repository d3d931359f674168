package main

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"sync/atomic"
)

// Courses that are read ahead of whoever takes them.
const intakeAhead = 2

// An intake takes a meal and adds up its digest: on another thread than the one that parses it.
type intake struct {
	meal    *meal
	courses chan []byte
	taken   []byte
	digest  hash.Hash
	read    atomic.Uint64 // bytes that came
	err     error         // why courses is closed
}

// startIntake reads until the stream ends or fails, or until quit is closed.
func startIntake(from *meal, quit <-chan struct{}) *intake {
	in := &intake{meal: from, courses: make(chan []byte, intakeAhead), digest: sha256.New()}
	go in.run(quit)
	return in
}

func (in *intake) run(quit <-chan struct{}) {
	defer close(in.courses)
	for {
		course, err := in.meal.whole()
		if err != nil {
			in.err = err
			return
		}
		in.read.Add(uint64(len(course)))
		in.digest.Write(course)
		select {
		case in.courses <- course:
		case <-quit:
			in.err = io.ErrClosedPipe
			return
		}
	}
}

// more is for octets.
func (in *intake) more() ([]byte, error) {
	if in.taken != nil {
		in.meal.giveBack(in.taken)
		in.taken = nil
	}
	course, ok := <-in.courses
	if !ok {
		return nil, in.err
	}
	in.taken = course
	return course, nil
}

// sum is the digest of all that came, once the stream has ended.
func (in *intake) sum() string { return hex.EncodeToString(in.digest.Sum(nil)) }
