package main

import (
	"bytes"
	"math"
	"strconv"
)

const (
	mostExtension = 64 << 20 // bytes that headers say about one member
	mostXattrs    = 64 << 10 // the kernel lists fewer
)

// paxKeys are the records that are kept as they are; a program ignores what it does not know.
var paxKeys = map[string]bool{
	"path": true, "linkpath": true, "size": true, "uid": true, "gid": true, "mtime": true, "atime": true,
	"SCHILY.acl.access": true, "SCHILY.acl.default": true, "SCHILY.acl.ace": true, "SCHILY.fflags": true,
	"SCHILY.realsize": true, "SUN.holesdata": true, "GNU.volume.filename": true, "RHT.security.selinux": true,
	"SCHILY.devmajor": true, "SCHILY.devminor": true,
	"GNU.sparse.major": true, "GNU.sparse.minor": true, "GNU.sparse.name": true, "GNU.sparse.realsize": true,
	"GNU.sparse.size": true, "GNU.sparse.map": true, "GNU.sparse.numblocks": true,
}

// notGlobal are records that cannot be true of many members.
var notGlobal = []string{"path", "linkpath", "size", "SCHILY.realsize", "SUN.holesdata", "GNU.sparse.name",
	"GNU.sparse.realsize", "GNU.sparse.size", "GNU.sparse.map"}

// paxRecords are what extended headers say.
type paxRecords struct {
	values map[string]string
	xattrs []xattr
	coded  []xattr // as bsdtar has them besides, whose names may hold a =
	spots  spots   // of GNU's sparse format 0.0
}

func newPaxRecords() *paxRecords { return &paxRecords{values: map[string]string{}} }

func (p *paxRecords) clear() {
	clear(p.values)
	p.xattrs, p.coded, p.spots = nil, nil, spots{}
}

// parse reads records `length key=value\n`; what it keeps are copies.
func (p *paxRecords) parse(data []byte) error {
	for len(data) > 0 {
		digits, _, _ := bytes.Cut(data[:min(len(data), 20)], []byte{' '})
		length, err := strconv.ParseUint(string(digits), 10, 31)
		head := len(digits) + 1
		if err != nil || int(length) <= head || int(length) > len(data) || data[length-1] != '\n' {
			return flaw("an extended header has a record of a wrong length")
		}
		key, value, found := bytes.Cut(data[head:length-1], []byte{'='})
		if !found || len(key) == 0 {
			return flaw("an extended header has a record without a name")
		}
		if err := p.keep(string(key), value); err != nil {
			return err
		}
		data = data[length:]
	}
	return p.spots.complete()
}

func (p *paxRecords) keep(key string, value []byte) error {
	const schily, libarchive = "SCHILY.xattr.", "LIBARCHIVE.xattr."
	switch {
	case paxKeys[key]:
		p.values[key] = string(value)
	case len(key) > len(schily) && key[:len(schily)] == schily:
		return p.keepXattr(&p.xattrs, key[len(schily):], bytes.Clone(value))
	case len(key) > len(libarchive) && key[:len(libarchive)] == libarchive:
		name, ok := percentDecoded(key[len(libarchive):])
		decoded, err := base64Loose(value)
		if !ok || err != nil {
			return flaw("the extended attribute " + printable(key) + " is not encoded as it has to be")
		}
		return p.keepXattr(&p.coded, name, decoded)
	case key == "GNU.sparse.offset":
		return p.spots.offset(string(value))
	case key == "GNU.sparse.numbytes":
		return p.spots.numbytes(string(value))
	}
	return nil
}

func (p *paxRecords) keepXattr(into *[]xattr, name string, value []byte) error {
	if len(*into) == mostXattrs {
		return flaw("an entry has too many extended attributes")
	}
	*into = append(*into, xattr{name, value})
	return nil
}

// paxTime reads seconds with a fraction; what is below nanoseconds is cut.
func paxTime(text string) (timestamp, bool) {
	whole, fraction, _ := bytes.Cut([]byte(text), []byte{'.'})
	negative := len(whole) > 0 && whole[0] == '-'
	seconds, err := strconv.ParseInt(string(whole), 10, 64)
	if err != nil || seconds >= math.MaxInt64/2 || seconds <= math.MinInt64/2 {
		return timestamp{}, false
	}
	nanoseconds, scale := uint32(0), uint32(100_000_000)
	for _, c := range fraction {
		if c < '0' || c > '9' {
			return timestamp{}, false
		}
		nanoseconds += uint32(c-'0') * scale
		scale /= 10
	}
	if negative && nanoseconds > 0 {
		seconds--
		nanoseconds = 1_000_000_000 - nanoseconds
	}
	return timestamp{Sec: seconds, Nsec: nanoseconds}, true
}
