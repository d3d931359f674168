package main

import "io"

// Bytes of a name or target: paths may be longer than PATH_MAX.
const mostName = 1 << 20

// A tarReader goes through an archive: ustar, pax, what GNU tar writes in its own formats, and
// Unix version 7. What is broken or cannot be meant is an EBADMSG that names the entry and why.
type tarReader struct {
	in         *octets
	now        timestamp
	global     *paxRecords
	local      *paxRecords
	extended   bool // a header for the next member was met
	longName   *string
	longTarget *string
	users      ownerNames
	current    *archived
	left       int64 // bytes of data of the current member
	fill       int64 // bytes behind those
	buf        []byte
}

func newTarReader(in *octets, now timestamp) *tarReader {
	return &tarReader{
		in: in, now: now, global: newPaxRecords(), local: newPaxRecords(), users: newOwnerNames(),
	}
}

// next goes to the next member, leaving out what was not read of the one before. io.EOF says that
// the archive has ended as it should and nothing stands behind it.
func (r *tarReader) next() (*archived, error) {
	if err := r.leave(); err != nil {
		return nil, err
	}
	for {
		var h tarHeader
		if err := r.block(&h); err != nil {
			return nil, err
		}
		if h == (tarHeader{}) {
			return nil, r.end()
		}
		if !h.sound() {
			return nil, r.wrong("what stands there is no tar header, or has a wrong checksum")
		}
		m, err := r.meet(&h)
		if m != nil || err != nil {
			return m, err
		}
	}
}

// wrong makes a sentence of a flaw that belongs to no member.
func (r *tarReader) wrong(reason flaw) error {
	if r.current == nil {
		return broken("The archive is broken at its begin: %s.", reason)
	}
	return broken("The archive is broken behind its entry %s: %s.", printable(r.current.name), reason)
}

// meet gives a member, or keeps what a header says about later ones.
func (r *tarReader) meet(h *tarHeader) (*archived, error) {
	switch h.flag() {
	case 'x', 'X':
		if r.extended {
			return nil, r.wrong("two extended headers follow one another")
		}
		r.extended = true
		return nil, r.records(h, r.local)
	case 'g':
		return nil, r.globalRecords(h)
	case 'L':
		return nil, r.long(h, &r.longName)
	case 'K':
		return nil, r.long(h, &r.longTarget)
	case 'V':
		_, err := r.extension(h, mostExtension)
		return nil, err
	}
	m, err := r.describe(h)
	if err != nil {
		return nil, err
	}
	learn(r.users.users, h.text(fieldUserName), m.st.UID)
	learn(r.users.groups, h.text(fieldGroup), m.st.GID)
	r.current = m
	r.extended, r.longName, r.longTarget = false, nil, nil
	r.local.clear()
	return m, nil
}

// data gives the next part of the current member's data, valid until the following call; io.EOF at
// its end.
func (r *tarReader) data() ([]byte, error) {
	if r.left == 0 {
		return nil, io.EOF
	}
	part, err := r.in.some(r.left)
	r.left -= int64(len(part))
	return part, r.early(err)
}

// leave skips what is left of the current member.
func (r *tarReader) leave() error {
	err := r.in.skip(r.left + r.fill)
	r.left, r.fill = 0, 0
	return r.early(err)
}

// early says what an end within the archive means.
func (r *tarReader) early(err error) error {
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if r.current == nil {
		return broken("The archive is cut off: it ends before two empty blocks say so.")
	}
	return broken("The archive is cut off: it ends within or behind its entry %s, before two empty blocks say so.",
		printable(r.current.name))
}

func (r *tarReader) block(h *tarHeader) error { return r.early(r.in.fill(h[:])) }

// end reads behind an empty block: another one, and nothing but zeros up to the stream's end.
func (r *tarReader) end() error {
	if r.extended || r.longName != nil || r.longTarget != nil {
		return r.wrong("the entry that a header announces is missing")
	}
	var second tarHeader
	if err := r.block(&second); err != nil {
		return err
	}
	if second != (tarHeader{}) {
		return r.wrong("an empty block stands alone, where two end an archive")
	}
	for {
		part, err := r.in.some(mostExtension)
		if err != nil {
			return err
		}
		for _, c := range part {
			if c != 0 {
				return r.wrong("something else follows the end of the archive")
			}
		}
	}
}

// value is what records say under a key, the member's own going before global ones; an empty own
// one takes back what others said.
func (r *tarReader) value(key string) (string, bool) {
	value, told := r.local.values[key]
	if !told {
		value, told = r.global.values[key]
	}
	return value, told && value != ""
}

func (r *tarReader) told(key string) bool {
	_, told := r.value(key)
	return told
}

func (r *tarReader) records(h *tarHeader, into *paxRecords) error {
	data, err := r.extension(h, mostExtension)
	if err != nil {
		return err
	}
	err = into.parse(data)
	if reason, ok := err.(flaw); ok {
		err = r.wrong(reason)
	}
	return err
}

func (r *tarReader) globalRecords(h *tarHeader) error {
	if err := r.records(h, r.global); err != nil {
		return err
	}
	for _, key := range notGlobal {
		if _, told := r.global.values[key]; told {
			return r.wrong(flaw("a global header says " + key + " of all entries"))
		}
	}
	if len(r.global.spots.all) > 0 {
		return r.wrong("a global header has a map of a sparse file")
	}
	if len(r.global.xattrs)+len(r.global.coded) > 0 {
		return r.wrong("a global header gives all entries an extended attribute")
	}
	return nil
}

// long reads a name or target that GNU tar has in front of its member.
func (r *tarReader) long(h *tarHeader, into **string) error {
	if *into != nil {
		return r.wrong("two long names follow one another")
	}
	data, err := r.extension(h, mostName)
	if err != nil {
		return err
	}
	for len(data) > 0 && data[len(data)-1] == 0 {
		data = data[:len(data)-1]
	}
	text := string(data)
	*into = &text
	return nil
}

// extension reads the data of a header that is no member; valid until the next one. The buffer
// grows with what came, not with what is promised.
func (r *tarReader) extension(h *tarHeader, most int64) ([]byte, error) {
	size, ok := number(h.bytes(fieldSize))
	if !ok || size < 0 || size > most {
		return nil, r.wrong("the size of a header is no possible number")
	}
	r.buf = r.buf[:0]
	for left := size; left > 0; {
		part, err := r.in.some(left)
		if err != nil {
			return nil, r.early(err)
		}
		r.buf = append(r.buf, part...)
		left -= int64(len(part))
	}
	return r.buf, r.early(r.in.skip(int64(padding(size))))
}
