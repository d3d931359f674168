package main

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
)

// A swapping puts the contents of a staging folder in the place of those beside it. Killed at any
// moment, it leaves what swapping.resume makes whole: all old before the phase "in" has begun, all
// new from then on. What appears in the folder meanwhile is neither: it stays, or goes to a folder of its
// own where it is in the way.
type swapping struct {
	*request
	*journal
	dir    int
	moved  atomic.Uint64
	clear  atomic.Pointer[removal] // of the old entries, once that has begun
	losses losses
	kept   sample // paths of what appeared meanwhile
}

// A swapAnswer is the DONE of swap.
type swapAnswer struct {
	Losses *losses   `json:"losses"`
	Kept   *sample   `json:"kept"`
	Failed []failure `json:"failed,omitempty"`
}

// swap replaces all that is in a folder by what is in its staging folder.
func swap(r *request) (any, error) {
	var asked struct {
		Staging []byte `json:"staging"`
		Job     string `json:"job"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if !validJob(asked.Job) || string(asked.Staging) != newPrefix+asked.Job {
		return nil, invalid("the staging is not named " + newPrefix + "JOB, with a job of letters, digits, - and _")
	}
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(dir)
	s := newSwapping(r, dir)
	if err := r.tellMeanwhile(func() error { return s.run(asked.Job) }, s.progress); err != nil {
		return nil, err
	}
	return s.answer(), nil
}

func newSwapping(r *request, dir int) *swapping {
	return &swapping{request: r, dir: dir, kept: sample{Paths: [][]byte{}}}
}

func (s *swapping) answer() swapAnswer {
	answer := swapAnswer{Losses: &s.losses, Kept: &s.kept}
	if d := s.clear.Load(); d != nil {
		answer.Failed = d.gone.failed
	}
	return answer
}

// A swapProgress counts entries: moved ones in the folder itself, removed ones with all below.
type swapProgress struct {
	Moved   uint64 `json:"moved"`
	Removed uint64 `json:"removed"`
}

func (s *swapping) progress() any {
	told := swapProgress{Moved: s.moved.Load()}
	if d := s.clear.Load(); d != nil {
		told.Removed = d.gone.files.Load() + d.gone.directories.Load()
	}
	return told
}

// run goes through the phases. Whoever cancels after the first one is answered when what is new is
// in place.
func (s *swapping) run(job string) error {
	if err := s.start(job); err != nil {
		return err
	}
	defer syscall.Close(s.fd)
	err := s.moveOut()
	if err == nil {
		err = s.journal.begin(phaseIn)
	}
	if errors.As(err, new(unclear)) {
		return err
	}
	if err != nil {
		if undone := s.undo(); undone != nil {
			return undone
		}
		return err
	}
	if err := s.tellAppeared(); err != nil {
		return err
	}
	return s.finish()
}

// start checks everything that can be checked, and writes the journal.
func (s *swapping) start(job string) error {
	if err := occupy(s.dir); err != nil {
		return err
	}
	if err := refuseInterrupted(s.dir); err != nil {
		return err
	}
	if err := refuseReserved(s.dir, beside); err != nil {
		return err
	}
	staging, err := s.files.openUnmounted(s.dir, newPrefix+job)
	if err != nil {
		return err
	}
	defer syscall.Close(staging)
	if err := refuseReserved(staging, func(string) bool { return false }); err != nil {
		return err
	}
	if err := syncFileSystem(s.dir); err != nil {
		return err
	}
	head := journalHead{Version: journalVersion, Job: job}
	var before attributes
	if err := readAttributes(-1, "", s.dir, &before); err != nil {
		return err
	}
	head.Before = *before.journaled()
	if root := s.rootOf(s.stagingPath(job)); root != nil {
		head.Root = root.journaled()
	}
	entries, err := s.births()
	if err == nil {
		s.journal, err = writeJournal(s.dir, head, entries)
	}
	return err
}

// refuseInterrupted refuses a folder in which a swap waits for recover.
func refuseInterrupted(dir int) error {
	return eachName(dir, func(name []byte, _ uint16) error {
		s := string(name[:len(name)-1])
		if jobOf(s, swapPrefix) != "" || jobOf(s, oldPrefix) != "" {
			return refusal{syscall.EEXIST, s + " is left of a replacement that was interrupted"}
		}
		return nil
	})
}

// beside tells which names of ours do not keep a swap from beginning: the marker, which belongs to
// the old contents, and staging folders.
func beside(name string) bool { return name == markerName || jobOf(name, newPrefix) != "" }

func (s *swapping) stagingPath(job string) string { return below(s.path(), newPrefix+job) }

func below(path, name string) string {
	if path == "/" {
		return path + name
	}
	return path + "/" + name
}

// births are those of all entries to be replaced.
func (s *swapping) births() (map[string]birth, error) {
	entries := make(map[string]birth)
	err := eachName(s.dir, func(name []byte, _ uint16) error {
		if old := string(name[:len(name)-1]); replaced(old) {
			id, err := birthOf(s.dir, name)
			if err == syscall.ENOENT {
				return nil
			}
			entries[old] = id
			return err
		}
		return s.cancelled()
	})
	return entries, err
}

// replaced tells whether an entry of the folder belongs to its contents.
func replaced(name string) bool { return !reserved(name) || name == markerName }

// birthOf looks at one name, which ends with NUL.
func birthOf(dir int, name []byte) (birth, error) {
	var st statx
	if err := statxCall(dir, name, atNoFollow|atNoAutomount, statxBasic|statxBtime, &st); err != nil {
		return birth{}, err
	}
	id := birth{Inode: st.Ino}
	if st.Mask&statxBtime != 0 {
		id.Born = st.Btime.Sec*1e9 + int64(st.Btime.Nsec)
	}
	return id, nil
}

// moveOut brings the entries that the journal names to their folder.
func (s *swapping) moveOut() error {
	old, err := makeFolder(s.dir, oldPrefix+s.Job)
	if err != nil {
		return err
	}
	defer syscall.Close(old)
	if err := syncDescriptor(s.dir); err != nil {
		return err
	}
	for name := range s.entries {
		if err := s.cancelled(); err != nil {
			return err
		}
		switch err := moveEntry(s.dir, old, name); err {
		case nil:
			s.moved.Add(1)
		case syscall.ENOENT: // removed meanwhile
		default:
			return cannotMove(name, err)
		}
	}
	return syncBoth(old, s.dir)
}

func syncBoth(one, other int) error {
	if err := syncDescriptor(one); err != nil {
		return err
	}
	return syncDescriptor(other)
}

// cannotMove names the entry that keeps its folder from being swapped.
func cannotMove(name string, err error) error {
	errno, ok := err.(syscall.Errno)
	if !ok {
		return err
	}
	why := errno.Error()
	switch errno {
	case syscall.EPERM:
		why = "it may be immutable or append-only"
	case syscall.EBUSY, syscall.EXDEV:
		why = "something is mounted there"
	}
	return refusal{errno, fmt.Sprintf("%q cannot be moved: %s", name, why)}
}
