package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"syscall"
)

// A request is a call that runs.
type request struct {
	call
	*connection
	id      uint32
	payload []byte
	wanted  chan struct{} // holds what MORE asked for
	meal    *meal         // what the client feeds it with; nil where it eats nothing
	ctx     context.Context
	stop    context.CancelFunc
	frames  []byte // answers that are not written yet
}

func (r *request) parse(payload []byte) (operation, error) {
	if err := json.Unmarshal(payload, &r.call); err != nil {
		return operation{}, invalid("the request is no JSON object of the protocol: " + err.Error())
	}
	op, known := operations[r.Op]
	if !known {
		return op, invalid(fmt.Sprintf("unknown op %q", r.Op))
	}
	if !validPath(string(r.Path)) {
		return op, invalid("the path is missing or not absolute and clean")
	}
	r.payload = bytes.Clone(payload)
	return op, nil
}

// fields parses what only this operation knows.
func (r *request) fields(into any) error {
	if err := json.Unmarshal(r.payload, into); err != nil {
		return invalid("a field is missing or of another type: " + err.Error())
	}
	return nil
}

func (r *request) path() string { return string(r.Path) }

func (r *request) cancelled() error {
	if r.ctx.Err() != nil {
		return syscall.ECANCELED
	}
	return nil
}

func (r *request) work(op operation) (any, error) {
	if op.waits {
		return op.run(r)
	}
	select {
	case r.working <- struct{}{}:
		defer func() { <-r.working }()
		return op.run(r)
	case <-r.ctx.Done():
		return nil, syscall.ECANCELED
	}
}

// send writes the frames collected so far; a cancelled request does not wait for its turn.
func (r *request) send() error {
	select {
	case r.turn <- struct{}{}:
	case <-r.ctx.Done():
		return syscall.ECANCELED
	}
	r.write(r.frames)
	r.frames = r.frames[:0]
	return nil
}

// awaitMore returns once the client asks for more than it was sent.
func (r *request) awaitMore() error {
	select {
	case <-r.wanted:
		return nil
	case <-r.ctx.Done():
		return syscall.ECANCELED
	}
}

// finish writes what is left together with the final frame. Whoever cancels before that is told so.
func (r *request) finish(result any, err error) {
	r.turn <- struct{}{}
	r.mu.Lock()
	if r.cancelled() != nil {
		r.frames, err = r.frames[:0], syscall.ECANCELED
	}
	delete(r.running, r.id) // before the client can read the end and use the number again
	r.mu.Unlock()
	r.stop()
	if err != nil {
		r.frames = appendError(r.frames, r.id, err)
	} else {
		r.frames = appendJSON(r.frames, r.id, typeDone, result)
	}
	r.write(r.frames)
}
