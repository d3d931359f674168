package main

import (
	"context"
	"runtime"
	"sync"
	"syscall"
)

const (
	mostWorkers = 4
	maxBatches  = 16 // that wait for a worker; each may hold a pair of folders open
)

// A procession goes through a tree and its counterpart: one goroutine walks and reads folders,
// some more handle the entries. Whoever is the last in a folder ends it.
type procession struct {
	twins
	*request
	pairs   pairs
	ctx     context.Context // ends with the request, or when something failed
	halt    context.CancelFunc
	batches chan handful // nil: the walker does everything
	alone   func(handful)
	buf     []byte
	stack   []unread
	failing sync.Once
	failure error
}

// pairs is what one operation does on the way. enter and wants are called by the walker only.
type pairs interface {
	// enter opens a sub-folder on both sides; nil: it is left out.
	enter(up *twin, name string) *twin
	// wants tells whether an entry of the source is to be handled at all.
	wants(d *twin, name []byte) bool
	// unread is called where a folder of the source cannot be read to its end.
	unread(d *twin, err error)
	// worker gives one goroutine its way to handle entries that are no folders.
	worker() func(handful)
	// end is called when everything below a folder is done; both sides are open.
	end(d *twin)
}

// A handful is some entries of one folder.
type handful struct {
	*twin
	parcel
}

// An unread folder was met, but not opened.
type unread struct {
	up   *twin
	name string
}

func newProcession(r *request, from, to int) *procession {
	p := &procession{request: r, buf: make([]byte, directoryBuf)}
	p.trees = [sides]*tree{{root: from}, {root: to}}
	p.ctx, p.halt = context.WithCancel(r.ctx)
	return p
}

// fail ends the work; the first reason is kept.
func (p *procession) fail(err error) {
	p.failing.Do(func() { p.failure = err })
	p.halt()
}

func (p *procession) halted() bool { return p.ctx.Err() != nil }

// root makes the twin that a procession starts from.
func (p *procession) root() (*twin, error) {
	root := &twin{users: 1}
	for side, t := range p.trees {
		fd, err := openAt(t.root, ".", syscall.O_RDONLY|syscall.O_DIRECTORY)
		if err != nil {
			return nil, err
		}
		root.fds[side] = fd
		var st statx
		if err := statDescriptor(fd, &st); err != nil {
			return nil, err
		}
		root.ids[side] = inodeOf(&st)
	}
	p.open.Add(1)
	return root, readAttributes(-1, "", root.fds[origin], &root.own)
}

// proceed does everything.
func (p *procession) proceed(root *twin) error {
	defer p.halt()
	var workers sync.WaitGroup
	batches := make(chan handful, maxBatches)
	for range min(2*runtime.GOMAXPROCS(0), mostWorkers) {
		select {
		case p.hired <- struct{}{}:
			p.batches = batches
			workers.Go(func() {
				defer func() { <-p.hired }()
				work := p.pairs.worker()
				for b := range batches {
					p.handle(b, work)
				}
			})
		default:
		}
	}
	p.alone = p.pairs.worker()
	p.walk(root)
	close(batches)
	workers.Wait()
	if p.failure != nil {
		return p.failure
	}
	return p.cancelled()
}

func (p *procession) walk(root *twin) {
	root.pending.Store(1)
	p.read(root)
	for len(p.stack) > 0 {
		last := len(p.stack) - 1
		next := p.stack[last]
		p.stack = p.stack[:last]
		if d := p.down(next); d != nil {
			d.pending.Store(1)
			p.read(d)
		} else {
			p.finish(next.up)
		}
	}
}

// down goes into a folder.
func (p *procession) down(next unread) *twin {
	if p.halted() {
		return nil
	}
	reopened := next.up.fds[origin] < 0
	if err := p.hold(next.up, nil); err != nil {
		p.pairs.unread(next.up, err)
		return nil
	}
	defer p.letGo(next.up)
	if reopened {
		p.note(next.up)
	}
	d := p.pairs.enter(next.up, next.name)
	if d != nil {
		p.open.Add(1)
		p.note(d)
	}
	return d
}

// read hands over what is in a folder, which is in use until then.
func (p *procession) read(d *twin) {
	b := handful{twin: d}
	for !p.halted() {
		n, err := readDirectory(d.fds[origin], p.buf)
		if err != nil {
			p.pairs.unread(d, err)
		}
		if err != nil || n == 0 {
			break
		}
		for name, kind := range records(p.buf[:n]) {
			p.meet(&b, name, kind)
		}
	}
	p.handOver(&b)
	p.letGo(d)
	p.finish(d)
}

func (p *procession) meet(b *handful, name []byte, kind uint16) {
	if !p.pairs.wants(b.twin, name) {
		return
	}
	b.met++
	if kind == 0 { // the file system does not tell it
		var st statx
		if statEntry(b.fds[origin], name, &st) == nil {
			kind = st.kind()
		}
	}
	if kind == syscall.S_IFDIR {
		b.pending.Add(1)
		p.stack = append(p.stack, unread{b.twin, string(name[:len(name)-1])})
		return
	}
	b.names = append(b.names, name...)
	b.kinds = append(b.kinds, kind)
	if len(b.kinds) == parcelNames || len(b.names) > parcelBytes {
		p.handOver(b)
	}
}

func (p *procession) handOver(b *handful) {
	if len(b.kinds) == 0 {
		return
	}
	b.pending.Add(1)
	b.mu.Lock()
	b.users++
	b.mu.Unlock()
	if p.batches != nil {
		p.batches <- *b
	} else {
		p.handle(*b, p.alone)
	}
	b.parcel = parcel{}
}

func (p *procession) handle(b handful, work func(handful)) {
	if !p.halted() {
		work(b)
	}
	p.letGo(b.twin)
	p.finish(b.twin)
}

// finish is called for each thing that is done in a folder; the last one ends it, and so on above.
func (p *procession) finish(d *twin) {
	var below *twin
	for d != nil && d.pending.Add(-1) == 0 {
		if !p.halted() {
			if err := p.hold(d, below); err != nil {
				p.pairs.unread(d, err)
			} else {
				p.pairs.end(d)
				p.letGo(d)
			}
		}
		if below != nil {
			p.shut(below)
		}
		below, d = d, d.up
	}
	if below != nil {
		p.shut(below)
	}
}
