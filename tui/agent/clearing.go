package main

import "syscall"

// Folders that are filled again while they are removed are read this often.
const maxVisits = 3

// A clearing is what a removal knows of one folder on its way.
type clearing struct {
	ended    bool  // it was read to its end
	failed   bool  // something in it stays
	met      bool  // something was in it since it was read from its begin
	reopened bool  // its descriptor cannot be read
	position int64 // where to read on
	parts    int   // that were read from its begin
	budget   int   // entries that are still to be read, behind the first part
	reads    int   // from its begin
	child    string
	again    bool // the child was filled meanwhile
	visits   int  // of the child
}

// read fills the buffer, 0 at the end. What is made while the folder is read is not run after: it
// ends where as many were met as the second reading found.
func (d *removal) read(c *clearing) (int, error) {
	if err := d.openAgain(c); err != nil {
		return 0, err
	}
	if c.parts == 1 {
		if err := d.countRest(c); err != nil {
			return 0, err
		}
	}
	if c.parts > 0 && c.budget <= 0 {
		return 0, nil
	}
	c.parts++
	n, err := readDirectory(d.top().fd, d.buf)
	if err == nil && n > 0 {
		c.position, err = syscall.Seek(d.top().fd, 0, 1)
	}
	return n, err
}

// openAgain lets a folder be read that was closed meanwhile.
func (d *removal) openAgain(c *clearing) error {
	if !c.reopened {
		return nil
	}
	fd, err := reopen(d.top().fd, syscall.O_RDONLY|syscall.O_DIRECTORY)
	if err != nil {
		return err
	}
	syscall.Close(d.top().fd)
	d.top().fd = fd
	c.reopened = false
	return d.goBack(c)
}

// goBack reads a folder where that stopped. If all that was read is gone this is its begin: not
// every file system knows another place again.
func (d *removal) goBack(c *clearing) error {
	place := int64(0)
	if c.failed {
		place = c.position
	}
	_, err := syscall.Seek(d.top().fd, place, 0)
	return err
}

// countRest tells how many entries a folder has from here on.
func (d *removal) countRest(c *clearing) error {
	c.budget = 0
	for {
		if err := d.cancelled(); err != nil {
			return err
		}
		n, err := readDirectory(d.top().fd, d.buf)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		for range records(d.buf[:n]) {
			c.budget++
		}
	}
	if c.budget == 0 {
		return nil
	}
	return d.goBack(c)
}

// reachEnd reads the start again: nothing else tells whether it was filled meanwhile.
func (d *removal) reachEnd(c *clearing) {
	c.ended = true
	if len(d.levels) > 1 || c.failed || !c.met {
		return
	}
	if c.reads == maxVisits {
		d.fail("", syscall.ENOTEMPTY)
		return
	}
	if _, err := syscall.Seek(d.top().fd, 0, 0); err == nil {
		*c = clearing{reads: c.reads + 1}
	}
}
