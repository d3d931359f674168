package main

import "sync"

// originals knows the first copy of each file that has several names.
type originals struct {
	mu    sync.Mutex
	names map[inode]*original
}

// An original is the first name of an inode, once it is made.
type original struct {
	in   *twin
	name string
	left uint32 // names still to come
	made chan struct{}
	ok   bool
}

// take tells whether this is the first name of an inode, whose maker calls finish; another one gets
// the first, made. Beyond what may be remembered it is neither.
func (o *originals) take(st *statx, d *twin, name string) (first, other *original) {
	if st.Nlink < 2 {
		return nil, nil
	}
	id := inodeOf(st)
	o.mu.Lock()
	known := o.names[id]
	if known == nil {
		if linked.Add(1) > maxLinked {
			linked.Add(-1)
			o.mu.Unlock()
			return nil, nil
		}
		known = &original{in: d, name: name, left: st.Nlink - 1, made: make(chan struct{})}
		o.names[id] = known
		o.mu.Unlock()
		return known, nil
	}
	if known.left--; known.left == 0 {
		delete(o.names, id)
		linked.Add(-1)
	}
	o.mu.Unlock()
	<-known.made
	return nil, known
}

func (o *original) finish(ok bool) {
	if o != nil {
		o.ok = ok
		close(o.made)
	}
}

func (o *originals) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	linked.Add(-int64(len(o.names)))
	o.names = nil
}
