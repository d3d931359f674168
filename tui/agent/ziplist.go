package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"syscall"
	"time"
)

// The directory at the end of a zip file is read record by record: archive/zip keeps all of it in
// memory, and its size is whatever the file says. Source: PKWARE's APPNOTE.TXT, 4.3 and 4.5.
const (
	zipEnd, zipEndBytes             = 0x06054b50, 22
	zip64Locator, zip64LocatorBytes = 0x07064b50, 20
	zip64End, zip64EndBytes         = 0x06064b50, 56
	zipRecord, zipRecordBytes       = 0x02014b50, 46
	zipCommentBytes                 = 65535
	zipUnknown                      = 0xffffffff // the true value stands in a zip64 field
)

var errNoZip = errors.New("no zip directory at the end of the file")

var little = binary.LittleEndian

// A zipDirectory is where the records stand and how many they are said to be.
type zipDirectory struct {
	begin, end int64
	records    uint64
}

func (m *members) listZip() error {
	directory, err := m.findZip()
	if err != nil {
		return err
	}
	size := directory.end - directory.begin
	section := bufio.NewReader(io.LimitReader(m, size))
	if _, err := m.file.Seek(directory.begin, io.SeekStart); err != nil {
		return err
	}
	read := uint64(0)
	for ; size >= zipRecordBytes; read++ {
		length, err := m.addRecord(section)
		if err != nil {
			return err
		}
		size -= length
	}
	// Without zip64, 65,536 and none are the same.
	if uint16(read) != uint16(directory.records) {
		return errors.New("its directory is shorter than it says")
	}
	return nil
}

// findZip looks for the end of the directory, which only a comment may follow.
func (m *members) findZip() (zipDirectory, error) {
	info, err := m.file.Stat()
	if err != nil {
		return zipDirectory{}, err
	}
	tail := make([]byte, min(info.Size(), zipEndBytes+zipCommentBytes))
	from := info.Size() - int64(len(tail))
	if _, err := m.file.ReadAt(tail, from); err != nil {
		return zipDirectory{}, err
	}
	for at := len(tail) - zipEndBytes; at >= 0; at-- {
		comment := len(tail) - zipEndBytes - at
		if little.Uint32(tail[at:]) == zipEnd && int(little.Uint16(tail[at+20:])) <= comment {
			return m.openZip(tail[at:], from+int64(at))
		}
	}
	return zipDirectory{}, errNoZip
}

func (m *members) openZip(record []byte, at int64) (zipDirectory, error) {
	records := uint64(little.Uint16(record[10:]))
	size, offset := uint64(little.Uint32(record[12:])), uint64(little.Uint32(record[16:]))
	if records == 0xffff || size == zipUnknown || offset == zipUnknown {
		if wide, where := m.zip64(at); wide != nil {
			at, records = where, little.Uint64(wide[32:])
			size, offset = little.Uint64(wide[40:]), little.Uint64(wide[48:])
		}
	}
	if size > uint64(at) || offset > uint64(at) {
		return zipDirectory{}, errNoZip
	}
	// Before a zip file there may stand a program that unpacks it: offsets are off by its size.
	found := zipDirectory{at - int64(size), at, records}
	if records == 0 || m.beginsRecord(found.begin) {
		return found, nil
	}
	if found.begin = int64(offset); m.beginsRecord(found.begin) {
		return found, nil
	}
	return zipDirectory{}, errNoZip
}

// zip64 reads the end of a directory that is too large for the older record at `at`.
func (m *members) zip64(at int64) (record []byte, where int64) {
	locator := make([]byte, zip64LocatorBytes)
	if at < zip64LocatorBytes {
		return nil, 0
	}
	if _, err := m.file.ReadAt(locator, at-zip64LocatorBytes); err != nil || little.Uint32(locator) != zip64Locator {
		return nil, 0
	}
	where = int64(little.Uint64(locator[8:]))
	record = make([]byte, zip64EndBytes)
	if where < 0 || where > at-zip64LocatorBytes-zip64EndBytes {
		return nil, 0
	}
	if _, err := m.file.ReadAt(record, where); err != nil || little.Uint32(record) != zip64End {
		return nil, 0
	}
	return record, where
}

func (m *members) beginsRecord(at int64) bool {
	var signature [4]byte
	_, err := m.file.ReadAt(signature[:], at)
	return err == nil && little.Uint32(signature[:]) == zipRecord
}

// addRecord takes the next record of the directory and tells its length.
func (m *members) addRecord(in *bufio.Reader) (int64, error) {
	var fixed [zipRecordBytes]byte
	if _, err := io.ReadFull(in, fixed[:]); err != nil {
		return 0, err
	}
	if little.Uint32(fixed[:]) != zipRecord {
		return 0, errors.New("a record of its directory is none")
	}
	name, extra, comment := little.Uint16(fixed[28:]), little.Uint16(fixed[30:]), little.Uint16(fixed[32:])
	texts := make([]byte, int(name)+int(extra))
	if _, err := io.ReadFull(in, texts); err != nil {
		return 0, err
	}
	if _, err := in.Discard(int(comment)); err != nil {
		return 0, err
	}
	length := int64(zipRecordBytes) + int64(name) + int64(extra) + int64(comment)
	return length, m.add(zipMember(fixed[:], string(texts[:name]), texts[name:]))
}

func zipMember(fixed []byte, name string, extra []byte) member {
	found := member{name: name}
	st := &found.st
	st.Mode, st.Nlink = zipMode(fixed, name), 1
	st.Size = uint64(little.Uint32(fixed[24:]))
	st.Mtime.Sec = dosTime(little.Uint16(fixed[14:]), little.Uint16(fixed[12:]))
	for len(extra) >= 4 {
		id, size := little.Uint16(extra), int(little.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			break
		}
		field := extra[:size]
		switch {
		case id == 0x0001 && size >= 8 && st.Size == zipUnknown:
			st.Size = little.Uint64(field)
		case id == 0x5455 && size >= 5 && field[0]&1 != 0:
			st.Mtime.Sec = int64(int32(little.Uint32(field[1:])))
		}
		extra = extra[size:]
	}
	return found
}

// zipMode gives the mode that a Unix system wrote, or one that fits what another one did.
func zipMode(fixed []byte, name string) uint16 {
	const unix, darwin, dosFolder = 3, 19, 0x10
	system, attributes := fixed[5], little.Uint32(fixed[38:])
	mode := uint16(attributes >> 16)
	if system != unix && system != darwin {
		mode = 0
	}
	if strings.HasSuffix(name, "/") || mode == 0 && system == 0 && attributes&dosFolder != 0 {
		if mode == 0 {
			mode = 0o755
		}
		return syscall.S_IFDIR | mode&0o7777
	}
	if mode == 0 {
		mode = 0o644
	}
	if mode&syscall.S_IFMT == 0 {
		mode |= syscall.S_IFREG
	}
	return mode
}

// dosTime takes a time that has no zone for one of UTC, two seconds exact.
func dosTime(date, clock uint16) int64 {
	return time.Date(
		int(date>>9)+1980, time.Month(date>>5&15), int(date&31),
		int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC,
	).Unix()
}
