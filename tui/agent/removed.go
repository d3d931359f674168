package main

import (
	"sync/atomic"
	"syscall"
)

// What stays is told one by one, as long as the paths are not too long together.
const (
	maxFailures  = 100
	failureBytes = 256 << 10
)

// removed counts what is gone, and keeps what stays.
type removed struct {
	files, directories, size, errors atomic.Uint64
	failed                           []failure
	told                             int // bytes of their paths
}

// A failure is an entry that could not be removed.
type failure struct {
	Path  []byte `json:"path"`
	Code  string `json:"code"`
	Errno int    `json:"errno"`
}

// A removedSum is a PROGRESS, without failures, or the DONE of remove.
type removedSum struct {
	Files       uint64    `json:"files"`
	Directories uint64    `json:"directories"`
	Size        uint64    `json:"size"`
	Errors      uint64    `json:"errors"`
	Failed      []failure `json:"failed,omitempty"`
}

func (s *removed) sum() removedSum {
	return removedSum{Files: s.files.Load(), Directories: s.directories.Load(), Size: s.size.Load(), Errors: s.errors.Load()}
}

// fail notes that the entry at a path stays.
func (s *removed) fail(path []byte, err error) {
	s.errors.Add(1)
	if len(s.failed) == maxFailures || s.told+len(path) > failureBytes {
		return
	}
	errno, ok := err.(syscall.Errno)
	if !ok {
		errno = syscall.EIO
	}
	s.told += len(path)
	s.failed = append(s.failed, failure{path, errnoName(errno), int(errno)})
}
