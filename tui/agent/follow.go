package main

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

const (
	// Looking costs a few system calls. inotify would need one of few instances, and hears nothing of
	// what another machine writes.
	followEvery = 200 * time.Millisecond
	farBehind   = 1 << 20  // more than that is not sent
	lastBytes   = 64 << 10 // but so much of its end
)

// A following is one follow at work: whatever stands under a name, as tail -F does.
type following struct {
	*request
	fields struct {
		Identity string `json:"identity"`
	}
	fd       int // -1 before the first file
	identity string
	offset   int64
	gone     bool // and told so
}

// An event is what follow tells.
type event struct {
	Event    string `json:"event"` // following, data, truncated, replaced or gone
	Identity string `json:"identity"`
	Offset   int64  `json:"offset"` // where data begins, or will
	Size     int64  `json:"size"`
	LeftOut  int64  `json:"left_out"` // bytes before offset that are not sent
	Reason   string `json:"reason"`   // why it is gone
}

// follow tells what is appended to a regular file from offset on, and what else becomes of it, until
// it is cancelled. With an identity it goes on with that file, if its name still means it.
func follow(r *request) (any, error) {
	f := &following{request: r, fd: -1}
	if err := r.fields(&f.fields); err != nil {
		return nil, err
	}
	if r.Offset == nil || *r.Offset < 0 {
		return nil, invalid("offset is missing or negative")
	}
	f.offset, f.identity = *r.Offset, f.fields.Identity
	defer func() { syscall.Close(f.fd) }() // which is no harm before the first file
	e, err := f.begin()
	for err == nil {
		if e != nil {
			f.frames = appendJSON(f.frames, f.id, typeProgress, e)
			if err = f.send(); err == nil {
				err = f.awaitMore()
			}
		} else {
			err = f.pause()
		}
		if err == nil {
			e, err = f.look()
		}
	}
	return nil, err
}

func (f *following) pause() error {
	timer := time.NewTimer(followEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-f.ctx.Done():
		return syscall.ECANCELED
	}
}

// begin says what is followed. What cannot be opened is an error, unless it was followed before.
func (f *following) begin() (*event, error) {
	known := f.identity
	e, err := f.lookAtName()
	if err != nil {
		if known == "" {
			return nil, err
		}
		return f.tellGone(err), nil
	}
	if known == "" || known == f.identity {
		f.offset = *f.Offset
		e.Event, e.Offset = "following", f.offset
	}
	return e, nil
}

// look tells the next change, nil while there is none. What is still in the file that was followed
// comes before what took its name.
func (f *following) look() (*event, error) {
	if f.fd >= 0 {
		if e, err := f.lookAtFile(); e != nil || err != nil {
			return e, err
		}
	}
	e, err := f.lookAtName()
	if err != nil {
		return f.tellGone(err), nil
	}
	return e, nil
}

func (f *following) lookAtFile() (*event, error) {
	var st statx
	if err := statDescriptor(f.fd, &st); err != nil {
		return nil, err
	}
	size := int64(st.Size)
	e := &event{Event: "data", Identity: f.identity, Size: size}
	switch {
	case size < f.offset:
		f.offset, e.Event = 0, "truncated"
		return e, nil
	case size == f.offset:
		return nil, nil
	case size-f.offset > farBehind:
		e.LeftOut = size - lastBytes - f.offset
	}
	e.Offset = f.offset + e.LeftOut
	begin := len(f.frames)
	n, err := f.packData(f.fd, e.Offset, int(min(dataBytes, size-e.Offset)))
	if err != nil || n == 0 { // cut off meanwhile: the next look tells
		f.frames = f.frames[:begin]
		return nil, err
	}
	f.offset = e.Offset + int64(n)
	return e, nil
}

// lookAtName tells when the name means another file than before; an error says that it means none.
func (f *following) lookAtName() (*event, error) {
	var st statx
	found, err := f.findRegular(&st)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(found)
	identity, size := identityOf(&st), int64(st.Size)
	if f.fd >= 0 && identity == f.identity {
		if !f.gone {
			return nil, nil
		}
		f.gone = false
		return &event{Event: "following", Identity: identity, Offset: f.offset, Size: size}, nil
	}
	fd, err := reopen(found, syscall.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if f.fd >= 0 {
		syscall.Close(f.fd)
	}
	f.fd, f.identity, f.offset, f.gone = fd, identity, 0, false
	return &event{Event: "replaced", Identity: identity, Size: size}, nil
}

func (f *following) tellGone(err error) *event {
	if f.gone {
		return nil
	}
	f.gone = true
	reason := "not a regular file"
	var errno syscall.Errno
	if errors.As(err, &errno) {
		reason = errnoName(errno)
	}
	return &event{Event: "gone", Identity: f.identity, Offset: f.offset, Reason: reason}
}

// identityOf tells files apart that have the same inode one after the other.
func identityOf(st *statx) string {
	return fmt.Sprintf("%d-%d.%09d", st.Ino, st.Btime.Sec, st.Btime.Nsec)
}
