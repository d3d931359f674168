package main

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Frames under way: one is filled while others are hashed and sent. Together they fit into a processor's
// cache, which saves a third of the time the kernel takes for them.
const (
	packFrames     = 4
	packFrameBytes = 128 << 10
)

// A packStream is an archive on its way to the client, in DATA frames. Whoever writes the archive fills
// one frame after the other; the request's own goroutine sends them, and another one hashes them
// meanwhile.
type packStream struct {
	*request
	frame *packFrame // being filled
	free  chan *packFrame
	full  chan *packFrame
	total uint64 // bytes that were written
	sum   [sha256.Size]byte
}

// A packFrame has room for its header first.
type packFrame struct {
	bytes []byte
	users atomic.Int32 // who send and hash it
}

func newPackStream(r *request) *packStream {
	s := &packStream{request: r, free: make(chan *packFrame, packFrames), full: make(chan *packFrame, packFrames)}
	for range packFrames {
		s.free <- &packFrame{bytes: make([]byte, 0, headerSize+packFrameBytes)}
	}
	return s
}

// pour sends what work writes, and tells how far it is about five times a second.
func (s *packStream) pour(work func() error, how func() any) error {
	worked := make(chan error, 1)
	go func() {
		err := work()
		if err == nil {
			s.pass()
		}
		close(s.full)
		worked <- err
	}()
	hashing := make(chan *packFrame, packFrames)
	var hashed sync.WaitGroup
	hashed.Go(func() { s.hash(hashing) })
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	var err error
	for open := true; open && err == nil; {
		var f *packFrame
		select {
		case f, open = <-s.full:
			if open {
				hashing <- f
				err = s.sendFrame(f)
			}
		case <-tick.C:
			s.frames = appendJSON(s.frames, s.id, typeProgress, how())
			err = s.send()
		}
	}
	for range s.full { // nobody wants the rest
	}
	close(hashing)
	hashed.Wait()
	if failed := <-worked; err == nil {
		err = failed
	}
	return err
}

func (s *packStream) hash(frames <-chan *packFrame) {
	digest := sha256.New()
	for f := range frames {
		digest.Write(f.bytes[headerSize:])
		s.release(f)
	}
	digest.Sum(s.sum[:0])
}

func (s *packStream) sendFrame(f *packFrame) error {
	appendHeader(f.bytes[:0], s.id, typeData, len(f.bytes)-headerSize)
	select {
	case s.turn <- struct{}{}:
	case <-s.ctx.Done():
		return syscall.ECANCELED
	}
	s.connection.write(f.bytes)
	s.release(f)
	return nil
}

func (s *packStream) release(f *packFrame) {
	if f.users.Add(-1) == 0 {
		s.free <- f
	}
}

// room is where the next bytes of the archive go: at least one, or ECANCELED. add says how many came.
func (s *packStream) room() ([]byte, error) {
	if s.frame != nil && len(s.frame.bytes) == cap(s.frame.bytes) {
		s.pass()
	}
	if s.frame == nil {
		if err := s.cancelled(); err != nil {
			return nil, err
		}
		select {
		case s.frame = <-s.free:
		case <-s.ctx.Done():
			return nil, syscall.ECANCELED
		}
		s.frame.bytes = s.frame.bytes[:headerSize]
	}
	return s.frame.bytes[len(s.frame.bytes):cap(s.frame.bytes)], nil
}

func (s *packStream) add(bytes int) {
	s.frame.bytes = s.frame.bytes[:len(s.frame.bytes)+bytes]
	s.total += uint64(bytes)
}

// pass hands over the frame as it is.
func (s *packStream) pass() {
	if s.frame == nil || len(s.frame.bytes) == headerSize {
		return
	}
	s.frame.users.Store(2)
	s.full <- s.frame
	s.frame = nil
}

func (s *packStream) write(data []byte) error {
	for len(data) > 0 {
		room, err := s.room()
		if err != nil {
			return err
		}
		n := copy(room, data)
		s.add(n)
		data = data[n:]
	}
	return nil
}

func (s *packStream) writeZeros(count int64) error {
	for count > 0 {
		room, err := s.room()
		if err != nil {
			return err
		}
		n := int(min(int64(len(room)), count))
		clear(room[:n])
		s.add(n)
		count -= int64(n)
	}
	return nil
}

// end writes what ends an archive: two blocks of zeros, and as many as make records of 10,240 bytes.
func (s *packStream) end() error {
	const record = 20 * blockBytes
	size := int64(s.total) + 2*blockBytes
	return s.writeZeros(2*blockBytes + (record-size%record)%record)
}

func (s *packStream) digest() string { return hex.EncodeToString(s.sum[:]) }
