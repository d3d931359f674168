package main

import (
	"strconv"
	"syscall"
)

// What somebody made in a folder while its contents were swapped, and what is in the way of an entry
// that has to go there, is put into a folder with this name. It is no name of ours: from then on it
// is for the user to decide.
const asidePrefix = "voltui-kept-"

// tellAppeared notes what stands in the folder although all old entries have left it.
func (s *swapping) tellAppeared() error {
	return eachName(s.dir, func(name []byte, _ uint16) error {
		if appeared := string(name[:len(name)-1]); replaced(appeared) {
			s.keep(appeared)
		}
		return nil
	})
}

func (s *swapping) keep(path string) { s.kept.add([]byte(below(s.path(), path)), lossBytes) }

// sortOut takes from the old entries what was made or replaced after the swap began: only what the
// journal names is removed.
func (s *swapping) sortOut() error {
	name := oldPrefix + s.Job
	old, err := s.files.openUnmounted(s.dir, name)
	if err == syscall.ENOENT {
		return nil
	}
	if err != nil {
		return err
	}
	defer syscall.Close(old)
	all, err := namesIn(old)
	if err != nil {
		return err
	}
	for name := range all.each() {
		id, err := birthOf(old, append([]byte(name), 0))
		if err != nil {
			return err
		}
		if known, listed := s.entries[name]; listed && known == id {
			continue
		}
		if err := s.putAside(old, name); err != nil {
			return err
		}
	}
	return syncBoth(s.dir, old)
}

// putAside moves an entry to a folder for what appeared; with a number, where that has its name.
func (s *swapping) putAside(from int, name string) error {
	for n := 1; n <= maxRounds; n++ {
		folder := asidePrefix + s.Job
		if n > 1 {
			folder += "-" + strconv.Itoa(n)
		}
		err := s.moveTo(folder, from, name)
		switch err {
		case nil:
			s.keep(folder + "/" + name)
			return nil
		case syscall.ENOENT: // it went meanwhile
			return nil
		case syscall.EEXIST, syscall.ENOTDIR, syscall.ELOOP, syscall.EXDEV, syscall.EINVAL:
		default:
			return err
		}
	}
	return syscall.EEXIST
}

func (s *swapping) moveTo(folder string, from int, name string) error {
	to, err := makeFolder(s.dir, folder)
	if err == syscall.EEXIST {
		to, err = s.files.openUnmounted(s.dir, folder)
	}
	if err != nil {
		return err
	}
	defer syscall.Close(to)
	if err := moveEntry(from, to, name); err != nil {
		return err
	}
	return syncBoth(to, s.dir)
}
