package main

import "sync/atomic"

// done counts what a transfer has finished.
type done struct {
	entries, files, directories, size, written atomic.Uint64
}

// A doneSum is that at one moment, as the wire has it.
type doneSum struct {
	Entries     uint64 `json:"entries"`
	Files       uint64 `json:"files"` // regular ones
	Directories uint64 `json:"directories"`
	Size        uint64 `json:"size"` // bytes of files, holes counted, each file once
}

func (d *done) sum() doneSum {
	return doneSum{d.entries.Load(), d.files.Load(), d.directories.Load(), d.size.Load()}
}
