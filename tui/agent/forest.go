package main

import (
	"context"
	"syscall"
	"time"
)

const firstTell = 50 * time.Millisecond

// A forest is the tree below one folder, for an operation that goes through all of it. The
// operation's own goroutine tells the client, a second one walks and reads folders, and further
// ones look at the entries, as long as the connection has threads to spare.
type forest struct {
	walk
	*request
	tally
	harvest harvest
	ctx     context.Context // ends with the request, or when enough was found
	halt    context.CancelFunc
	buf     []byte
	path    []byte // of the deepest folder below the start, with / at its end; empty for the start
	parcel  *parcel
	branch  *branch
	parcels chan *parcel // nil: nobody but the walker looks
	alone   func(*parcel)
	news    chan func() // what the client is to be told, prepared by those who look
	st      statx
}

// A harvest is what one operation does in a forest. Only looker's functions run at the same time.
type harvest interface {
	// wants tells whether an entry is to be looked at; path is its folder's as in forest, name
	// ends with NUL.
	wants(path, name []byte, kind uint16) bool
	// into is called before the walk reads the start (no name), or goes into a folder of it.
	into(name string) *branch
	// left is called when the walk is done with that.
	left(*branch)
	// unread is called for folders that cannot be read.
	unread(*branch, int)
	// looker gives one goroutine its way to look at entries.
	looker() func(*parcel)
}

// plant opens the folder a request is about.
func plant(r *request) (*forest, error) {
	return plantOn(r, func(r *request) (int, error) { return r.files.openDirectory(r.path()) })
}

func plantOn(r *request, open func(*request) (int, error)) (*forest, error) {
	start, err := open(r)
	if err != nil {
		return nil, err
	}
	f := &forest{
		walk:    walk{start: start},
		request: r,
		buf:     make([]byte, directoryBuf),
		parcel:  &parcel{},
		news:    make(chan func()),
	}
	f.ctx, f.halt = context.WithCancel(r.ctx)
	return f, nil
}

func (f *forest) close() {
	f.halt()
	syscall.Close(f.start)
}

func (f *forest) halted() error {
	if f.ctx.Err() != nil {
		return syscall.ECANCELED
	}
	return nil
}

// reap does the work; tell is called about five times a second meanwhile and at the end.
func (f *forest) reap(work, tell func() error) error {
	defer f.close()
	walked := make(chan error, 1)
	go func() { walked <- work() }()
	tick := time.NewTimer(firstTell)
	defer tick.Stop()
	for {
		select {
		case add := <-f.news:
			add()
			if len(f.frames) < batchBytes {
				continue
			}
		case <-tick.C:
			tick.Reset(progressEvery)
		case err := <-walked:
			if err == syscall.ECANCELED && f.request.cancelled() == nil {
				err = nil // enough was found
			}
			if err == nil {
				err = tell()
			}
			return err
		}
		if err := tell(); err != nil {
			f.halt()
			<-walked
			return err
		}
	}
}

// report lets the operation's goroutine run what adds to the answer, unless nobody wants that.
func (f *forest) report(add func()) {
	done := make(chan struct{})
	select {
	case f.news <- func() { add(); close(done) }:
		<-done
	case <-f.request.ctx.Done():
	}
}

// roam reads every folder, the deepest first.
func (f *forest) roam() error {
	fd, err := syscall.Dup(f.start)
	if err != nil {
		return err
	}
	f.branch = f.harvest.into("")
	err = f.scan("", fd)
	f.endBranch()
	for err == nil && len(f.levels) > 0 {
		err = f.step()
	}
	return err
}

// step visits the next folder, or goes up.
func (f *forest) step() error {
	if err := f.halted(); err != nil {
		return err
	}
	if name, ok := f.top().next(); ok {
		return f.visit(name)
	}
	f.climb()
	return nil
}

func (f *forest) climb() {
	if lost := f.leave(); lost > 0 {
		f.missed(lost)
	}
	if len(f.levels) > 0 {
		f.path = f.path[:f.top().end]
	}
	if len(f.levels) <= 1 {
		f.endBranch()
	}
}

func (f *forest) endBranch() {
	if f.branch != nil {
		f.harvest.left(f.branch)
		f.branch = nil
	}
}

func (f *forest) missed(folders int) {
	f.errors.Add(uint64(folders))
	f.harvest.unread(f.branch, folders)
}

// visit goes down into a folder of the deepest level.
func (f *forest) visit(name string) error {
	first := len(f.levels) == 1
	if first {
		f.branch = f.harvest.into(name)
	}
	fd, err := openAt(f.top().fd, name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW)
	switch err {
	case nil:
		err = f.scan(name, fd)
	case syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP: // removed or replaced meanwhile
		err = nil
	default:
		f.missed(1)
		err = nil
	}
	if first && len(f.levels) == 1 {
		f.endBranch() // it was not entered
	}
	return err
}

// scan reads a folder and makes it the deepest level, which owns its descriptor.
func (f *forest) scan(name string, fd int) error {
	if err := f.enter(name, fd); err != nil {
		f.missed(1)
		return nil
	}
	if name != "" {
		f.path = append(append(f.path, name...), '/')
	}
	f.top().end = len(f.path)
	for {
		n, err := readDirectory(fd, f.buf)
		if err != nil && err != syscall.ENOENT { // which says that the folder itself was removed
			f.missed(1)
		}
		if err != nil || n == 0 {
			f.handOver()
			return nil
		}
		if err := f.halted(); err != nil {
			return err
		}
		met := uint64(0)
		for entry, kind := range records(f.buf[:n]) {
			f.meet(entry, kind)
			met++
		}
		f.entries.Add(met)
	}
}

func (f *forest) meet(name []byte, kind uint16) {
	if kind == 0 { // the file system does not tell it
		if err := statEntry(f.top().fd, name, &f.st); err == nil {
			kind = f.st.kind()
		}
	}
	if kind == syscall.S_IFDIR {
		f.top().pending = append(f.top().pending, name...)
	}
	if f.harvest.wants(f.path, name, kind) {
		f.parcel.names = append(f.parcel.names, name...)
		f.parcel.kinds = append(f.parcel.kinds, kind)
		if len(f.parcel.kinds) == parcelNames || len(f.parcel.names) > parcelBytes {
			f.handOver()
		}
	}
}
