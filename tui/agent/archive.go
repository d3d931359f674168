package main

import (
	"archive/tar"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"os"
	"syscall"
	"time"
)

const (
	maxMembers   = 100_000
	memberName   = 4096 // bytes of a name or target; what is longer is cut
	archiveDelay = 5 * time.Second
)

var (
	errFull = errors.New("entries")
	errLate = errors.New("time")
)

// An archiveSum is the DONE of archive.
type archiveSum struct {
	Entries int    `json:"entries"`
	Cut     string `json:"cut"`    // why there may be more: entries, time; empty: these are all
	Broken  string `json:"broken"` // a sentence: why the archive could not be read to its end
}

// archive streams what stands in a tar or zip file, in its order. It ends after so many entries, or
// after a few seconds: what it reads may be of any size, and say anything about itself.
func archive(r *request) (any, error) {
	var asked struct {
		Format string `json:"format"`
		Limit  int    `json:"limit"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	list := formats[asked.Format]
	if list == nil || asked.Limit < 1 || asked.Limit > maxMembers {
		return nil, invalid("the format is unknown, or the limit impossible")
	}
	fd, err := r.openRegular()
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "")
	defer file.Close()
	m := &members{request: r, file: file, limit: asked.Limit, firstLimit: firstEntries, sent: time.Now()}
	m.end = m.sent.Add(archiveDelay)
	sum, err := archiveSum{}, list(m)
	switch {
	case r.cancelled() != nil:
		return nil, syscall.ECANCELED
	case errors.Is(err, errFull), errors.Is(err, errLate):
		sum.Cut = err.Error()
	case errors.Is(err, syscall.EIO):
		return nil, syscall.EIO
	case err != nil:
		sum.Broken = brokenWords(err)
	}
	m.pack()
	sum.Entries = m.entries
	return sum, nil
}

func brokenWords(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "It ends too early."
	case errors.Is(err, tar.ErrHeader):
		return "What follows is no tar header."
	case errors.Is(err, errNoZip):
		return "It has no directory at its end."
	}
	return cut("It cannot be unpacked: " + err.Error() + ".")
}

var formats = map[string]func(*members) error{
	"tar":     func(m *members) error { return m.listTar(m) },
	"tar.gz":  func(m *members) error { return m.listGzip() },
	"tar.bz2": func(m *members) error { return m.listTar(unpacked{m, bzip2.NewReader(m)}) },
	"zip":     func(m *members) error { return m.listZip() },
}

// members collects what stands in an archive; it reads the file for whoever parses it.
type members struct {
	*request
	batch
	file       *os.File
	limit      int
	firstLimit int
	entries    int
	sent       time.Time
	end        time.Time
}

// Read ends the listing of an archive that takes too long, or that nobody waits for.
func (m *members) Read(buf []byte) (int, error) {
	if err := m.due(); err != nil {
		return 0, err
	}
	return m.file.Read(buf)
}

func (m *members) due() error {
	if err := m.cancelled(); err != nil {
		return err
	}
	if time.Now().After(m.end) {
		return errLate
	}
	return nil
}

// unpacked is what a compressed archive was: a few bytes of the file may stand for gigabytes.
type unpacked struct {
	of *members
	in io.Reader
}

func (u unpacked) Read(buf []byte) (int, error) {
	if err := u.of.due(); err != nil {
		return 0, err
	}
	return u.in.Read(buf)
}

// Seek lets the tar reader skip the contents of a file.
func (m *members) Seek(offset int64, whence int) (int64, error) {
	return m.file.Seek(offset, whence)
}

func (m *members) listGzip() error {
	in, err := gzip.NewReader(m)
	if err != nil {
		return err
	}
	return m.listTar(unpacked{m, in})
}

func (m *members) listTar(in io.Reader) error {
	archive := tar.NewReader(in)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && (header == nil || !errors.Is(err, tar.ErrInsecurePath)) {
			return err
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if err := m.add(memberOf(header)); err != nil {
			return err
		}
	}
}

// A member is one entry of an archive, as far as the archive tells.
type member struct {
	name, target string
	st           statx
}

func memberOf(header *tar.Header) member {
	found := member{name: header.Name, target: header.Linkname}
	st := &found.st
	st.Mode = uint16(header.Mode&0o7777) | tarKinds[header.Typeflag]
	st.UID, st.GID = narrow(int64(header.Uid)), narrow(int64(header.Gid))
	st.Size = uint64(max(0, header.Size))
	st.Mtime.Sec, st.Mtime.Nsec = header.ModTime.Unix(), uint32(header.ModTime.Nanosecond())
	st.Nlink = 1
	if st.kind() == syscall.S_IFCHR || st.kind() == syscall.S_IFBLK {
		st.RdevMajor, st.RdevMinor = narrow(header.Devmajor), narrow(header.Devminor)
	}
	return found
}

// What is not named here has no kind.
var tarKinds = map[byte]uint16{
	tar.TypeReg: syscall.S_IFREG, '\x00': syscall.S_IFREG, tar.TypeCont: syscall.S_IFREG,
	tar.TypeGNUSparse: syscall.S_IFREG, tar.TypeLink: syscall.S_IFREG,
	tar.TypeSymlink: syscall.S_IFLNK, tar.TypeDir: syscall.S_IFDIR, tar.TypeFifo: syscall.S_IFIFO,
	tar.TypeChar: syscall.S_IFCHR, tar.TypeBlock: syscall.S_IFBLK,
}

func narrow(value int64) uint32 { return uint32(min(max(0, value), math.MaxUint32)) }

// add takes one more member, unless there are enough.
func (m *members) add(found member) error {
	if m.entries+m.count == m.limit {
		return errFull
	}
	if err := m.cancelled(); err != nil {
		return err
	}
	m.append(clean(found.name), &found.st, clean(found.target), 0)
	if m.count < m.firstLimit && m.size() < batchBytes && time.Since(m.sent) < batchDelay {
		return nil
	}
	m.pack()
	m.firstLimit, m.sent = moreEntries, time.Now()
	return m.send()
}

func (m *members) pack() {
	if m.count > 0 {
		m.frames = appendHeader(m.frames, m.id, typeEntries, m.size())
		m.frames = m.appendTo(m.frames)
		m.entries += m.count
		m.reset()
	}
}

// clean makes a name fit the wire, where NUL ends it.
func clean(name string) []byte {
	short := []byte(name[:min(len(name), memberName)])
	for i, char := range short {
		if char == 0 {
			short[i] = '?'
		}
	}
	return short
}
