package main

import (
	"fmt"
	"hash/maphash"
	"syscall"
)

// make makes a new entry in a folder.
func (u *unpacking) make(m *archived, folder uint32, name string) error {
	if m.hard {
		return u.makeHard(m, folder, name)
	}
	switch m.st.kind() {
	case syscall.S_IFDIR:
		want, err := u.want(m)
		if err != nil {
			return err
		}
		return u.made(m, u.makeFolder(folder, name, want))
	case syscall.S_IFREG:
		return u.makeFile(m, folder, name)
	case syscall.S_IFLNK:
		return u.makeLink(m, folder, name)
	}
	return u.makeSpecial(m, folder, name)
}

// storage says which entry the storage does not take.
func (u *unpacking) storage(m *archived, err error) error {
	errno, ok := err.(syscall.Errno)
	if !ok || errno == syscall.ECANCELED {
		return err
	}
	return refusal{errno, fmt.Sprintf("The entry %s cannot be written: %v.", printable(m.name), errno)}
}

// made tells what came of making an entry: a name the storage cannot hold is a loss.
func (u *unpacking) made(m *archived, err error) error {
	if err == syscall.ENAMETOOLONG {
		return u.lose(m, lossName)
	}
	return u.storage(m, err)
}

// give applies attributes and notes them; what is lost is counted and noted as it is now.
func (u *unpacking) give(o object, want *attributes, n *note, path func() []byte) error {
	var lost losses
	if closed := closedToOwner(&want.st); closed != 0 && syscall.Geteuid() != 0 {
		readable := *want // who is not root could not verify it otherwise
		readable.st.Mode |= closed
		want = &readable
		u.losses.add(lossMode, path())
	}
	if err := applyAttributes(o.dir, o.name, o.fd, want, &lost, path); err != nil {
		return err
	}
	if len(lost.kinds) == 0 {
		n.setAttributes(u.seed, want)
		return nil
	}
	u.losses.merge(&lost, path())
	var now attributes
	err := readAttributes(o.dir, o.name, o.fd, &now)
	n.setAttributes(u.seed, lost.accepted(want, &now))
	return err
}

// closedToOwner are the permissions that an owner lacks who is to read it.
func closedToOwner(st *statx) uint16 {
	switch st.kind() {
	case syscall.S_IFREG:
		return syscall.S_IRUSR &^ st.Mode
	case syscall.S_IFDIR:
		return (syscall.S_IRUSR | syscall.S_IXUSR) &^ st.Mode
	}
	return 0
}

// merge counts what was lost of one entry.
func (l *losses) merge(of *losses, path []byte) {
	for kind, s := range of.kinds {
		for range s.Count {
			l.add(kind, path)
		}
	}
}

// accepted is what an entry should have, with what it has in the place of what it lost.
func (l *losses) accepted(want, now *attributes) *attributes {
	expected := *want
	for kind := range l.kinds {
		switch kind {
		case lossOwner:
			expected.st.UID, expected.st.GID = now.st.UID, now.st.GID
		case lossMode:
			expected.st.Mode = now.st.Mode
		case lossTime:
			expected.st.Mtime = now.st.Mtime
		default:
			expected.xattrs = now.xattrs
		}
	}
	return &expected
}

func (u *unpacking) makeLink(m *archived, folder uint32, name string) error {
	dir, err := u.folders.descriptor(folder)
	if err == nil {
		err = symlinkAt([]byte(m.target), dir, name)
	}
	if err != nil {
		return u.made(m, err)
	}
	n := u.at(u.note(folder, name, syscall.S_IFLNK))
	n.data = maphash.String(u.seed, m.target)
	return u.storage(m, u.give(object{dir, name, -1}, &m.attributes, n, m.shownPath))
}

func (m *archived) shownPath() []byte { return []byte("/" + m.path) }

// makeSpecial makes fifos and devices.
func (u *unpacking) makeSpecial(m *archived, folder uint32, name string) error {
	kind := m.st.kind()
	device := kind == syscall.S_IFCHR || kind == syscall.S_IFBLK
	if device && !u.asked.Devices {
		return u.lose(m, lossDevice)
	}
	dir, err := u.folders.descriptor(folder)
	if err == nil {
		err = syscall.Mknodat(dir, name, uint32(kind)|0o600, deviceNumber(&m.st))
	}
	if err == syscall.EPERM && device {
		return u.lose(m, lossDevice)
	}
	if err != nil {
		return u.made(m, err)
	}
	n := u.at(u.note(folder, name, kind))
	n.data = m.st.rdev()
	return u.storage(m, u.give(object{dir, name, -1}, &m.attributes, n, m.shownPath))
}

// makeHard gives an entry that was made before a further name.
func (u *unpacking) makeHard(m *archived, folder uint32, name string) error {
	number, met := u.resolve(m.target)
	if !met && u.lost.has(m.target) {
		return u.lose(m, lossLink)
	}
	if !met {
		return m.refuse("it is a hard link to " + printable(m.target) + ", which does not stand before it in the archive")
	}
	first := u.at(number)
	if first.is(syscall.S_IFDIR) {
		return m.refuse("it is a hard link to the folder " + printable(m.target))
	}
	from, err := u.folders.descriptor(first.folder)
	if err != nil {
		return u.storage(m, err)
	}
	to, err := u.folders.descriptor(folder)
	if err == nil {
		err = linkAt(from, u.nameOf(number), to, name)
	}
	if err != nil {
		return u.made(m, err)
	}
	if first.is(syscall.S_IFREG) {
		u.files.Add(1)
	}
	u.at(u.note(folder, name, uint16(first.kind)<<kindBits)).first = first.first
	return nil
}
