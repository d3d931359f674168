package main

import "syscall"

const (
	maxLoaders  = 2
	maxWaiting  = 8
	bundleNames = 128
	bundleBytes = 1 << 20
	fewNames    = 8 // are not worth waking a loader
)

// A bundle is some entries of one folder, and what the archive has of them.
type bundle struct {
	dir    int    // the folder
	owned  bool   // dir has to be closed
	path   []byte // of the folder as the archive has it, with / at its end
	names  []byte // each closed by NUL
	kinds  []uint16
	out    []byte
	aside  []aside
	loaded chan struct{} // holds something once out is complete
}

// An aside is an entry that has its place in the archive but is left to the walker: large files, and
// what has several names, as it matters which of them is the first.
type aside struct {
	at   int // in out
	name []byte
}

// empty gives a bundle to be filled.
func (p *packing) empty() *bundle {
	n := len(p.spare)
	if n == 0 {
		return &bundle{loaded: make(chan struct{}, 1)}
	}
	b := p.spare[n-1]
	p.spare = p.spare[:n-1]
	b.names, b.kinds, b.out, b.aside = b.names[:0], b.kinds[:0], b.out[:0], b.aside[:0]
	return b
}

func (b *bundle) close() {
	if b.owned {
		syscall.Close(b.dir)
		b.owned = false
	}
}

// giveAway lets a loader have what was gathered of the deepest folder.
func (p *packing) giveAway() error {
	b := p.bundle
	if b == nil {
		return nil
	}
	p.bundle = nil
	b.path = append(b.path[:0], p.path...)
	if p.loading != nil && len(b.kinds) >= fewNames {
		if fd, err := syscall.Dup(p.top().fd); err == nil {
			b.dir, b.owned = fd, true
			p.loading <- b
			return p.queue(b)
		}
	}
	b.dir = p.top().fd
	p.late.load(b)
	if err := p.queue(b); err != nil || len(b.aside) == 0 {
		return err
	}
	return p.flush(0) // while the folder is open
}

// queue gives a bundle its place in the archive.
func (p *packing) queue(b *bundle) error {
	p.waiting = append(p.waiting, b)
	return p.flush(maxWaiting)
}

// flush writes the oldest bundles until so many are left.
func (p *packing) flush(left int) error {
	for len(p.waiting) > left {
		b := p.waiting[0]
		<-b.loaded
		if err := p.writeBundle(b); err != nil {
			return err
		}
		b.close()
		p.waiting = append(p.waiting[:0], p.waiting[1:]...)
		p.spare = append(p.spare, b)
	}
	return nil
}

func (p *packing) writeBundle(b *bundle) error {
	begin := 0
	for _, a := range b.aside {
		if err := p.write(b.out[begin:a.at]); err != nil {
			return err
		}
		begin = a.at
		p.late.path = append(append(p.late.path[:0], b.path...), a.name[:len(a.name)-1]...)
		if err := p.late.takeAside(b.dir, a.name); err != nil {
			return err
		}
	}
	return p.write(b.out[begin:])
}
