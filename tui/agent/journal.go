package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"syscall"
)

// A phase is how far a swap is; the journal names each one once it has begun.
type phase string

const (
	phaseOut   phase = "out"   // old entries go to their folder; all of it can be undone
	phaseIn    phase = "in"    // new entries go to their places; there is no way back
	phaseClean phase = "clean" // what is new is in place and on the storage; what is old may go
)

const (
	journalVersion = 1
	journalBegin   = `{"version":`
)

// A journal is a file beside what it is about: a line that says what is swapped, a line for each old
// entry, and one for each phase that has begun. What a crash left of a line counts for nothing.
type journal struct {
	journalHead
	entries map[string]birth // those that were there when the swap began
	phase   phase            // empty: nothing was moved yet
	damaged bool             // a whole line makes no sense
	fd      int
	end     int64 // of the last whole line
}

// A journalHead is the first line.
type journalHead struct {
	Version int          `json:"version"`
	Job     string       `json:"job"`
	Before  journalRoot  `json:"before"`
	Root    *journalRoot `json:"root"` // nil: the folder keeps its own
}

// A journalRoot is what an attributes holds, as JSON.
type journalRoot struct {
	Mode   uint16         `json:"mode"`
	UID    uint32         `json:"uid"`
	GID    uint32         `json:"gid"`
	Atime  timestamp      `json:"atime"`
	Mtime  timestamp      `json:"mtime"`
	Xattrs []journalXattr `json:"xattrs,omitempty"`
}

type journalXattr struct {
	Name  []byte `json:"name"`
	Value []byte `json:"value"`
}

// An birth tells an entry from one that took its name: number and time of birth, as numbers are
// used again.
type birth struct {
	Inode uint64 `json:"inode"`
	Born  int64  `json:"born"` // ns, 0 where the file system does not say
}

// A journalLine is each one after the first: an entry or a phase.
type journalLine struct {
	Name []byte `json:"name,omitempty"`
	birth
	Phase phase `json:"phase,omitempty"`
}

// writeJournal makes the journal of a swap that is about to begin, and opens it. It is on the storage
// then; after an error there is none.
func writeJournal(dir int, head journalHead, entries map[string]birth) (*journal, error) {
	name := swapPrefix + head.Job
	fd, err := createAt(dir, name, syscall.O_RDWR|syscall.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{journalHead: head, entries: entries, fd: fd}
	if err = j.writeEntries(); err == nil {
		err = j.begin(phaseOut)
	}
	if err == nil {
		err = syncDescriptor(dir)
	}
	if err != nil {
		syscall.Close(fd)
		unlinkAt(dir, append([]byte(name), 0), 0)
		return nil, err
	}
	return j, nil
}

func (j *journal) writeEntries() error {
	out := bufio.NewWriterSize(j, 1<<18)
	lines := json.NewEncoder(out)
	if err := lines.Encode(j.journalHead); err != nil {
		return err
	}
	for name, id := range j.entries {
		if err := lines.Encode(journalLine{Name: []byte(name), birth: id}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Write appends whole lines.
func (j *journal) Write(lines []byte) (int, error) {
	if err := writeAll(j.fd, lines); err != nil {
		return 0, err
	}
	j.end += int64(len(lines))
	return len(lines), nil
}

// begin notes that a phase begins; after an error it has not, unless the storage fails altogether.
func (j *journal) begin(next phase) error {
	line, err := json.Marshal(journalLine{Phase: next})
	if err != nil {
		return err
	}
	before := j.end
	if err = j.cutAt(before); err == nil {
		_, err = j.Write(append(line, '\n'))
	}
	if err == nil {
		err = syncDescriptor(j.fd)
	}
	if err == nil {
		j.phase = next
		return nil
	}
	if j.cutAt(before) != nil || syncDescriptor(j.fd) != nil {
		return unclear{err}
	}
	return err
}

// cutAt forgets what stands behind the whole lines.
func (j *journal) cutAt(end int64) error {
	j.end = end
	if err := syscall.Ftruncate(j.fd, end); err != nil {
		return err
	}
	_, err := syscall.Seek(j.fd, end, io.SeekStart)
	return err
}

// An unclear error leaves open which phase the storage has: only another opening can tell.
type unclear struct{ error }

func (u unclear) Unwrap() error { return u.error }

// readJournal opens the journal of a swap that was interrupted.
func readJournal(dir int, job string) (*journal, error) {
	at, err := openPath(dir, append([]byte(swapPrefix+job), 0))
	if err != nil {
		return nil, err
	}
	defer syscall.Close(at)
	var st statx
	if err := statDescriptor(at, &st); err != nil {
		return nil, err
	}
	if st.kind() != syscall.S_IFREG {
		return nil, notOurs(job)
	}
	fd, err := reopen(at, syscall.O_RDWR)
	if err != nil {
		return nil, err
	}
	j := &journal{entries: make(map[string]birth), fd: fd}
	if err = j.parse(); err == nil {
		err = j.check(dir, job)
	}
	if err != nil {
		syscall.Close(fd)
		return nil, err
	}
	return j, nil
}

// check refuses what is no journal of this job. One whose writing did not end is as good as none:
// nothing is moved before.
func (j *journal) check(dir int, job string) error {
	if j.phase != "" && j.Version == journalVersion && j.Job == job && !j.damaged {
		return nil
	}
	var begin [len(journalBegin)]byte
	n, err := syscall.Pread(j.fd, begin[:], 0)
	if err != nil {
		return err
	}
	cut := n == 0 || begin[0] == 0 || string(begin[:n]) == journalBegin[:n]
	started := statEntry(dir, append([]byte(oldPrefix+job), 0), new(statx)) != syscall.ENOENT
	if !cut || started {
		return notOurs(job)
	}
	if j.Job != job {
		j.journalHead = journalHead{Job: job}
	}
	j.phase = ""
	return nil
}

func notOurs(job string) error {
	return refusal{syscall.EUCLEAN, swapPrefix + job + " is no journal that this version understands"}
}

// parse reads up to the first line that is not whole, which the next begin cuts off.
func (j *journal) parse() error {
	in := bufio.NewReaderSize(descriptor(j.fd), 1<<18)
	for first := true; ; first = false {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if j.damaged = !j.take(line, first); j.damaged {
			return nil
		}
		j.end += int64(len(line))
	}
}

// take understands one whole line.
func (j *journal) take(line []byte, first bool) bool {
	if first {
		return json.Unmarshal(line, &j.journalHead) == nil
	}
	var l journalLine
	if json.Unmarshal(line, &l) != nil {
		return false
	}
	if l.Phase != "" {
		j.phase = l.Phase
	} else {
		j.entries[string(l.Name)] = l.birth
	}
	return true
}

func (a *attributes) journaled() *journalRoot {
	root := &journalRoot{Mode: a.st.Mode, UID: a.st.UID, GID: a.st.GID, Atime: a.st.Atime, Mtime: a.st.Mtime}
	for _, x := range a.xattrs {
		root.Xattrs = append(root.Xattrs, journalXattr{[]byte(x.name), bytes.Clone(x.value)})
	}
	return root
}

func (j *journalRoot) attributes() *attributes {
	a := &attributes{st: statx{Mode: j.Mode, UID: j.UID, GID: j.GID, Atime: j.Atime, Mtime: j.Mtime}}
	for _, x := range j.Xattrs {
		a.xattrs = append(a.xattrs, xattr{string(x.Name), x.Value})
	}
	return a
}

// A descriptor reads from where it stands.
type descriptor int

func (d descriptor) Read(buf []byte) (int, error) {
	for {
		n, err := syscall.Read(int(d), buf)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return 0, err
		case n == 0 && len(buf) > 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}
