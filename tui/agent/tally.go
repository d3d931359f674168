package main

import "sync/atomic"

// A tally counts what a search has looked at; several goroutines add to it. It is cut when the limit
// of results was reached.
type tally struct {
	entries, files, bytes, binary, errors, found atomic.Uint64
	cut                                          atomic.Bool
}

// A searchSum is a tally at one moment: a PROGRESS or the DONE of find and grep.
type searchSum struct {
	Entries uint64 `json:"entries"`
	Files   uint64 `json:"files"`
	Bytes   uint64 `json:"bytes"`
	Binary  uint64 `json:"binary"`
	Errors  uint64 `json:"errors"`
	Found   uint64 `json:"found"`
	Cut     bool   `json:"cut"`
}

func (t *tally) sum() searchSum {
	return searchSum{
		Entries: t.entries.Load(), Files: t.files.Load(), Bytes: t.bytes.Load(),
		Binary: t.binary.Load(), Errors: t.errors.Load(), Found: t.found.Load(), Cut: t.cut.Load(),
	}
}

// find counts a result and tells whether it may be told, and whether it is the last one.
func (t *tally) find(limit uint64) (told, last bool) {
	switch found := t.found.Add(1); {
	case found < limit:
		return true, false
	case found == limit:
		t.cut.Store(true)
		return true, true
	}
	t.found.Add(^uint64(0))
	return false, true
}
