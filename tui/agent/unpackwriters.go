package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

const maxWriters = 4

// writers finish small files while the stream is read on. Where the connection has no threads to
// spare, whoever reads does it.
type writers struct {
	u       *unpacking
	full    chan *sheaf // nil: there are none
	empty   chan *sheaf
	current *sheaf
	own     dataprint
	busy    sync.WaitGroup
	problem atomic.Pointer[error]
}

// A sheaf is some small files, created, with what is to be written.
type sheaf struct {
	files []smallOne
	data  []byte
}

type smallOne struct {
	*archived
	fd   int
	note *note
	end  int // of its data in the sheaf
}

func (w *writers) begin(u *unpacking) {
	w.u, w.current = u, &sheaf{}
	count := 0
	full := make(chan *sheaf, 1)
	for range min(runtime.GOMAXPROCS(0), maxWriters) {
		select {
		case u.hired <- struct{}{}:
			count++
			w.busy.Go(func() {
				defer func() { <-u.hired }()
				w.work(full)
			})
		default:
		}
	}
	if count == 0 {
		return
	}
	w.full = full
	w.empty = make(chan *sheaf, count+1)
	for range cap(w.empty) {
		w.empty <- &sheaf{}
	}
}

func (w *writers) work(full <-chan *sheaf) {
	var print dataprint
	for b := range full {
		w.finish(b, &print)
		w.empty <- b
	}
}

// finish writes all files of a sheaf, and closes them in any case.
func (w *writers) finish(b *sheaf, print *dataprint) {
	begin := 0
	for _, f := range b.files {
		if w.problem.Load() == nil {
			if err := w.write(f, b.data[begin:f.end], print); err != nil {
				err = w.u.storage(f.archived, err)
				w.problem.CompareAndSwap(nil, &err)
			}
		}
		syscall.Close(f.fd)
		begin = f.end
	}
	clear(b.files)
	b.files, b.data = b.files[:0], b.data[:0]
}

func (w *writers) write(f smallOne, data []byte, print *dataprint) error {
	if err := w.u.cancelled(); err != nil {
		return err
	}
	if err := writeAll(f.fd, data); err != nil {
		return err
	}
	print.begin(w.u.seed)
	print.write(data)
	w.u.size.Add(uint64(len(data)))
	return w.u.finishFile(f.archived, f.fd, f.note, print)
}

// failed tells the first problem anybody had.
func (w *writers) failed() error {
	if problem := w.problem.Load(); problem != nil {
		return *problem
	}
	return nil
}

// take reads the data of a small file and lets it be written.
func (w *writers) take(m *archived, fd int, n *note) error {
	b := w.current
	for left := m.stored; left > 0; {
		part, err := w.u.reader.part(left)
		if err != nil {
			syscall.Close(fd)
			return err
		}
		b.data = append(b.data, part...)
		left -= int64(len(part))
	}
	b.files = append(b.files, smallOne{m, fd, n, len(b.data)})
	if len(b.files) == togetherFiles || len(b.data) >= togetherBytes {
		w.handOver()
	}
	return nil
}

func (w *writers) handOver() {
	if w.full == nil {
		w.finish(w.current, &w.own)
		return
	}
	w.full <- w.current
	w.current = <-w.empty
}

// end waits until all is written, also after a failure: nothing is made behind it.
func (w *writers) end() error {
	w.handOver()
	if w.full != nil {
		close(w.full)
	}
	w.busy.Wait()
	return w.failed()
}
