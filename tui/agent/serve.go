package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	protocolVersion = 1
	maxRunning      = 64
	// Requests that touch the storage at once: each may hold a thread, and a helper has 128 of them.
	maxWorking = 32
	// Threads beyond one for each request, which those that walk through trees share.
	maxHired = 8
)

// A call is what a client asks for: the payload of REQUEST.
type call struct {
	Op       string `json:"op"`
	Protocol int    `json:"protocol"`
	Path     []byte `json:"path"`
	Offset   *int64 `json:"offset"`
	Length   *int64 `json:"length"`
}

// A connection serves one client until its stream ends.
type connection struct {
	out     io.Writer
	files   *tree
	turn    chan struct{} // held by whoever writes
	refused chan struct{} // one place for each refusal that is not written yet
	working chan struct{} // one place for each request that touches the storage
	hired   chan struct{} // one place for each thread beyond the first of its request
	ended   chan int

	events inotify
	cloned cloned
	kept   // attributes for root folders that are being filled
	unpackedTrees

	mu      sync.Mutex
	running map[uint32]*request
	staged  map[string]int // descriptors of folders that are locked as long as this process lives
}

func newConnection(out io.Writer, files *tree) *connection {
	return &connection{
		out:     out,
		files:   files,
		turn:    make(chan struct{}, 1),
		refused: make(chan struct{}, maxRunning),
		working: make(chan struct{}, maxWorking),
		hired:   make(chan struct{}, maxHired),
		ended:   make(chan int, 1),
		running: make(map[uint32]*request),
		staged:  make(map[string]int),
	}
}

// serve answers frames until the stream ends or nothing came for so long, and says how to exit.
func (c *connection) serve(in io.Reader, silence time.Duration) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	watch := time.AfterFunc(silence, func() { c.end(statusSilent) })
	defer watch.Stop()
	go func() {
		in := newDecoder(in)
		c.read(ctx, in, func() { watch.Reset(silence) }, c.greet(in))
	}()
	return <-c.ended
}

// end keeps the first reason only.
func (c *connection) end(status int) {
	select {
	case c.ended <- status:
	default:
	}
}

// read accepts frames. Who has read a request answers it while another goroutine reads on: a request
// that was handed over would wait for that one to wake up.
func (c *connection) read(ctx context.Context, in *decoder, alive func(), err error) {
	for err == nil {
		alive()
		var f frame
		if f, err = in.next(); err != nil {
			break
		}
		var answer func()
		if answer, err = c.accept(ctx, f, in, alive); answer != nil {
			go c.read(ctx, in, alive, nil)
			answer()
			return
		}
	}
	c.end(c.endOf(err))
}

// endOf is the exit status after an error of the stream.
func (c *connection) endOf(err error) int {
	switch err := err.(type) {
	case malformed:
		c.protest(err)
		return statusProtocol
	default:
		if err == io.EOF {
			return statusEnded
		}
		return statusLost
	}
}

// greet answers the handshake, which is the first frame.
func (c *connection) greet(in *decoder) error {
	f, err := in.next()
	if err != nil {
		return err
	}
	var hello call
	if f.kind != typeRequest || json.Unmarshal(f.payload, &hello) != nil || hello.Op != "hello" {
		return malformed("the first frame is no hello")
	}
	if hello.Protocol != protocolVersion {
		return malformed(fmt.Sprintf("protocol %d is not spoken here, only %d", hello.Protocol, protocolVersion))
	}
	c.turn <- struct{}{}
	c.write(appendJSON(nil, f.request, typeDone, struct {
		Protocol     int    `json:"protocol"`
		Agent        string `json:"agent"`
		Architecture string `json:"architecture"`
	}{protocolVersion, version, runtime.GOARCH}))
	return nil
}

// accept handles a frame after the handshake; what is left to do for a request is returned. It never
// waits for the client to read, unless that one leaves many refusals unread; it waits for an
// operation that eats more slowly than it is fed.
func (c *connection) accept(ctx context.Context, f frame, in *decoder, alive func()) (answer func(), err error) {
	switch f.kind {
	case typeHeartbeat:
		return nil, nil
	case typeCancel:
		c.cancel(f.request)
		return nil, nil
	case typeMore:
		c.more(f.request)
		return nil, nil
	case typeFeed, typeEnd:
		return nil, c.feed(f, in, alive)
	}
	r := &request{connection: c, id: f.request, wanted: make(chan struct{}, 1)}
	if c.isRunning(r.id) {
		return nil, malformed(fmt.Sprintf("request %d is still running", r.id))
	}
	op, err := r.parse(f.payload)
	if op.eats {
		r.meal = newMeal()
	}
	if err == nil {
		err = c.admit(ctx, r)
	}
	if err != nil {
		c.refuse(r.id, err)
		return nil, nil
	}
	return func() { r.finish(r.work(op)) }, nil
}

func (c *connection) cancel(id uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.running[id]; r != nil { // else its final frame was already written
		r.stop()
	}
}

// more tells a waiting operation that the client took what it sent.
func (c *connection) more(id uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.running[id]; r != nil {
		select {
		case r.wanted <- struct{}{}:
		default:
		}
	}
}

func (c *connection) isRunning(id uint32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running[id] != nil
}

func (c *connection) admit(ctx context.Context, r *request) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.running) == maxRunning {
		return refusal{syscall.EAGAIN, fmt.Sprintf("%d requests are running already", maxRunning)}
	}
	r.ctx, r.stop = context.WithCancel(ctx)
	if r.meal != nil {
		r.meal.done = r.ctx.Done()
	}
	c.running[r.id] = r
	return nil
}

func (c *connection) refuse(id uint32, err error) {
	c.refused <- struct{}{}
	go func() {
		c.turn <- struct{}{}
		<-c.refused
		c.write(appendError(nil, id, err))
	}()
}

// protest says why the connection ends, if the client still reads. The turn is kept: nothing follows.
func (c *connection) protest(err error) {
	late := time.After(time.Second)
	select {
	case c.turn <- struct{}{}:
	case <-late:
		return
	}
	written := make(chan struct{})
	go func() {
		c.out.Write(appendError(nil, 0, err))
		close(written)
	}()
	select {
	case <-written:
	case <-late:
	}
}

// write sends whole frames and gives the turn back; the caller has it.
func (c *connection) write(frames []byte) {
	if _, err := c.out.Write(frames); err != nil {
		c.end(statusLost)
	}
	<-c.turn
}
