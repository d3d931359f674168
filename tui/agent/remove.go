package main

import (
	"bytes"
	"strings"
	"syscall"
	"time"
)

// A removal takes away what is below a folder, the deepest first. It goes by descriptors of the
// folders it has read, through no link and into nothing that is mounted below.
type removal struct {
	walk
	*request
	gone      removed
	clearings []clearing // one for each level
	above     string     // path of the start, with / at its end
	path      []byte     // of the deepest folder below the start, with / at its end
	buf       []byte
	st        statx
}

// remove takes away an entry with all that is below it, or only what is below a folder.
func remove(r *request) (any, error) {
	var asked struct {
		Contents bool `json:"contents"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	d := &removal{request: r, buf: make([]byte, directoryBuf)}
	begin := d.beginAtEntry
	if asked.Contents {
		begin = d.beginBelow
	}
	if err := begin(); err != nil {
		return nil, err
	}
	defer syscall.Close(d.start)
	defer d.closeAll()
	if err := r.tellMeanwhile(d.run, func() any { return d.gone.sum() }); err != nil {
		r.turn <- struct{}{} // also when it was cancelled: what is gone is told
		r.write(appendJSON(nil, r.id, typeProgress, d.gone.sum()))
		return nil, err
	}
	sum := d.gone.sum()
	sum.Failed = d.gone.failed
	return sum, nil
}

// tellMeanwhile works while the client is told how far, also where one call takes long.
func (r *request) tellMeanwhile(work func() error, how func() any) error {
	worked := make(chan error, 1)
	go func() { worked <- work() }()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-worked:
			return err
		case <-tick.C:
		}
		r.frames = appendJSON(r.frames, r.id, typeProgress, how())
		if r.send() != nil {
			return <-worked
		}
	}
}

func (d *removal) beginBelow() error {
	d.above = strings.TrimSuffix(d.request.path(), "/") + "/"
	return d.begin(d.above)
}

func (d *removal) beginAtEntry() error {
	path := d.request.path()
	if path == "/" {
		return refusal{syscall.EBUSY, "the root folder stays"}
	}
	slash := strings.LastIndexByte(path, '/')
	d.above = path[:slash+1]
	if err := d.begin(d.above); err != nil {
		return err
	}
	d.clearings[0].ended = true
	name := append([]byte(path[slash+1:]), 0)
	if err := statEntry(d.top().fd, name, &d.st); err != nil {
		d.closeAll()
		syscall.Close(d.start)
		return err
	}
	d.take(name, d.st.kind())
	return nil
}

// begin opens the folder at a path that may end with / and makes it the first level.
func (d *removal) begin(folder string) error {
	if folder != "/" {
		folder = strings.TrimSuffix(folder, "/")
	}
	start, err := d.files.openDirectory(folder)
	if err != nil {
		return err
	}
	return d.beginWith(start)
}

// clearFolder removes what is below an open folder; path is for what is told of it.
func (d *removal) clearFolder(dir int, path string) error {
	start, err := reopen(dir, syscall.O_RDONLY|syscall.O_DIRECTORY)
	if err != nil {
		return err
	}
	d.above = path + "/"
	if err := d.beginWith(start); err != nil {
		return err
	}
	defer syscall.Close(d.start)
	defer d.closeAll()
	return d.run()
}

// beginWith takes an open folder, which belongs to the removal from now on.
func (d *removal) beginWith(start int) error {
	d.start = start
	fd, err := syscall.Dup(start)
	if err == nil {
		err = d.goInto("", fd)
	}
	if err != nil {
		syscall.Close(start)
	}
	return err
}

func (d *removal) run() error {
	for len(d.levels) > 0 {
		if err := d.step(); err != nil {
			return err
		}
	}
	return nil
}

// step goes down, up, or further through the deepest folder.
func (d *removal) step() error {
	if err := d.cancelled(); err != nil {
		return err
	}
	c := d.clearing()
	if c.again {
		c.again = false
		d.visit(c.child)
	} else if name, ok := d.top().next(); ok {
		c.child, c.visits = name, 0
		d.visit(name)
	} else if !c.ended {
		return d.readOn()
	} else {
		d.climb()
	}
	return nil
}

func (d *removal) clearing() *clearing { return &d.clearings[len(d.clearings)-1] }

// goInto makes a folder the deepest level, which owns its descriptor.
func (d *removal) goInto(name string, fd int) error {
	if err := d.enter(name, fd); err != nil {
		return err
	}
	if name != "" {
		d.path = append(append(d.path, name...), '/')
	}
	d.top().end = len(d.path)
	d.clearings = append(d.clearings, clearing{reads: 1})
	return nil
}

// visit goes down into a folder of the deepest level.
func (d *removal) visit(name string) {
	d.clearing().visits++
	fd, err := d.files.openUnmounted(d.top().fd, name)
	if err == nil {
		err = d.goInto(name, fd)
	}
	if err == syscall.ENOTDIR || err == syscall.ELOOP { // replaced meanwhile
		err = d.unlink(append([]byte(name), 0))
	}
	switch err {
	case nil, syscall.ENOENT:
	case syscall.EISDIR:
		d.tryAgain(name, err)
	default:
		d.fail(name, err)
	}
}

// tryAgain lets a child that changed meanwhile be visited once more.
func (d *removal) tryAgain(name string, err error) {
	c := d.clearing()
	if c.again = c.visits < maxVisits; !c.again {
		d.fail(name, err)
	}
}

// readOn removes what the next records of the deepest folder name, folders excepted.
func (d *removal) readOn() error {
	c := d.clearing()
	n, err := d.read(c)
	if err == syscall.ECANCELED {
		return err
	}
	if err != nil && err != syscall.ENOENT { // which says that the folder itself was removed
		d.fail("", err)
	}
	if err != nil || n == 0 {
		d.reachEnd(c)
		return nil
	}
	for name, kind := range records(d.buf[:n]) {
		if err := d.cancelled(); err != nil {
			return err
		}
		c.met = true
		c.budget--
		d.take(name, kind)
	}
	return nil
}

// take removes an entry of the deepest folder, or keeps the name of a folder for later; name ends
// with NUL, kind is 0 where it is not known.
func (d *removal) take(name []byte, kind uint16) {
	err := error(syscall.EISDIR)
	if kind != syscall.S_IFDIR {
		err = d.unlink(name)
	}
	switch err {
	case nil, syscall.ENOENT:
	case syscall.EISDIR:
		d.top().pending = append(d.top().pending, name...)
	default:
		d.fail(string(name[:len(name)-1]), err)
	}
}

// unlink removes what is no folder; name ends with NUL. The bytes of a file go with its last name.
func (d *removal) unlink(name []byte) error {
	dir := d.top().fd
	if err := statEntry(dir, name, &d.st); err != nil {
		d.st = statx{}
	}
	if d.st.kind() == syscall.S_IFDIR {
		return syscall.EISDIR
	}
	if err := unlinkAt(dir, name, 0); err != nil {
		return err
	}
	d.gone.files.Add(1)
	if d.st.Nlink == 1 {
		d.gone.size.Add(d.st.Size)
	}
	return nil
}

// climb leaves the deepest folder and removes it, if nothing in it stays.
func (d *removal) climb() {
	name, failed := d.top().name, d.clearing().failed
	levels := len(d.levels) - 1
	closed := d.closed == levels
	d.leave()
	d.clearings = d.clearings[:len(d.levels)]
	if len(d.levels) == 0 {
		return
	}
	d.path = d.path[:d.top().end]
	c := d.clearing()
	c.reopened = c.reopened || closed
	if lost := levels - len(d.levels); lost > 0 { // moved away by somebody
		d.fail(d.levels[:len(d.levels)+1][len(d.levels)].name, syscall.ESTALE)
		return
	}
	if failed {
		c.failed = true
		return
	}
	switch err := unlinkAt(d.top().fd, append([]byte(name), 0), atRemoveDir); err {
	case nil:
		d.gone.directories.Add(1)
	case syscall.ENOENT:
	case syscall.ENOTEMPTY, syscall.EEXIST, syscall.ENOTDIR:
		d.tryAgain(name, syscall.ENOTEMPTY)
	default:
		d.fail(name, err)
	}
}

// fail notes that an entry of the deepest folder stays; without a name, that folder.
func (d *removal) fail(name string, err error) {
	d.clearing().failed = true
	path := bytes.Join([][]byte{[]byte(d.above), d.path, []byte(name)}, nil)
	if name == "" && len(path) > 1 {
		path = path[:len(path)-1]
	}
	d.gone.fail(path, err)
}
