package main

import (
	"bytes"
	"iter"
	"runtime"
	"sync"
	"syscall"
)

const (
	parcelNames = 128
	parcelBytes = 16 << 10
	maxParcels  = 4 // that wait for a looker; each may hold a descriptor
	maxLookers  = 4 // of one forest
)

// A parcel is some entries of one folder.
type parcel struct {
	dir    int
	path   string // as in forest
	branch *branch
	names  []byte // each closed by NUL
	kinds  []uint16
}

// entries gives names with their NUL, and what the folder says about their kind.
func (p *parcel) entries() iter.Seq2[[]byte, uint16] {
	return func(yield func([]byte, uint16) bool) {
		names := p.names
		for _, kind := range p.kinds {
			end := bytes.IndexByte(names, 0) + 1
			if !yield(names[:end], kind) {
				return
			}
			names = names[end:]
		}
	}
}

// work walks with whoever is free to help.
func (f *forest) work() error {
	var lookers sync.WaitGroup
	parcels := make(chan *parcel, maxParcels)
	for range min(runtime.GOMAXPROCS(0), maxLookers) {
		select {
		case f.hired <- struct{}{}:
			f.parcels = parcels
			lookers.Go(func() {
				defer func() { <-f.hired }()
				look := f.harvest.looker()
				for p := range parcels {
					look(p)
					syscall.Close(p.dir)
				}
			})
		default:
		}
	}
	f.alone = f.harvest.looker()
	err := f.roam()
	close(parcels)
	lookers.Wait()
	f.closeAll()
	if err == nil {
		err = f.halted()
	}
	return err
}

// handOver gives what was collected of the deepest folder to whoever looks.
func (f *forest) handOver() {
	p := f.parcel
	if len(p.kinds) == 0 {
		return
	}
	p.dir, p.path, p.branch = f.top().fd, string(f.path), f.branch
	if p.branch != nil {
		p.branch.busy.Add(1)
	}
	if f.parcels != nil {
		if fd, err := syscall.Dup(p.dir); err == nil {
			p.dir = fd
			f.parcels <- p
			f.parcel = &parcel{}
			return
		}
	}
	f.alone(p)
	p.names, p.kinds = p.names[:0], p.kinds[:0]
}
