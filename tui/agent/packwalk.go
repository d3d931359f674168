package main

import (
	"bytes"
	"syscall"
)

// Layers of an image mean something else by such names.
var whiteout = []byte(".wh.")

// roam writes everything, a folder before what is in it and that before its folders.
func (p *packing) roam() error {
	if len(p.Comment) > 0 {
		if err := p.write(appendGlobal(nil, p.Comment)); err != nil {
			return err
		}
	}
	fd, err := reopen(p.start, syscall.O_RDONLY|syscall.O_DIRECTORY)
	if err != nil {
		return err
	}
	err = p.scan("", fd)
	for err == nil && len(p.levels) > 0 {
		err = p.step()
	}
	if err == nil {
		err = p.flush(0)
	}
	if err == nil {
		err = p.end()
	}
	return err
}

// step visits the next folder, or goes up.
func (p *packing) step() error {
	if err := p.cancelled(); err != nil {
		return err
	}
	if name, ok := p.top().next(); ok {
		return p.visit(name)
	}
	p.climb()
	return nil
}

func (p *packing) climb() {
	last := len(p.levels) - 1
	if err := statDescriptor(p.top().fd, &p.own.st); err != nil || !sameMoment(&p.own.st, &p.stamps[last]) {
		p.changed.add(p.told(p.path))
	}
	above := p.path
	if p.leave() > 0 {
		p.losses.add(lossUnreadable, p.told(above)) // a folder above was moved away meanwhile
	}
	p.stamps = p.stamps[:len(p.levels)]
	if len(p.levels) > 0 {
		p.path = p.path[:p.top().end]
	}
}

// visit goes down into a folder of the deepest level.
func (p *packing) visit(name string) error {
	fd, err := p.files.openUnmounted(p.top().fd, name)
	p.path = append(append(p.path, name...), '/')
	switch err {
	case nil:
		return p.scan(name, fd)
	case syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP: // removed or replaced meanwhile
		p.changed.add(p.told(p.path))
		err = nil
	default:
		p.losses.add(lossUnreadable, p.told(p.path))
		err = p.folder(object{p.top().fd, name, -1}) // its own entry is there all the same
	}
	p.path = p.path[:p.top().end]
	return err
}

// scan writes a folder's entry, reads its names and makes it the deepest level, which owns its descriptor.
func (p *packing) scan(name string, fd int) error {
	if err := p.enter(name, fd); err != nil {
		return err
	}
	p.top().end = len(p.path)
	if err := p.folder(object{fd: fd}); err != nil {
		return err
	}
	for {
		n, err := readDirectory(fd, p.buf)
		if err != nil && err != syscall.ENOENT { // which says that the folder itself was removed
			p.losses.add(lossUnreadable, p.told(p.path))
		}
		if err != nil || n == 0 {
			return p.giveAway()
		}
		for entry, kind := range records(p.buf[:n]) {
			if err := p.meet(entry, kind); err != nil {
				return err
			}
		}
	}
}

// folder writes the own entry of a folder, whose path is that of the walk.
func (p *packing) folder(o object) error {
	l := p.own
	if err := o.stat(&l.st); err != nil {
		return err
	}
	if o.fd >= 0 {
		p.stamps = append(p.stamps, l.st)
	}
	l.path = append(l.path[:0], p.path...)
	l.readXattrsOf(o)
	l.describe(kindFolder, 0)
	if len(l.path) > p.begin {
		p.done.directories.Add(1)
		p.done.entries.Add(1)
	}
	b := p.empty()
	b.out = appendMember(b.out, &l.member)
	b.loaded <- struct{}{}
	return p.queue(b)
}

// meet takes the name of an entry of the deepest folder.
func (p *packing) meet(name []byte, kind uint16) error {
	if p.Image && bytes.HasPrefix(name, whiteout) {
		p.losses.add(lossWhiteout, p.told(append(bytes.Clone(p.path), name[:len(name)-1]...)))
		return nil
	}
	if kind == 0 { // the file system does not tell it
		if err := statEntry(p.top().fd, name, &p.own.st); err == nil {
			kind = p.own.st.kind()
		}
	}
	if kind == syscall.S_IFDIR {
		p.top().pending = append(p.top().pending, name...)
		return nil
	}
	if p.bundle == nil {
		p.bundle = p.empty()
	}
	p.bundle.names = append(p.bundle.names, name...)
	p.bundle.kinds = append(p.bundle.kinds, kind)
	if len(p.bundle.kinds) == bundleNames {
		return p.giveAway()
	}
	return nil
}
