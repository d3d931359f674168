package main

import (
	"syscall"
	"time"
)

const progressEvery = 200 * time.Millisecond

// usage counts what a folder holds.
func usage(r *request) (any, error) {
	start, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(start)
	c := &count{
		walk:    walk{start: start},
		request: r,
		links:   newLinks(),
		buf:     make([]byte, directoryBuf),
		ticker:  time.NewTicker(progressEvery),
	}
	defer c.ticker.Stop()
	defer c.closeAll()
	defer c.links.forget()
	if err := c.run(); err != nil {
		return nil, err
	}
	c.sum.Errors += c.links.unsure // the bytes of some files may be counted more than once
	return c.sum, nil
}

// A sum is the answer of usage; what stands below the folder is counted, of the folder itself only
// its blocks.
type sum struct {
	Apparent    uint64 `json:"apparent"`
	Disk        uint64 `json:"disk"`
	Files       uint64 `json:"files"`
	Directories uint64 `json:"directories"`
	Errors      uint64 `json:"errors"`
}

// A count is one usage at work.
type count struct {
	walk
	*request
	sum    sum
	links  links
	st     statx
	buf    []byte
	ticker *time.Ticker
}

func (c *count) run() error {
	if err := statDescriptor(c.start, &c.st); err != nil {
		return err
	}
	c.sum.Disk = c.st.Blocks * 512
	fd, err := syscall.Dup(c.start)
	if err != nil {
		return err
	}
	if err := c.scan("", fd); err != nil {
		return err
	}
	for len(c.levels) > 0 {
		if err := c.tick(); err != nil {
			return err
		}
		name, ok := c.top().next()
		if !ok {
			c.sum.Errors += uint64(c.leave())
			continue
		}
		if err := c.visit(name); err != nil {
			return err
		}
	}
	return nil
}

// visit goes down into a folder of the deepest level.
func (c *count) visit(name string) error {
	fd, err := openAt(c.top().fd, name, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW)
	switch err {
	case nil:
		return c.scan(name, fd)
	case syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP: // removed or replaced meanwhile
	default:
		c.sum.Errors++
	}
	return nil
}

// scan counts the entries of a folder and makes it the deepest level, which owns its descriptor.
func (c *count) scan(name string, fd int) error {
	if err := c.enter(name, fd); err != nil {
		c.sum.Errors++
		return nil
	}
	for {
		n, err := readDirectory(fd, c.buf)
		if err != nil && err != syscall.ENOENT { // which says that the folder itself was removed
			c.sum.Errors++
		}
		if err != nil || n == 0 {
			return nil
		}
		for entry, kind := range records(c.buf[:n]) {
			if err := c.tick(); err != nil {
				return err
			}
			c.add(fd, entry, kind)
		}
	}
}

// tick tells the sums from time to time, and ends what is cancelled.
func (c *count) tick() error {
	select {
	case <-c.ticker.C:
		c.frames = appendJSON(c.frames, c.id, typeProgress, c.sum)
		return c.send()
	default:
		return c.cancelled()
	}
}

func (c *count) add(dir int, name []byte, kind uint16) {
	err := statEntry(dir, name, &c.st)
	if err == syscall.ENOENT {
		return
	}
	if err != nil {
		c.sum.Errors++
		c.st = statx{Mode: kind}
	}
	if c.st.kind() != syscall.S_IFDIR {
		c.sum.Files++
		if c.links.first(inodeOf(&c.st), c.st.Nlink) {
			c.sum.Apparent += c.st.Size
			c.sum.Disk += c.st.Blocks * 512
		}
		return
	}
	c.sum.Directories++
	c.sum.Disk += c.st.Blocks * 512
	if err == nil {
		c.top().pending = append(c.top().pending, name...)
	}
}
