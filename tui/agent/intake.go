package main

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"sync/atomic"
)

const (
	intakeBytes = 256 << 10
	intakeParts = 6 // that are read ahead of whoever takes them
)

// An intake reads a stream ahead and adds up its digest: on another thread than the one that parses.
type intake struct {
	parts  chan []byte
	free   chan []byte
	taken  []byte
	digest hash.Hash
	read   atomic.Uint64 // bytes that came
	err    error         // why parts is closed
}

// startIntake reads until the stream ends or fails; quit lets it go, without which it waits for ever.
func startIntake(source io.Reader, quit <-chan struct{}) *intake {
	in := &intake{
		parts: make(chan []byte, intakeParts), free: make(chan []byte, intakeParts), digest: sha256.New(),
	}
	for range intakeParts {
		in.free <- make([]byte, intakeBytes)
	}
	go in.run(source, quit)
	return in
}

func (in *intake) run(source io.Reader, quit <-chan struct{}) {
	defer close(in.parts)
	for {
		var buf []byte
		select {
		case buf = <-in.free:
		case <-quit:
			in.err = io.ErrClosedPipe
			return
		}
		n, err := source.Read(buf[:cap(buf)])
		if err != nil {
			in.err = err
			return
		}
		in.read.Add(uint64(n))
		in.digest.Write(buf[:n])
		in.parts <- buf[:n] // has room for all there are
	}
}

// more is for octets.
func (in *intake) more() ([]byte, error) {
	if in.taken != nil {
		in.free <- in.taken
		in.taken = nil
	}
	part, ok := <-in.parts
	if !ok {
		return nil, in.err
	}
	in.taken = part
	return part, nil
}

// sum is the digest of all that came, once the stream has ended.
func (in *intake) sum() string { return hex.EncodeToString(in.digest.Sum(nil)) }
