package main

import (
	"strings"
	"syscall"
)

// archived is one entry of an archive.
type archived struct {
	attributes
	name   string // as the archive has it, for messages
	path   string // below the target folder; empty for that itself
	hard   bool   // another name of the member target
	target string // of a link; of a hard link a path
	stored int64  // bytes of data that follow
	sparse bool
	spots  []spot   // where those belong; of a file that is not sparse one at most
	lost   []string // kinds of what it tells and we cannot read
}

// size tells how long the file is, holes counted.
func (m *archived) size() int64 { return int64(m.st.Size) }

func (m *archived) refuse(reason string) error {
	return broken("The entry %s is refused: %s.", printable(m.name), reason)
}

var flagKinds = map[byte]uint16{
	0: syscall.S_IFREG, '0': syscall.S_IFREG, '7': syscall.S_IFREG, 'S': syscall.S_IFREG,
	'2': syscall.S_IFLNK, '3': syscall.S_IFCHR, '4': syscall.S_IFBLK, '5': syscall.S_IFDIR,
	'6': syscall.S_IFIFO, 'D': syscall.S_IFDIR,
}

// describe makes a member of a header and of what others said before it.
func (r *tarReader) describe(h *tarHeader) (*archived, error) {
	m := &archived{name: r.nameOf(h)}
	kind, known := flagKinds[h.flag()]
	m.hard = h.flag() == '1'
	if !known && !m.hard {
		return m, m.refuse("it is of an unknown type, " + printable(string([]byte{h.flag()})))
	}
	var reason string
	if m.path, reason = cleanName(m.name); reason != "" {
		return m, m.refuse(reason)
	}
	for _, step := range []func(*tarHeader, *archived) error{r.giveSize, r.giveNumbers, r.giveTarget, r.giveDevice} {
		if err := step(h, m); err != nil {
			return m, err
		}
	}
	if kind == syscall.S_IFREG && m.stored == 0 && !r.told("GNU.sparse.realsize") && strings.HasSuffix(m.name, "/") {
		kind = syscall.S_IFDIR
	}
	m.st.Mode |= kind
	if err := r.giveXattrs(m); err != nil {
		return m, err
	}
	return m, r.giveSpots(h, m)
}

func (r *tarReader) nameOf(h *tarHeader) string {
	if name, told := r.value("GNU.sparse.name"); told {
		return name
	}
	if name, told := r.value("path"); told {
		return name
	}
	if r.longName != nil {
		return *r.longName
	}
	return h.name()
}

// giveSize: of what has no data the size means nothing, and folders of GNU's incremental archives
// have lists in their data.
func (r *tarReader) giveSize(h *tarHeader, m *archived) error {
	size, ok := number(h.bytes(fieldSize))
	if text, told := r.value("size"); told {
		size, ok = decimal(text)
	}
	if !ok || size < 0 || size > mostBytesTold {
		return m.refuse("its size is no possible number")
	}
	switch h.flag() {
	case '1':
		if size > 0 {
			return m.refuse("it is a hard link with contents of its own")
		}
	case '2', '3', '4', '5', '6':
	default:
		m.stored = size
		m.st.Size = uint64(size)
	}
	return nil
}

func (r *tarReader) giveNumbers(h *tarHeader, m *archived) error {
	mode, ok := number(h.bytes(fieldMode))
	if !ok {
		return m.refuse("its mode is no number")
	}
	m.st.Mode = uint16(mode) & permissions
	var err error
	if m.st.UID, err = r.owner(m, h.bytes(fieldUID), "uid"); err != nil {
		return err
	}
	if m.st.GID, err = r.owner(m, h.bytes(fieldGID), "gid"); err != nil {
		return err
	}
	if m.st.Mtime, err = r.time(m, h.bytes(fieldMtime), "mtime"); err != nil {
		return err
	}
	m.st.Atime = r.now
	if _, told := r.value("atime"); told {
		m.st.Atime, err = r.time(m, nil, "atime")
	}
	return err
}

func (r *tarReader) owner(m *archived, text []byte, key string) (uint32, error) {
	id, ok := number(text)
	if text, told := r.value(key); told {
		id, ok = decimal(text)
	}
	if !ok || id < 0 || id >= aclNobody {
		return 0, m.refuse("its " + key + " is no possible number")
	}
	return uint32(id), nil
}

func (r *tarReader) time(m *archived, text []byte, key string) (timestamp, error) {
	if text, told := r.value(key); told {
		if at, ok := paxTime(text); ok {
			return at, nil
		}
		return timestamp{}, m.refuse("its " + key + " is no time")
	}
	seconds, ok := number(text)
	if !ok {
		return timestamp{}, m.refuse("its time is no number")
	}
	return timestamp{Sec: seconds}, nil
}

func (r *tarReader) giveTarget(h *tarHeader, m *archived) error {
	if h.flag() != '1' && h.flag() != '2' {
		return nil
	}
	m.target = h.text(fieldTarget)
	if r.longTarget != nil {
		m.target = *r.longTarget
	}
	if target, told := r.value("linkpath"); told {
		m.target = target
	}
	if !m.hard {
		if m.target == "" || len(m.target) >= targetBuf || strings.IndexByte(m.target, 0) >= 0 {
			return m.refuse("its target is impossible")
		}
		m.st.Size = uint64(len(m.target))
		return nil
	}
	path, reason := cleanName(m.target)
	if reason != "" || path == "" {
		return m.refuse("it is a hard link to " + printable(m.target) + ", which is not within the archive")
	}
	m.target = path
	return nil
}

// giveDevice: version 7 knew no devices, and what it has there is anything.
func (r *tarReader) giveDevice(h *tarHeader, m *archived) error {
	if h.flag() != '3' && h.flag() != '4' {
		return nil
	}
	major, isMajor := number(h.bytes(fieldMajor))
	minor, isMinor := number(h.bytes(fieldMinor))
	if text, told := r.value("SCHILY.devmajor"); told {
		major, isMajor = decimal(text)
	}
	if text, told := r.value("SCHILY.devminor"); told {
		minor, isMinor = decimal(text)
	}
	const majors, minors = 1 << 12, 1 << 20
	if h.isV7() || !isMajor || !isMinor || major < 0 || major >= majors || minor < 0 || minor >= minors {
		return m.refuse("its device number is impossible")
	}
	m.st.RdevMajor, m.st.RdevMinor = uint32(major), uint32(minor)
	return nil
}
