package main

import (
	"bytes"
	"slices"
	"strings"
	"syscall"
)

// Folders that are open at once.
const openFolders = 16

// folders are those that an unpacking has made. A few are open; the others are found again, and
// are the same as before or an error.
type folders struct {
	root     int
	manifest *manifest
	made     map[uint32]*madeFolder
	open     []openFolder // the one that was used last is the last
}

// A madeFolder waits for its attributes, which would go to what is made in it, or keep us out.
type madeFolder struct {
	id   inode
	want *wanted // nil: the archive lacks it
}

type openFolder struct {
	number uint32
	fd     int
}

func (f *folders) begin(root int, m *manifest) error {
	f.root, f.manifest, f.made = root, m, map[uint32]*madeFolder{}
	var st statx
	if err := statDescriptor(root, &st); err != nil {
		return err
	}
	f.made[rootNote] = &madeFolder{id: inodeOf(&st)}
	return nil
}

func (f *folders) close() {
	for _, o := range f.open {
		syscall.Close(o.fd)
	}
}

// descriptor gives one of a folder for reading; it stays open until fifteen others were asked for.
func (f *folders) descriptor(number uint32) (int, error) {
	if number == rootNote {
		return f.root, nil
	}
	last := len(f.open) - 1
	for i := last; i >= 0; i-- {
		if o := f.open[i]; o.number == number {
			if i < last {
				f.open = append(slices.Delete(f.open, i, i+1), o)
			}
			return o.fd, nil
		}
	}
	fd, err := f.find(number)
	if err != nil {
		return -1, err
	}
	f.keep(number, fd)
	return fd, nil
}

func (f *folders) keep(number uint32, fd int) {
	if len(f.open) == openFolders {
		syscall.Close(f.open[0].fd)
		f.open = slices.Delete(f.open, 0, 1)
	}
	f.open = append(f.open, openFolder{number, fd})
}

const folderFlags = syscall.O_RDONLY | syscall.O_DIRECTORY | syscall.O_NOFOLLOW

// find opens a folder from one beside it on its way, which is cheap at any depth, or from the root.
func (f *folders) find(number uint32) (int, error) {
	above := f.manifest.at(number).folder
	for _, o := range f.open {
		fd, err := -1, error(syscall.ENOENT)
		switch {
		case o.number == above:
			fd, err = openAt(o.fd, f.manifest.nameOf(number), folderFlags)
		case f.manifest.at(o.number).folder == number:
			fd, err = openAt(o.fd, "..", folderFlags)
		}
		if err == nil && f.is(fd, number) {
			return fd, nil
		}
		if err == nil {
			syscall.Close(fd)
		}
	}
	found, err := (&tree{root: f.root}).open(string(f.manifest.pathOf(number)))
	if err != nil {
		return -1, err
	}
	defer syscall.Close(found)
	if !f.is(found, number) {
		return -1, syscall.ESTALE
	}
	return reopen(found, syscall.O_RDONLY|syscall.O_DIRECTORY)
}

func (f *folders) is(fd int, number uint32) bool {
	var st statx
	return statDescriptor(fd, &st) == nil && inodeOf(&st) == f.made[number].id
}

// makeFolder makes a folder, notes it and keeps it open.
func (u *unpacking) makeFolder(above uint32, name string, want *wanted) error {
	dir, err := u.folders.descriptor(above)
	if err != nil {
		return err
	}
	fd, err := makeFolder(dir, name)
	if err != nil {
		return err
	}
	var st statx
	if err := statDescriptor(fd, &st); err != nil {
		syscall.Close(fd)
		return err
	}
	u.directories.Add(1)
	number := u.note(above, name, syscall.S_IFDIR)
	u.folders.made[number] = &madeFolder{inodeOf(&st), want}
	u.folders.keep(number, fd)
	return nil
}

// folderOf finds the folder a member belongs in, by its path with a slash at its end, and makes
// those that the archive lacks. Nothing is ever made through what is no folder of ours. It is lost
// with a folder that cannot be made.
func (u *unpacking) folderOf(m *archived, above string) (folder uint32, lost bool, err error) {
	if above == u.above {
		return u.aboveNum, false, nil
	}
	lostAbove := u.lost.prefixes()
	for begin := 0; begin < len(above); {
		end := begin + strings.IndexByte(above[begin:], '/')
		name := above[begin:end]
		if len(name) > longestName || lostAbove.next(above[max(begin-1, 0):end]) {
			return 0, true, nil
		}
		number, met := u.find(folder, name)
		if !met && u.crowded() {
			return 0, false, u.tooMany(m)
		}
		if !met {
			if err := u.makeFolder(folder, name, nil); err != nil {
				return 0, false, u.storage(m, err)
			}
			number, _ = u.find(folder, name)
		}
		if !u.at(number).is(syscall.S_IFDIR) {
			return 0, false, m.refuse("it would be below " + printable(above[:end]) + ", which is no folder in the archive")
		}
		folder, begin = number, end+1
	}
	u.above, u.aboveNum = above, folder
	return folder, false, nil
}

// takeFolderAgain accepts a folder that stands twice in the archive the same way, or that was made
// because something in it came first.
func (u *unpacking) takeFolderAgain(m *archived, number uint32) error {
	f := u.folders.made[number]
	if f.want == nil {
		want, err := u.want(m)
		f.want = want
		return err
	}
	if !sameAttributes(f.want.attributes(), &m.attributes) {
		return m.refuse("it stands in the archive twice, with other attributes")
	}
	return nil
}

func sameAttributes(a, b *attributes) bool {
	return a.st.Mode == b.st.Mode && a.st.UID == b.st.UID && a.st.GID == b.st.GID && a.st.Mtime == b.st.Mtime &&
		slices.EqualFunc(a.xattrs, b.xattrs, func(a, b xattr) bool {
			return a.name == b.name && bytes.Equal(a.value, b.value)
		})
}

// finishFolders gives folders their attributes, those below before those above.
func (u *unpacking) finishFolders() error {
	for number := u.count - 1; number > rootNote; number-- {
		f := u.folders.made[number]
		if f == nil {
			continue
		}
		if err := u.cancelled(); err != nil {
			return err
		}
		fd, err := u.folders.descriptor(number)
		if err != nil {
			return err
		}
		if err := u.finishFolder(fd, number, f); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) finishFolder(fd int, number uint32, f *madeFolder) error {
	var want *attributes
	if f.want != nil {
		want = f.want.attributes()
	} else {
		want = &attributes{st: statx{Mode: syscall.S_IFDIR | 0o755}}
		want.st.UID, want.st.GID = uint32(syscall.Geteuid()), uint32(syscall.Getegid())
		want.st.Mtime, want.st.Atime = u.reader.now, u.reader.now
	}
	return u.give(object{-1, "", fd}, want, u.at(number), func() []byte { return u.pathOf(number) })
}
