package main

import (
	"bytes"
	"slices"
	"syscall"
	"time"
)

// A comparison reads a folder and its copy again, all of both.
type comparison struct {
	*procession
	done
	found differences
	lost  *losses // by the copying
	since time.Time
	links counterpart
}

// Kinds of a difference, and the losses of a copy that explain it.
var explained = map[string][]string{
	"missing":    {lossSocket, lossDevice, lossName, lossPath, lossUnreadable, lossLink},
	"owner":      {lossOwner},
	"mode":       {lossMode, lossACL, lossOwner},
	"time":       {lossTime},
	"link":       {lossLink},
	"unreadable": {lossUnreadable},
}

// compareFolders tells how a copy differs, but for what the clone before it has told, the marker, and
// the attributes of the two folders themselves.
func compareFolders(r *request) (any, error) {
	var asked struct {
		Target []byte `json:"target"`
		Since  int64  `json:"since_ns"` // 0: the clone before it
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if !validPath(string(asked.Target)) {
		return nil, invalid("the target is missing or not absolute and clean")
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
	c := &comparison{procession: newProcession(r, from, to)}
	c.pairs = c
	c.links = counterpart{to: map[inode]inode{}, back: map[inode]inode{}}
	lost, began := r.cloned.into(string(asked.Target))
	c.lost, c.since = lost, since(asked.Since, began)
	if err := r.tellMeanwhile(c.run, func() any { return c.sum() }); err != nil {
		return nil, err
	}
	return c.found.sum(c.sum()), nil
}

func (c *comparison) run() error {
	root, err := c.root()
	if err != nil {
		return err
	}
	return c.proceed(root)
}

// differ notes a difference unless the copying told why.
func (c *comparison) differ(d *twin, name []byte, kind string, st *statx) {
	path := d.path(name)
	for _, loss := range explained[kind] {
		if c.lost.has(loss, path) {
			return
		}
	}
	c.found.add(path, kind, !st.Ctime.before(c.since))
}

func (c *comparison) wants(d *twin, name []byte) bool { return !isMarker(d, name) }

func isMarker(d *twin, name []byte) bool { return d.up == nil && string(name) == markerName+"\x00" }

// enter opens a sub-folder on both sides.
func (c *comparison) enter(up *twin, name string) *twin {
	c.entries.Add(1)
	c.directories.Add(1)
	d := &twin{up: up, name: name, users: 1}
	for side, t := range c.trees {
		fd, err := t.openUnmounted(up.fds[side], name)
		if err != nil {
			if side == copied {
				syscall.Close(d.fds[origin])
			}
			c.unopened(up, name, side, err)
			return nil
		}
		d.fds[side] = fd
	}
	err := readAttributes(-1, "", d.fds[origin], &d.own)
	var there statx
	if err == nil {
		err = statDescriptor(d.fds[copied], &there)
	}
	if err != nil {
		syscall.Close(d.fds[origin])
		syscall.Close(d.fds[copied])
		c.unread(d, err)
		return nil
	}
	d.ids = [sides]inode{inodeOf(&d.own.st), inodeOf(&there)}
	return d
}

// unopened tells about a folder that cannot be entered on one side.
func (c *comparison) unopened(up *twin, name string, side int, err error) {
	var st statx
	if gone := statEntry(up.fds[origin], append([]byte(name), 0), &st); gone != nil {
		return // it went while the folder above was read, and is told as extra if the copy has it
	}
	kind := "unreadable"
	switch {
	case side == origin && c.lost.has(lossUnreadable, up.path([]byte(name))):
		up.missing.Add(1)
		return
	case side == copied && err == syscall.ENOENT:
		up.missing.Add(1)
		kind = "missing"
	case side == copied && (err == syscall.ENOTDIR || err == syscall.ELOOP):
		kind = "type"
	}
	c.differ(up, []byte(name), kind, &st)
}

func (c *comparison) unread(d *twin, _ error) {
	if !c.halted() {
		c.differ(d, nil, "unreadable", &d.own.st)
	}
}

// end compares the folder itself, and looks for what only the copy has.
func (c *comparison) end(d *twin) {
	if d.up != nil {
		var now attributes
		if err := readAttributes(-1, "", d.fds[copied], &now); err != nil {
			c.unread(d, err)
			return
		}
		c.attributes(d, nil, &d.own, &now)
	}
	there := 0
	err := eachName(d.fds[copied], func(name []byte, _ uint16) error {
		if !isMarker(d, name) {
			there++
		}
		return nil
	})
	if err == nil && there != d.met-int(d.missing.Load()) {
		err = c.extra(d)
	}
	if err != nil {
		c.unread(d, err)
	}
}

// extra finds names that only the copy has.
func (c *comparison) extra(d *twin) error {
	return eachName(d.fds[copied], func(name []byte, _ uint16) error {
		var st statx
		if isMarker(d, name) || statEntry(d.fds[origin], name, &st) != syscall.ENOENT {
			return nil
		}
		if err := statDescriptor(d.fds[origin], &st); err != nil { // which had it, perhaps
			return err
		}
		c.differ(d, name[:len(name)-1], "extra", &st)
		return nil
	})
}

// attributes compares all but names and contents.
func (c *comparison) attributes(d *twin, name []byte, a, b *attributes) {
	link := a.st.kind() == syscall.S_IFLNK
	if a.st.UID != b.st.UID || a.st.GID != b.st.GID {
		c.differ(d, name, "owner", &a.st)
	}
	if !link && (a.st.Mode^b.st.Mode)&permissions != 0 {
		c.differ(d, name, "mode", &a.st)
	}
	if !a.st.Mtime.equal(b.st.Mtime) {
		c.differ(d, name, "time", &a.st)
	}
	if kind := a.st.kind(); (kind == syscall.S_IFCHR || kind == syscall.S_IFBLK) && a.st.rdev() != b.st.rdev() {
		c.differ(d, name, "device", &a.st)
	}
	c.xattrs(d, name, a, b)
}

// xattrs tells one difference for all extended attributes whose loss was not told.
func (c *comparison) xattrs(d *twin, name []byte, a, b *attributes) {
	same := func(x, y xattr) bool { return x.name == y.name && bytes.Equal(x.value, y.value) }
	if slices.EqualFunc(a.xattrs, b.xattrs, same) {
		return
	}
	path := d.path(name)
	for i, x := range slices.Concat(a.xattrs, b.xattrs) {
		other := b
		if i >= len(a.xattrs) {
			other = a
			if fromTheSystem(x.name) && a.find(x.name) == nil {
				continue
			}
		}
		if y := other.find(x.name); (y == nil || !same(x, *y)) && !c.lost.has(kindOfXattr(x.name), path) {
			c.found.add(path, "xattr", !a.st.Ctime.before(c.since))
			return
		}
	}
}
