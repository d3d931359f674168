package main

import "strings"

// giveSpots finds out where the data of a file belongs, in each of the ways GNU tar has for that.
func (r *tarReader) giveSpots(h *tarHeader, m *archived) error {
	r.left, r.fill = m.stored, int64(padding(m.stored))
	for _, key := range []string{"SUN.holesdata", "SCHILY.realsize", "GNU.volume.filename"} {
		if r.told(key) {
			return m.refuse("it is written in a way that is not known here, with " + key)
		}
	}
	read := r.spotsOf(h)
	if read == nil {
		if m.stored > 0 {
			m.spots = []spot{{0, m.stored}}
		}
		return nil
	}
	var s spots
	m.sparse = true
	err := read(h, m, &s)
	if wrong, ok := err.(flaw); ok {
		err = m.refuse(string(wrong))
	}
	if err != nil {
		return err
	}
	if !s.check(m.size(), m.stored) {
		return m.refuse("its map of a sparse file does not fit its sizes")
	}
	m.spots = s.all
	return nil
}

// spotsOf tells which way it is; nil for a file that is not sparse.
func (r *tarReader) spotsOf(h *tarHeader) func(*tarHeader, *archived, *spots) error {
	switch {
	case h.flag() == 'S':
		return r.oldSparse
	case flagKinds[h.flag()] != flagKinds['0']:
		return nil
	case r.told("GNU.sparse.major"):
		return r.sparseInData
	case r.told("GNU.sparse.map") || r.told("GNU.sparse.size") || len(r.local.spots.all) > 0:
		return r.sparseInRecords
	}
	return nil
}

func (r *tarReader) realSize(m *archived, key string) error {
	text, told := r.value(key)
	size, ok := decimal(text)
	if !told || !ok {
		return m.refuse("the size of the sparse file is no possible number")
	}
	m.st.Size = uint64(size)
	return nil
}

// sparseInRecords are GNU's formats 0.0 and 0.1.
func (r *tarReader) sparseInRecords(_ *tarHeader, m *archived, s *spots) error {
	if err := r.realSize(m, "GNU.sparse.size"); err != nil {
		return err
	}
	if text, told := r.value("GNU.sparse.map"); told {
		return s.list(strings.TrimSuffix(text, ","))
	}
	*s = r.local.spots
	return nil
}

// sparseInData is GNU's format 1.0: the map stands before the data, in blocks of its own.
func (r *tarReader) sparseInData(_ *tarHeader, m *archived, s *spots) error {
	if major, _ := r.value("GNU.sparse.major"); major != "1" {
		if major == "0" {
			return r.sparseInRecords(nil, m, s)
		}
		return m.refuse("its format of sparse files is not known")
	}
	if err := r.realSize(m, "GNU.sparse.realsize"); err != nil {
		return err
	}
	reader := mapReader{spots: s, left: -1}
	for {
		var block tarHeader
		if r.left < tarBlock {
			return m.refuse("its map of a sparse file has no end")
		}
		if err := r.block(&block); err != nil {
			return err
		}
		r.left -= tarBlock
		m.stored = r.left
		if done, err := reader.take(block[:]); done || err != nil {
			return err
		}
	}
}

// oldSparse is the format before pax: the map stands in the header and in blocks behind it, which
// the size leaves out.
func (r *tarReader) oldSparse(h *tarHeader, m *archived, s *spots) error {
	real, ok := number(h.bytes(fieldRealSize))
	if !ok || real < 0 || real > mostBytesTold {
		return m.refuse("the size of the sparse file is no possible number")
	}
	m.st.Size = uint64(real)
	more, err := s.oldSpots(h, true)
	for more && err == nil {
		var block tarHeader
		if err = r.block(&block); err == nil {
			more, err = s.oldSpots(&block, false)
		}
	}
	return err
}
