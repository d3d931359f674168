package main

import (
	"slices"
	"syscall"
)

// A recoverAnswer is the DONE of recover.
type recoverAnswer struct {
	State   string   `json:"state"`   // none, finished or rolled back
	Removed [][]byte `json:"removed"` // names of ours that are gone
	Left    [][]byte `json:"left"`    // those that are still there
	swapAnswer
}

// recoverSwap ends what an interrupted swap left: all old entries are back, or all new ones in place.
// Called again it goes on; called beside a swap that runs it is EBUSY. It removes staging folders that nobody fills, only if told.
func recoverSwap(r *request) (any, error) {
	var asked struct {
		Staging bool `json:"staging"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(dir)
	s := newSwapping(r, dir)
	answer := recoverAnswer{State: "none"}
	err = r.tellMeanwhile(func() error { return s.recover(asked.Staging, &answer) }, s.progress)
	if err != nil {
		return nil, err
	}
	answer.swapAnswer = s.answer()
	return answer, nil
}

func (s *swapping) recover(staging bool, answer *recoverAnswer) error {
	if err := occupy(s.dir); err != nil {
		return err
	}
	before, err := leftovers(s.dir)
	if err != nil {
		return err
	}
	for _, name := range before {
		if job := jobOf(name, swapPrefix); job != "" {
			if err := s.resumeJob(job, answer); err != nil {
				return err
			}
		}
	}
	for _, name := range before {
		if staging && jobOf(name, newPrefix) != "" {
			if err := s.removeStaging(name); err != nil {
				return err
			}
		}
	}
	after, err := leftovers(s.dir)
	answer.Removed, answer.Left = [][]byte{}, bytesOf(after)
	for _, name := range before {
		if !slices.Contains(after, name) {
			answer.Removed = append(answer.Removed, []byte(name))
		}
	}
	return err
}

func (s *swapping) resumeJob(job string, answer *recoverAnswer) (err error) {
	if s.journal, err = readJournal(s.dir, job); err != nil {
		return err
	}
	defer syscall.Close(s.fd)
	answer.State, err = s.resume()
	return err
}

// leftovers are the names in a folder that swaps and imports have made, in order.
func leftovers(dir int) ([]string, error) {
	var found []string
	err := eachName(dir, func(name []byte, _ uint16) error {
		s := string(name[:len(name)-1])
		if jobOf(s, swapPrefix) != "" || jobOf(s, oldPrefix) != "" || jobOf(s, newPrefix) != "" {
			found = append(found, s)
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}

// removeStaging removes a folder that somebody has begun to fill and nobody fills now.
func (s *swapping) removeStaging(name string) error {
	dir, err := s.files.openUnmounted(s.dir, name)
	if err == syscall.ENOENT || err == syscall.ENOTDIR || err == syscall.ELOOP {
		return nil
	}
	if err != nil {
		return err
	}
	defer syscall.Close(dir)
	if s.occupyUnstaged(dir, below(s.path(), name)) != nil {
		return nil
	}
	d := &removal{request: s.request, buf: make([]byte, directoryBuf)}
	s.clear.Store(d)
	if err := d.clearFolder(dir, below(s.path(), name)); err != nil || d.gone.errors.Load() > 0 {
		return err
	}
	if err := unlinkAt(s.dir, append([]byte(name), 0), atRemoveDir); err != nil {
		return err
	}
	return syncDescriptor(s.dir)
}

func bytesOf(names []string) [][]byte {
	all := make([][]byte, len(names))
	for i, name := range names {
		all[i] = []byte(name)
	}
	return all
}
