package main

import (
	"bytes"
	"sync"
	"sync/atomic"
	"syscall"
)

// A packing writes what is below a folder as a pax archive. The walker reads folders, gives what is in
// them to loaders in bundles, and writes those in the order it gave them away.
type packing struct {
	walk
	*packStream
	packFields
	losses  losses
	changed packChanges
	buf     []byte
	path    []byte  // of the deepest folder as the archive has it, with / at its end
	begin   int     // so much of a path stands before what is below the start
	stamps  []statx // of the folders on the way, as they were when they were read
	own     *loader // for folders
	late    *loader // for what is left to the walker
	firsts  firstNames
	bundle  *bundle      // being gathered
	waiting []*bundle    // in the order of the archive
	loading chan *bundle // nil: there is nobody but the walker
	spare   []*bundle

	done packCounts
}

// packFields are what a request for pack says.
type packFields struct {
	Prefix  []byte `json:"prefix"`
	Comment []byte `json:"comment"`
	Image   bool   `json:"image"`
}

// packCounts are what is in the archive so far.
type packCounts struct{ entries, files, directories, size atomic.Uint64 }

// A packSum is a PROGRESS of pack.
type packSum struct {
	Entries     uint64 `json:"entries"`
	Files       uint64 `json:"files"`
	Directories uint64 `json:"directories"`
	Size        uint64 `json:"size"`
}

// A packAnswer is its DONE.
type packAnswer struct {
	packSum
	Stream  uint64       `json:"stream"`
	SHA256  string       `json:"sha256"`
	Losses  *losses      `json:"losses"`
	Changed *packChanges `json:"changed"`
}

// pack sends a folder as an archive.
func pack(r *request) (any, error) {
	p := &packing{packStream: newPackStream(r), buf: make([]byte, directoryBuf)}
	if err := r.fields(&p.packFields); err != nil {
		return nil, err
	}
	if err := p.name(); err != nil {
		return nil, err
	}
	start, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(start)
	p.start = start
	if err := refuseReserved(start, func(string) bool { return false }); err != nil {
		return nil, err
	}
	if err := p.pour(p.work, func() any { return p.sum() }); err != nil {
		return nil, err
	}
	return packAnswer{p.sum(), p.total, p.digest(), &p.losses, &p.changed}, nil
}

// name sets what stands before every path.
func (p *packing) name() error {
	folder := p.Prefix
	if len(folder) == 0 {
		folder = []byte(".")
	} else if !validPath("/"+string(folder)) || bytes.IndexByte(folder, '/') >= 0 {
		return invalid("the prefix is not one name")
	}
	p.path = append(bytes.Clone(folder), '/')
	p.begin = len(p.path)
	return nil
}

func (p *packing) sum() packSum {
	return packSum{p.done.entries.Load(), p.done.files.Load(), p.done.directories.Load(), p.done.size.Load()}
}

// told is how a path is told to the client: from the folder on that is packed.
func (p *packing) told(path []byte) []byte {
	told := append([]byte("/"), path[p.begin:]...)
	if n := len(told) - 1; n > 0 && told[n] == '/' {
		told = told[:n]
	}
	return told
}

// work writes the archive with the help of whoever is free.
func (p *packing) work() error {
	p.own, p.late = p.newLoader(), p.newLoader()
	p.firsts = make(firstNames)
	defer p.firsts.forget()
	defer p.closeAll()
	var loaders sync.WaitGroup
	loading := make(chan *bundle, maxWaiting)
	for range maxLoaders {
		select {
		case p.hired <- struct{}{}:
			p.loading = loading
			loaders.Go(func() {
				defer func() { <-p.hired }()
				l := p.newLoader()
				for b := range loading {
					l.load(b)
				}
			})
		default:
		}
	}
	err := p.roam()
	close(loading)
	loaders.Wait()
	for _, b := range p.waiting {
		b.close()
	}
	return err
}
