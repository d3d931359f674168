package main

import (
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	gatherFirst = 100 * time.Millisecond // changes seldom come alone
	gatherMore  = 400 * time.Millisecond // where they keep coming
	lookEvery   = 3 * time.Second        // no event tells that a folder above was moved

	// More than that is not told one by one: the folder has to be listed again.
	maxChanged      = 4096
	maxChangedBytes = 256 << 10

	// A folder of that size on disk holds tens of thousands of entries: looking at each of them
	// costs more than it finds.
	largeFolder = 1 << 20

	// The clock that files are stamped with may be a tick of the kernel behind.
	clockSlack = 20 * time.Millisecond
)

// watch tells what changes in a folder until it is cancelled or the folder is gone from its path.
func watch(r *request) (any, error) {
	var asked struct {
		Age int64 `json:"age_ms"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if asked.Age < 0 {
		return nil, invalid("the age is negative")
	}
	since := time.Now().Add(-time.Duration(asked.Age)*time.Millisecond - clockSlack)
	w := &watching{request: r, changes: newChanges(), release: func() {}}
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer func() { w.release() }()
	err = w.begin(dir, since)
	syscall.Close(dir) // An open folder would keep its own end from being told.
	if err != nil {
		return nil, err
	}
	r.frames = appendJSON(r.frames, r.id, typeProgress, struct {
		Polled bool `json:"polled"`
	}{w.polled})
	if err := r.send(); err != nil {
		return nil, err
	}
	return nil, w.tell()
}

// A watching is the work of one request.
type watching struct {
	*request
	*changes
	self    identity
	polled  bool
	release func()
	told    time.Time
}

// An identity tells whether a path still leads to the same folder.
type identity struct{ device, inode uint64 }

func identify(dir int, st *statx) (identity, error) {
	err := statDescriptor(dir, st)
	return identity{st.device(), st.Ino}, err
}

// begin sees to it that changes from now on are noted, and notes those since a time before.
func (w *watching) begin(dir int, since time.Time) (err error) {
	var st statx
	if w.self, err = identify(dir, &st); err != nil {
		return err
	}
	if !isRemote(dir) {
		if release, err := w.events.add(dir, w.changes); err == nil {
			w.release = release
			return w.catchUp(dir, since)
		}
	}
	w.polled = true
	p := &poller{watching: w}
	if err := p.look(dir, since); err != nil {
		return err
	}
	go p.run()
	return nil
}

// catchUp notes what changed between the client's listing and the begin of the watch.
func (w *watching) catchUp(dir int, since time.Time) error {
	var st statx
	if _, err := identify(dir, &st); err != nil {
		return err
	}
	if !st.Ctime.before(since) {
		w.lose()
		return nil
	}
	if st.Size >= largeFolder {
		return nil
	}
	return w.scan(dir, func(name string, st *statx) {
		if !st.Ctime.before(since) {
			w.note(name)
		}
	})
}

// scan looks at each entry of a folder that was just opened.
func (w *watching) scan(dir int, visit func(string, *statx)) error {
	buf := make([]byte, directoryBuf)
	var st statx
	for {
		n, err := readDirectory(dir, buf)
		if err != nil || n == 0 {
			return err
		}
		for name := range records(buf[:n]) {
			if err := w.cancelled(); err != nil {
				return err
			}
			if statEntry(dir, name, &st) == nil {
				visit(string(name[:len(name)-1]), &st)
			}
		}
	}
}

// tell sends what was noted, a part whenever the client has taken the one before.
func (w *watching) tell() error {
	for {
		err := w.wait()
		if err == nil {
			err = w.awaitMore()
		}
		if err == nil {
			err = w.flush()
		}
		if err != nil {
			return err
		}
	}
}

// wait returns a while after something was noted, so that more of the same comes along.
func (w *watching) wait() error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for waiting := true; waiting; {
		select {
		case <-w.noted:
			waiting = false
		case <-look.C:
			dir, err := w.reopen()
			if err != nil {
				return err
			}
			syscall.Close(dir)
		case <-w.ctx.Done():
			return syscall.ECANCELED
		}
	}
	pause := gatherFirst
	if time.Since(w.told) < time.Second {
		pause = gatherMore
	}
	select {
	case <-time.After(pause):
		return nil
	case <-w.ctx.Done():
		return syscall.ECANCELED
	}
}

// reopen opens the folder at its path, which has to be the one that is watched.
func (w *watching) reopen() (int, error) {
	dir, err := w.files.openDirectory(w.path())
	if err != nil {
		return -1, err
	}
	var st statx
	if self, err := identify(dir, &st); err != nil || self != w.self || st.Nlink == 0 {
		syscall.Close(dir)
		return -1, syscall.ENOENT
	}
	return dir, nil
}

// flush looks at what was noted and sends how it is now.
func (w *watching) flush() error {
	names, overflow, ended := w.take()
	if ended {
		return syscall.ENOENT
	}
	dir, err := w.reopen()
	if err != nil {
		return err
	}
	defer syscall.Close(dir)
	l := listing{request: w.request, dir: dir}
	gone := [][]byte{}
	for _, name := range names {
		before := l.count
		if l.add(append([]byte(name), 0), 0); l.count == before {
			gone = append(gone, []byte(name))
		}
		if l.size() >= batchBytes {
			l.pack()
		}
	}
	l.pack()
	w.frames = appendJSON(w.frames, w.id, typeProgress, struct {
		Gone     [][]byte `json:"gone"`
		Overflow bool     `json:"overflow"`
		Polled   bool     `json:"polled"`
	}{gone, overflow, w.polled})
	w.told = time.Now()
	return w.send()
}

// changes collects what was noted of one folder until it is taken.
type changes struct {
	noted chan struct{} // holds a token while there is something

	mu       sync.Mutex
	names    map[string]struct{}
	bytes    int
	overflow bool
	ended    bool
}

func newChanges() *changes {
	return &changes{noted: make(chan struct{}, 1), names: map[string]struct{}{}}
}

// note keeps the name of an entry that may have changed.
func (c *changes) note(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.names[name]; known || c.overflow {
		return
	}
	c.names[name] = struct{}{}
	c.bytes += len(name)
	if len(c.names) > maxChanged || c.bytes > maxChangedBytes {
		c.forget()
	}
	c.wake()
}

// lose says that anything may have changed.
func (c *changes) lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget()
	c.wake()
}

// leave says that the folder itself is gone.
func (c *changes) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	c.wake()
}

func (c *changes) forget() {
	c.names, c.bytes, c.overflow = map[string]struct{}{}, 0, true
}

func (c *changes) wake() {
	select {
	case c.noted <- struct{}{}:
	default:
	}
}

// take gives everything noted so far, in the order of the names.
func (c *changes) take() (names []string, overflow, ended bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name := range c.names {
		names = append(names, name)
	}
	slices.Sort(names)
	overflow, ended = c.overflow, c.ended
	c.names, c.bytes, c.overflow = map[string]struct{}{}, 0, false
	return names, overflow, ended
}
