package main

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
)

// attributes are all that an entry has besides its name and its contents.
type attributes struct {
	st     statx
	xattrs []xattr // by name; ACLs are among them, as system.posix_acl_*
}

// An xattr is an extended attribute.
type xattr struct {
	name  string
	value []byte
}

const (
	fewBytes  = 512      // the kernel zeroes as much as it is offered
	mostBytes = 64 << 10 // XATTR_LIST_MAX and XATTR_SIZE_MAX

	permissions = 0o7777
)

// readAttributes reads those of an open file or folder, or with fd -1 of a name in a folder: of a
// link, fifo, socket or device. Where only the extended attributes cannot be read, the rest is there.
func readAttributes(dir int, name string, fd int, a *attributes) error {
	o := object{dir, name, fd}
	a.xattrs = a.xattrs[:0]
	if err := o.stat(&a.st); err != nil {
		return err
	}
	return o.readXattrs(a)
}

// readXattrs asks with a buffer on the stack first: most entries have none.
func (o object) readXattrs(a *attributes) error {
	a.xattrs = a.xattrs[:0]
	var few [fewBytes]byte
	if n, err := o.listXattrs(few[:]); n == 0 && err == nil {
		return nil
	}
	return o.readListed(a)
}

func (o object) readListed(a *attributes) error {
	names, err := filled(make([]byte, fewBytes), o.listXattrs)
	if err == syscall.EOPNOTSUPP {
		return nil
	}
	for len(names) > 0 && err == nil {
		name, rest, _ := bytes.Cut(names, emptyName)
		names = rest
		var x xattr
		x.name = string(name)
		var space [fewBytes]byte
		var value []byte
		value, err = filled(space[:], func(buf []byte) (int, error) { return o.getXattr(x.name, buf) })
		if err == syscall.ENODATA { // it went meanwhile
			err = nil
			continue
		}
		x.value = bytes.Clone(value)
		a.xattrs = append(a.xattrs, x)
	}
	slices.SortFunc(a.xattrs, func(a, b xattr) int { return strings.Compare(a.name, b.name) })
	return err
}

// filled calls with a small buffer, and with the largest where that does not do.
func filled(few []byte, call func([]byte) (int, error)) ([]byte, error) {
	n, err := call(few)
	if err == syscall.ERANGE {
		few = make([]byte, mostBytes)
		n, err = call(few)
	}
	if err != nil {
		return nil, err
	}
	return few[:n], nil
}
