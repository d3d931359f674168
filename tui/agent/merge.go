package main

import (
	"sync/atomic"
	"syscall"
	"time"
)

// A merging moves what a staging folder holds into the folder above it.
type merging struct {
	pairing
	overwrite      bool
	came           removed // counts what has come, and keeps what stayed because of an error
	kept, replaced atomic.Uint64
}

// A mergeSum is a PROGRESS, without failures, or the DONE of merge.
type mergeSum struct {
	Entries  uint64 `json:"entries"`
	Kept     uint64 `json:"kept"`     // existing entries that were left as they are
	Replaced uint64 `json:"replaced"` // existing entries that are no more
	removedSum
}

// merge moves entries one by one: folders with all that is in them where the name is free, else what
// they hold. What stays in the staging folder, which otherwise goes, is counted as kept or failed.
func merge(r *request) (any, error) {
	var asked struct {
		Staging   []byte `json:"staging"`
		Overwrite bool   `json:"overwrite"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	m := &merging{overwrite: asked.Overwrite}
	if err := m.beginStaging(r, asked.Staging); err != nil {
		return nil, err
	}
	defer m.end()
	if err := occupy(m.to.start); err != nil {
		return nil, err
	}
	if err := refuseInterrupted(m.to.start); err != nil {
		return nil, err
	}
	if err := r.tellMeanwhile(func() error { return m.work(string(asked.Staging)) }, m.sum); err != nil {
		return nil, err
	}
	sum := m.sum().(mergeSum)
	sum.Failed = m.came.failed
	return sum, nil
}

func (m *merging) sum() any {
	sum := mergeSum{Kept: m.kept.Load(), Replaced: m.replaced.Load(), removedSum: m.came.sum()}
	sum.Entries = sum.Files + sum.Directories
	return sum
}

func (m *merging) work(staging string) error {
	if err := m.run(m.visit, func(name string) { m.drop(m.from.top().fd, name) }); err != nil {
		return err
	}
	m.drop(m.to.start, staging)
	return syncFileSystem(m.to.start)
}

// drop removes a folder that was emptied; one in which something stayed is not empty.
func (m *merging) drop(dir int, name string) { unlinkAt(dir, append([]byte(name), 0), atRemoveDir) }

func (m *merging) visit(name string) {
	err := moveEntry(m.from.top().fd, m.to.top().fd, name)
	if err == syscall.EEXIST {
		err = m.meet(name)
	} else if err == nil {
		m.count(name)
	}
	if err != nil && err != syscall.ENOENT { // which is removed meanwhile
		m.came.fail(m.pathOf(name), err)
	}
}

// meet is for a name that is taken. A folder takes nobody's place, and nobody takes its.
func (m *merging) meet(name string) error {
	from, to, err := m.kinds(name)
	switch {
	case err != nil:
		return err
	case from == syscall.S_IFDIR && to == syscall.S_IFDIR:
		return m.goDown(name)
	case from == syscall.S_IFDIR:
		return syscall.ENOTDIR
	case to == syscall.S_IFDIR:
		return syscall.EISDIR
	case !m.overwrite:
		m.kept.Add(1)
		return nil
	}
	if err := renameAt(m.from.top().fd, name, m.to.top().fd, name, 0); err != nil {
		return err
	}
	m.replaced.Add(1)
	m.count(name)
	return nil
}

// count counts what has come under a name.
func (m *merging) count(name string) {
	var st statx
	if statEntry(m.to.top().fd, append([]byte(name), 0), &st) != nil {
		return
	}
	if st.kind() != syscall.S_IFDIR {
		m.came.files.Add(1)
		m.came.size.Add(st.Size)
		return
	}
	m.came.directories.Add(1)
	fd, err := m.files.openUnmounted(m.to.top().fd, name)
	if err != nil {
		return
	}
	defer syscall.Close(fd)
	c := &count{walk: walk{start: fd}, request: m.request, links: newLinks(), buf: make([]byte, directoryBuf)}
	c.ticker = &time.Ticker{} // tells nothing itself
	defer c.closeAll()
	defer c.links.forget()
	if c.run() == nil {
		m.came.files.Add(c.sum.Files)
		m.came.directories.Add(c.sum.Directories)
		m.came.size.Add(c.sum.Apparent)
	}
}
