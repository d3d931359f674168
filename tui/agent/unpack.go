package main

import (
	"fmt"
	"io"
	"math"
	"path"
	"syscall"
	"time"
)

const (
	topNames    = 100
	longestName = 255 // bytes: NAME_MAX
)

// An unpacking makes a folder of an archive that comes as a stream. It makes entries beneath it and
// nowhere else: folders are opened by descriptor and only if it made them itself.
type unpacking struct {
	*request
	done
	*manifest
	asked struct {
		Devices    bool   `json:"devices"`
		MaxEntries uint64 `json:"max_entries"`
		MaxSize    uint64 `json:"max_size"`
	}
	intake         *intake
	reader         *tarReader
	folders        folders
	writers        writers
	losses         losses
	root           *attributes // the archive's own entry for the folder itself
	top            [][]byte
	stored         uint64
	members        uint64
	print          dataprint
	lost           lostPaths // what could not be made, and was counted
	attributesKept int       // bytes of extended attributes of folders
	above          string    // path of the folder of the last member
	aboveNum       uint32
}

// An unpackSum is the PROGRESS of unpack.
type unpackSum struct {
	doneSum
	Read uint64 `json:"read"`
}

// An unpackAnswer is its DONE.
type unpackAnswer struct {
	unpackSum
	SHA256 string   `json:"sha256"`
	Root   bool     `json:"root"`
	Top    [][]byte `json:"top"`
	Losses *losses  `json:"losses"`
}

// unpackStream fills an empty folder with what stands in a tar stream, and keeps what verify needs.
func unpackStream(r *request) (any, error) {
	u := &unpacking{request: r, manifest: newManifest(), top: [][]byte{}, lost: newLostPaths()}
	if err := r.fields(&u.asked); err != nil {
		return nil, err
	}
	root, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(root)
	r.forgetUnpacked(r.path())
	before, err := neutralize(root)
	if err != nil {
		return nil, err
	}
	if err := u.folders.begin(root, u.manifest); err != nil {
		return nil, err
	}
	defer u.folders.close()
	quit := make(chan struct{})
	defer close(quit)
	u.intake = startIntake(r.meal, quit)
	if err := r.tellMeanwhile(u.run, func() any { return u.sum() }); err != nil {
		return nil, err
	}
	if u.root == nil {
		if err := giveRoot(root, before, &losses{}); err != nil {
			return nil, err
		}
	}
	r.keepRoot(r.path(), u.root)
	r.keepUnpacked(r.path(), u.manifest)
	return &unpackAnswer{u.sum(), u.intake.sum(), u.root != nil, u.top, &u.losses}, nil
}

func (u *unpacking) sum() unpackSum { return unpackSum{u.done.sum(), u.intake.read.Load()} }

// neutralize refuses a folder that holds more than the marker, and takes from it what would go to
// all that is made in it: group, default ACL. It gives what the folder was.
func neutralize(dir int) (*attributes, error) {
	if err := eachName(dir, func(name []byte, _ uint16) error {
		if string(name[:len(name)-1]) != markerName {
			return syscall.ENOTEMPTY
		}
		return nil
	}); err != nil {
		return nil, err
	}
	before := &attributes{}
	if err := readAttributes(-1, "", dir, before); err != nil {
		return nil, err
	}
	plain := attributes{st: before.st}
	plain.st.Mode = syscall.S_IFDIR | 0o700
	plain.st.UID, plain.st.GID = uint32(syscall.Geteuid()), uint32(syscall.Getegid())
	return before, applyAttributes(-1, "", dir, &plain, &losses{}, func() []byte { return nil })
}

func (u *unpacking) run() error {
	now := time.Now()
	u.reader = newTarReader(&octets{more: u.intake.more}, timestamp{Sec: now.Unix(), Nsec: uint32(now.Nanosecond())})
	u.writers.begin(u)
	err := u.readOn()
	if ended := u.writers.end(); err == nil {
		err = ended
	}
	if err == nil {
		err = u.finishFolders()
	}
	return err
}

func (u *unpacking) readOn() error {
	for {
		if err := u.cancelled(); err != nil {
			return err
		}
		if err := u.writers.failed(); err != nil {
			return err
		}
		m, err := u.reader.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = u.limit(m)
		}
		if err == nil {
			err = u.take(m)
		}
		if err != nil {
			return err
		}
	}
}

// limit refuses an archive that holds more than was expected, before that is written.
func (u *unpacking) limit(m *archived) error {
	u.members++
	if most := u.asked.MaxEntries; most > 0 && u.members > most {
		return u.tooMany(m)
	}
	if len(m.path) > mostPath {
		return m.refuse(fmt.Sprintf("its path is longer than %d bytes", mostPath))
	}
	u.stored += uint64(m.stored)
	if most := u.asked.MaxSize; most > 0 && u.stored > most {
		return m.refuse(fmt.Sprintf("the archive unpacks to more than %d bytes", most))
	}
	return nil
}

// tooMany refuses the entry with which there are more than there may be.
func (u *unpacking) tooMany(m *archived) error {
	most := uint64(math.MaxUint32)
	if u.asked.MaxEntries > 0 {
		most = min(most, u.asked.MaxEntries)
	}
	return m.refuse(fmt.Sprintf("the archive holds more than %d entries", most))
}

// crowded tells that no further entry may be made, folders that the archive lacks among them.
func (u *unpacking) crowded() bool {
	return u.asked.MaxEntries > 0 && u.entries.Load() >= u.asked.MaxEntries || u.full() || len(u.folders.made) > mostFolders
}

// take makes an entry of a member.
func (u *unpacking) take(m *archived) error {
	for _, kind := range m.lost {
		u.losses.add(kind, m.shownPath())
	}
	if m.path == "" {
		return u.takeRoot(m)
	}
	above, name := path.Split(m.path)
	folder, lost, err := u.folderOf(m, above)
	if err != nil {
		return err
	}
	if lost || len(name) > longestName {
		return u.lose(m, lossName)
	}
	number, again := u.find(folder, name)
	switch {
	case !again && u.crowded():
		return u.tooMany(m)
	case !again:
		return u.make(m, folder, name)
	case m.st.kind() == syscall.S_IFDIR && u.at(number).is(syscall.S_IFDIR):
		return u.takeFolderAgain(m, number)
	}
	return m.refuse("its name stands in the archive twice")
}

// note adds a note for an entry that was made.
func (u *unpacking) note(folder uint32, name string, kind uint16) uint32 {
	u.entries.Add(1)
	if folder == rootNote && len(u.top) < topNames {
		u.top = append(u.top, []byte(name))
	}
	return u.add(folder, name, kind)
}

func (u *unpacking) takeRoot(m *archived) error {
	if m.hard || m.st.kind() != syscall.S_IFDIR {
		return m.refuse("it stands for the folder itself and is none")
	}
	if u.root != nil && !sameAttributes(u.root, &m.attributes) {
		return m.refuse("it stands in the archive twice, with other attributes")
	}
	kept := m.attributes // a pointer into the member would keep its name
	u.root = &kept
	return nil
}
