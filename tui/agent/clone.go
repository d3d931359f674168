package main

import (
	"sync/atomic"
	"syscall"
	"time"
)

// A clone makes a folder the same as another one.
type clone struct {
	*procession
	done
	losses  losses
	changed altered
	first   originals
	flags   flagging
	began   time.Time
	noClone atomic.Bool
	noRange atomic.Bool
	mount   uint64
}

// A cloneSum is the DONE of clone.
type cloneSum struct {
	doneSum
	Written uint64  `json:"written"` // bytes that were really written, or shared
	BeganNs int64   `json:"began_ns"`
	Losses  *losses `json:"losses"`
	Changed sample  `json:"changed"`
}

// cloneFolder copies what is below a folder into another one, whose own attributes `settle` gives.
func cloneFolder(r *request) (any, error) {
	var asked struct {
		Target []byte `json:"target"`
		Flags  bool   `json:"flags"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if !validPath(string(asked.Target)) {
		return nil, invalid("the target is missing or not absolute and clean")
	}
	if err := apart(r.path(), string(asked.Target)); err != nil {
		return nil, err
	}
	from, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(from)
	to, err := r.files.openDirectory(string(asked.Target))
	if err != nil {
		return nil, err
	}
	defer syscall.Close(to)
	c := &clone{procession: newProcession(r, from, to), began: time.Now()}
	c.pairs, c.flags.wanted = c, asked.Flags
	if err := c.prepare(); err != nil {
		return nil, err
	}
	if err := r.tellMeanwhile(c.run, func() any { return c.progress() }); err != nil {
		return nil, err
	}
	r.cloned.keep(string(asked.Target), c)
	return &cloneSum{c.sum(), c.written.Load(), c.began.UnixNano(), &c.losses, c.changed.told()}, nil
}

func (c *clone) progress() any {
	return struct {
		doneSum
		Written uint64 `json:"written"`
	}{c.sum(), c.written.Load()}
}

// prepare refuses what would not become a clone, and makes the target neutral: its default ACL,
// group and extended attributes would go to everything that is made in it.
func (c *clone) prepare() error {
	if err := refuseReserved(c.trees[origin].root, func(string) bool { return false }); err != nil {
		return err
	}
	if err := eachName(c.trees[copied].root, func(name []byte, _ uint16) error {
		if string(name) != markerName+"\x00" {
			return syscall.ENOTEMPTY
		}
		return nil
	}); err != nil {
		return err
	}
	neutral := attributes{st: statx{Mode: syscall.S_IFDIR | 0o700}}
	root := object{-1, "", c.trees[copied].root}
	if err := root.stat(&neutral.st); err != nil {
		return err
	}
	neutral.st.Mode, neutral.st.UID, neutral.st.GID = syscall.S_IFDIR|0o700, 0, 0
	return applyAttributes(-1, "", root.fd, &neutral, &losses{}, func() []byte { return nil })
}

// apart refuses a folder that would be cloned into itself.
func apart(from, to string) error {
	inside := func(a, b string) bool { return a == "/" || b == a || len(b) > len(a) && b[:len(a)+1] == a+"/" }
	if inside(from, to) || inside(to, from) {
		return invalid("source and target are not apart")
	}
	return nil
}

func (c *clone) run() error {
	root, err := c.root()
	if err != nil {
		return err
	}
	c.mount = root.own.st.MountID
	c.first.names = make(map[inode]*original)
	defer c.first.forget()
	if err := c.proceed(root); err != nil {
		return err
	}
	return c.flags.apply(c)
}

func (c *clone) wants(*twin, []byte) bool { return true }

// enter makes the counterpart of a sub-folder.
func (c *clone) enter(up *twin, name string) *twin {
	c.entries.Add(1)
	c.directories.Add(1)
	d := &twin{up: up, name: name, users: 1}
	from, err := c.trees[origin].openUnmounted(up.fds[origin], name)
	if err == nil {
		d.fds[origin] = from
		if err = readAttributes(-1, "", from, &d.own); err != nil {
			syscall.Close(from)
		}
	}
	if err != nil {
		c.missed(up, []byte(name), err)
		return nil
	}
	d.ids[origin] = inodeOf(&d.own.st)
	if err = makeCounterpart(up.fds[copied], name, d); err != nil {
		syscall.Close(from)
		c.unmade(up, name, lossName, err)
		return nil
	}
	return d
}

func makeCounterpart(up int, name string, d *twin) error {
	fd, err := makeFolder(up, name)
	if err != nil {
		return err
	}
	var st statx
	if err := statDescriptor(fd, &st); err != nil {
		syscall.Close(fd)
		return err
	}
	d.fds[copied], d.ids[copied] = fd, inodeOf(&st)
	return nil
}

// end gives a folder its attributes, once nothing is made in it any more.
func (c *clone) end(d *twin) {
	if d.own.st.changed(d.fds[origin]) {
		c.changed.add(d.path(nil))
	}
	if d.up == nil { // settle does that
		c.flags.note(c, d, nil, &d.own.st)
		return
	}
	path := func() []byte { return d.path(nil) }
	if err := applyAttributes(-1, "", d.fds[copied], &d.own, &c.losses, path); err != nil {
		c.fail(err)
		return
	}
	c.flags.note(c, d, nil, &d.own.st)
}

// changed tells whether the source was written to since it was looked at.
func (st *statx) changed(fd int) bool {
	var now statx
	if err := statDescriptor(fd, &now); err != nil {
		return true
	}
	return !now.Ctime.equal(st.Ctime) || !now.Mtime.equal(st.Mtime) || now.Size != st.Size
}

// unread is for folders that were entered.
func (c *clone) unread(d *twin, err error) { c.missed(d, nil, err) }

// missed counts what of the source could not be read.
func (c *clone) missed(d *twin, name []byte, err error) {
	switch err {
	case syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP, syscall.ESTALE, syscall.ENXIO: // gone or replaced
		c.changed.add(d.path(name))
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM: // of ours
		c.fail(err)
	default:
		c.losses.add(lossUnreadable, d.path(name))
	}
}

// unmade counts what the target cannot have, and ends the work where it can have nothing more.
func (c *clone) unmade(d *twin, name, kind string, err error) {
	switch err {
	case syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
		syscall.ENOENT, syscall.ESTALE, syscall.EFBIG:
		c.fail(err)
	case syscall.EEXIST, syscall.ENAMETOOLONG, syscall.EILSEQ, syscall.EINVAL:
		c.losses.add(lossName, d.path([]byte(name)))
	default:
		c.losses.add(kind, d.path([]byte(name)))
	}
}
