package main

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
)

// giving is one entry that gets attributes.
type giving struct {
	object
	want *attributes
	now  statx
	l    *losses
	path func() []byte
	told []string // kinds of loss that were counted
}

// applyAttributes makes an entry that was filled have these owner, mode, extended attributes and
// times, and no other ones. It reads them back, as some are dropped without an error, and counts by
// kind what the entry did not take. Inode flags are not touched. dir, name and fd are as in
// readAttributes; path is asked only where something is lost. Errors: those of the storage, such as
// EIO, EROFS, EDQUOT, or ENOSPC where it is full.
func applyAttributes(dir int, name string, fd int, a *attributes, l *losses, path func() []byte) error {
	g := giving{object: object{dir, name, fd}, want: a, l: l, path: path}
	err := g.stat(&g.now)
	if err == nil {
		err = g.giveOwner()
	}
	if err == nil {
		err = g.giveMode()
	}
	if err == nil {
		err = g.giveXattrs()
	}
	if err == nil {
		err = g.lose(lossTime, g.setTimes(a.st.Atime, a.st.Mtime))
	}
	if err == nil {
		err = g.readBack()
	}
	return err
}

// applyToNew does that for a file that was just made where nothing is inherited: mostly the times are
// all it needs.
func applyToNew(fd int, a *attributes, l *losses, path func() []byte) error {
	if a.st.UID == 0 && a.st.GID == 0 && len(a.xattrs) == 0 {
		var now statx
		o := object{-1, "", fd}
		if o.setTimes(a.st.Atime, a.st.Mtime) == nil && o.stat(&now) == nil &&
			now.UID == 0 && now.GID == 0 && now.Mode == a.st.Mode && now.Mtime.equal(a.st.Mtime) {
			return nil
		}
	}
	return applyAttributes(-1, "", fd, a, l, path)
}

// giveOwner comes first, because it clears suid, sgid and capabilities.
func (g *giving) giveOwner() error {
	want := &g.want.st
	if want.UID == g.now.UID && want.GID == g.now.GID {
		return nil
	}
	g.now.Mode &= ^uint16(syscall.S_ISUID | syscall.S_ISGID)
	return g.lose(lossOwner, g.chown(want.UID, want.GID))
}

func (g *giving) giveMode() error {
	if g.now.kind() == syscall.S_IFLNK {
		return nil
	}
	want := g.want.st.Mode & permissions
	if slices.Contains(g.told, lossOwner) { // what runs as its owner must not run as somebody else
		want &^= syscall.S_ISUID | syscall.S_ISGID
	}
	if g.now.Mode&permissions == want {
		return nil
	}
	return g.lose(lossMode, g.chmod(uint32(want)))
}

// giveXattrs also takes away what the folder above or a default ACL gave to a new entry.
func (g *giving) giveXattrs() error {
	var had attributes
	if err := g.readXattrs(&had); err != nil {
		if len(g.want.xattrs) == 0 {
			return nil
		}
		return g.lose(lossXattr, err)
	}
	for _, x := range had.xattrs {
		if g.want.find(x.name) == nil && !fromTheSystem(x.name) {
			if err := g.lose(kindOfXattr(x.name), g.removeXattr(x.name)); err != nil {
				return err
			}
		}
	}
	for _, x := range g.want.xattrs {
		if old := had.find(x.name); old != nil && bytes.Equal(old.value, x.value) {
			continue
		}
		if err := g.lose(kindOfXattr(x.name), g.setXattr(x.name, x.value)); err != nil {
			return err
		}
	}
	return nil
}

func (a *attributes) find(name string) *xattr {
	for i := range a.xattrs {
		if a.xattrs[i].name == name {
			return &a.xattrs[i]
		}
	}
	return nil
}

// fromTheSystem tells whether a security module gives every new entry such an attribute, which then
// stays: SELinux lets nobody take its label away.
func fromTheSystem(name string) bool {
	return strings.HasPrefix(name, "security.") && name != "security.capability"
}

func kindOfXattr(name string) string {
	switch {
	case name == "security.capability":
		return lossCapability
	case strings.HasPrefix(name, "system."): // where file systems keep ACLs
		return lossACL
	}
	return lossXattr
}

// readBack sees what was dropped without an error: sgid without FSETID, fractions of seconds.
func (g *giving) readBack() error {
	if err := g.stat(&g.now); err != nil {
		return err
	}
	want := &g.want.st
	if g.now.UID != want.UID || g.now.GID != want.GID {
		g.tell(lossOwner)
	}
	if g.now.kind() != syscall.S_IFLNK && (g.now.Mode^want.Mode)&permissions != 0 {
		g.tell(lossMode)
	}
	if !g.now.Mtime.equal(want.Mtime) {
		g.tell(lossTime)
	}
	return nil
}

// lose counts what this entry cannot have, and passes on what concerns more than this one.
func (g *giving) lose(kind string, err error) error {
	switch err {
	case nil:
		return nil
	case syscall.EPERM, syscall.EACCES, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EINVAL, syscall.ERANGE,
		syscall.E2BIG, syscall.EOVERFLOW:
		g.tell(kind)
		return nil
	case syscall.ENOSPC: // also said where only the place for attributes in an inode is full
		at := g.fd
		if at < 0 {
			at = g.dir
		}
		var fs syscall.Statfs_t
		if syscall.Fstatfs(at, &fs) == nil && (fs.Blocks == 0 || fs.Bavail > 0) {
			g.tell(kind)
			return nil
		}
	}
	return err
}

// tell counts owner, mode and time once, whichever step lost them.
func (g *giving) tell(kind string) {
	once := kind == lossOwner || kind == lossMode || kind == lossTime
	if once && slices.Contains(g.told, kind) {
		return
	}
	g.told = append(g.told, kind)
	g.l.add(kind, g.path())
}
