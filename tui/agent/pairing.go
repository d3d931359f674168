package main

import (
	"bytes"
	"syscall"
)

// A pairing goes through two folders at once: down where both have a folder of the same name.
type pairing struct {
	*request
	from, to walk
	path     []byte // of the deepest folder below the start, with / at its end
}

// beginStaging opens a folder and the staging folder in it.
func (p *pairing) beginStaging(r *request, staging []byte) error {
	p.request = r
	name, err := stagingName(staging)
	if err != nil {
		return err
	}
	if p.to.start, err = r.files.openDirectory(r.path()); err != nil {
		return err
	}
	if p.from.start, err = r.files.openUnmounted(p.to.start, name); err != nil {
		syscall.Close(p.to.start)
		return err
	}
	if err = refuseReserved(p.from.start, func(string) bool { return false }); err == nil {
		err = p.enterStart()
	}
	if err != nil {
		p.end()
	}
	return err
}

// end closes all that is open.
func (p *pairing) end() {
	p.from.closeAll()
	p.to.closeAll()
	syscall.Close(p.from.start)
	syscall.Close(p.to.start)
}

func (p *pairing) enterStart() error {
	from, err := syscall.Dup(p.from.start)
	if err != nil {
		return err
	}
	to, err := syscall.Dup(p.to.start)
	if err != nil {
		syscall.Close(from)
		return err
	}
	return p.enter("", from, to)
}

// enter makes two open folders the deepest ones; they belong to the pairing from now on.
func (p *pairing) enter(name string, from, to int) error {
	all, err := namesIn(from)
	if err != nil {
		syscall.Close(from)
		syscall.Close(to)
		return err
	}
	if err := p.from.enter(name, from); err != nil {
		syscall.Close(to)
		return err
	}
	if err := p.to.enter(name, to); err != nil {
		p.from.leave()
		return err
	}
	if name != "" {
		p.path = append(append(p.path, name...), '/')
	}
	top := p.from.top()
	top.pending, top.end = all, len(p.path)
	return nil
}

// goDown enters the folder that both have under a name.
func (p *pairing) goDown(name string) error {
	from, err := p.files.openUnmounted(p.from.top().fd, name)
	if err != nil {
		return err
	}
	to, err := p.files.openUnmounted(p.to.top().fd, name)
	if err != nil {
		syscall.Close(from)
		return err
	}
	return p.enter(name, from, to)
}

// run gives every name of the first folder to visit, and calls left behind each folder.
func (p *pairing) run(visit func(name string), left func(name string)) error {
	for len(p.from.levels) > 0 {
		if err := p.cancelled(); err != nil {
			return err
		}
		if name, ok := p.from.top().next(); ok {
			visit(name)
			continue
		}
		name, above := p.from.top().name, len(p.from.levels)-1
		p.from.leave()
		p.to.leave()
		if len(p.from.levels) != above || len(p.to.levels) != above { // moved away by somebody
			return syscall.ESTALE
		}
		if above > 0 {
			p.path = p.path[:p.from.top().end]
			left(name)
		}
	}
	return nil
}

// kinds are those of a name in both folders.
func (p *pairing) kinds(name string) (from, to uint16, err error) {
	var st statx
	end := append([]byte(name), 0)
	if err = statEntry(p.from.top().fd, end, &st); err != nil {
		return 0, 0, err
	}
	from = st.kind()
	err = statEntry(p.to.top().fd, end, &st)
	return from, st.kind(), err
}

// pathOf is the path of a name in the deepest folder, as the client would ask for it.
func (p *pairing) pathOf(name string) []byte {
	above := p.request.path()
	if above == "/" {
		above = ""
	}
	return bytes.Join([][]byte{[]byte(above), []byte("/"), p.path, []byte(name)}, nil)
}
