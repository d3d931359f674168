package main

import "syscall"

// Whoever makes entries all the time while they are moved is not run after.
const maxRounds = 100

// resume makes a swap whole that was interrupted, and tells how it ended.
func (s *swapping) resume() (state string, err error) {
	switch s.phase {
	case "":
		if s.Version == 0 {
			return "rolled back", s.closeUnchanged()
		}
		return "rolled back", s.close(s.Before.Atime, s.Before.Mtime)
	case phaseOut:
		return "rolled back", s.undo()
	case phaseIn:
		return "finished", s.finish()
	case phaseClean:
		return "finished", s.clean()
	}
	return "", notOurs(s.Job)
}

// undo brings the old entries back to their places.
func (s *swapping) undo() error {
	if err := s.drain(oldPrefix + s.Job); err != nil {
		return err
	}
	return s.close(s.Before.Atime, s.Before.Mtime)
}

// finish brings the new entries to their places.
func (s *swapping) finish() error {
	if err := s.drain(newPrefix + s.Job); err != nil {
		return err
	}
	if err := s.sortOut(); err != nil {
		return err
	}
	if s.Root != nil {
		if err := giveRoot(s.dir, s.Root.attributes(), &s.losses); err != nil {
			return err
		}
	}
	if err := syncDescriptor(s.dir); err != nil {
		return err
	}
	if err := syncFileSystem(s.dir); err != nil { // before anything old is removed
		return err
	}
	if err := s.journal.begin(phaseClean); err != nil {
		return err
	}
	return s.clean()
}

// drain moves all that is in a folder of ours up, and removes it. It may be gone already.
func (s *swapping) drain(folder string) error {
	from, err := s.files.openUnmounted(s.dir, folder)
	if err == syscall.ENOENT {
		return nil
	}
	if err != nil {
		return err
	}
	defer syscall.Close(from)
	for range maxRounds {
		if err := s.drainOnce(from); err != nil {
			return err
		}
		err = unlinkAt(s.dir, append([]byte(folder), 0), atRemoveDir)
		if err != syscall.ENOTEMPTY && err != syscall.EEXIST {
			break
		}
	}
	if err != nil {
		return err
	}
	return syncDescriptor(s.dir)
}

// drainOnce moves what is there now, and returns once it is on the storage.
func (s *swapping) drainOnce(from int) error {
	all, err := namesIn(from)
	if err != nil {
		return err
	}
	for name := range all.each() {
		if err := s.place(from, name); err != nil && err != syscall.ENOENT { // which is removed meanwhile
			return cannotMove(name, err)
		}
		s.moved.Add(1)
	}
	return syncBoth(s.dir, from)
}

// place moves an entry up; what took its name meanwhile is put aside.
func (s *swapping) place(from int, name string) (err error) {
	for range maxRounds {
		err = moveEntry(from, s.dir, name)
		if err != syscall.EEXIST {
			return err
		}
		if err := s.putAside(s.dir, name); err != nil {
			return err
		}
	}
	return err
}

// clean removes the old entries, which are all in their folder, and the journal. What cannot be
// removed keeps the journal, for another time.
func (s *swapping) clean() error {
	name := oldPrefix + s.Job
	old, err := s.files.openUnmounted(s.dir, name)
	if err == syscall.ENOENT {
		return s.closeUnchanged()
	}
	if err != nil {
		return err
	}
	defer syscall.Close(old)
	var now statx
	if err := statDescriptor(s.dir, &now); err != nil {
		return err
	}
	d := &removal{request: s.request, buf: make([]byte, directoryBuf)}
	s.clear.Store(d)
	if err := d.clearFolder(old, below(s.path(), name)); err != nil || d.gone.errors.Load() > 0 {
		return err
	}
	if err := unlinkAt(s.dir, append([]byte(name), 0), atRemoveDir); err != nil {
		return err
	}
	if err := syncDescriptor(s.dir); err != nil {
		return err
	}
	return s.close(now.Atime, now.Mtime)
}

// closeUnchanged is for a folder that was not changed before.
func (s *swapping) closeUnchanged() error {
	var now statx
	if err := statDescriptor(s.dir, &now); err != nil {
		return err
	}
	return s.close(now.Atime, now.Mtime)
}

// close removes the journal, as the last step, and gives the folder these times again.
func (s *swapping) close(atime, mtime timestamp) error {
	if err := unlinkAt(s.dir, append([]byte(swapPrefix+s.Job), 0), 0); err != nil {
		return err
	}
	if err := syncDescriptor(s.dir); err != nil {
		return err
	}
	times := attributes{st: statx{Atime: atime, Mtime: mtime}}
	if err := giveTimes(s.dir, &times); err != nil {
		return err
	}
	return syncDescriptor(s.dir)
}
