package main

import (
	"strconv"
	"syscall"
)

// A stretch is data between holes.
type stretch struct{ at, size int64 }

func (s stretch) end() int64 { return s.at + s.size }

// A sparseMap tells where a file has data, as GNU tar's format 1.0 does: numbers in decimal lines, first
// how many stretches, then offset and size of each.
type sparseMap struct {
	data   []stretch
	coarse bool // small holes are data: there were more than limit stretches
	limit  int
}

// read asks the file system about a file of so many bytes, and tells whether there are holes. A file
// system that does not know them has none.
func (m *sparseMap) read(fd int, size int64, halted func() error) (sparse bool, err error) {
	m.data, m.coarse = m.data[:0], false
	for at := int64(0); at < size; {
		from, err := syscall.Seek(fd, at, seekData)
		if err == syscall.ENXIO || err == nil && from >= size { // a hole up to the end
			break
		}
		if err != nil {
			return false, nil
		}
		if at, err = syscall.Seek(fd, from, seekHole); err != nil || at > size {
			at = size
		}
		if m.add(stretch{from, at - from}); len(m.data)%1024 == 0 {
			if err := halted(); err != nil {
				return false, err
			}
		}
	}
	if len(m.data) == 1 && m.data[0] == (stretch{0, size}) {
		return false, nil
	}
	m.close(size)
	return size > 0, nil
}

// hasHoles tells so without a map.
func hasHoles(fd int, size int64) bool {
	at, err := syscall.Seek(fd, 0, seekHole)
	return err == nil && at < size
}

func (m *sparseMap) add(s stretch) {
	if len(m.data) == m.limit {
		m.coarsen()
	}
	m.data = append(m.data, s)
}

// coarsen joins every two stretches: what was between them is written as zeros.
func (m *sparseMap) coarsen() {
	m.coarse = true
	joined := m.data[:0]
	for pair := m.data; len(pair) > 0; pair = pair[min(2, len(pair)):] {
		last := pair[min(1, len(pair)-1)]
		joined = append(joined, stretch{pair[0].at, last.end() - pair[0].at})
	}
	m.data = joined
}

// close ends a file that ends with a hole: the last stretch says where that is.
func (m *sparseMap) close(size int64) {
	if n := len(m.data); n == 0 || m.data[n-1].end() < size {
		m.data = append(m.data, stretch{size, 0})
	}
}

// stored is how many bytes of data there are.
func (m *sparseMap) stored() (bytes int64) {
	for _, s := range m.data {
		bytes += s.size
	}
	return bytes
}

// length is that of the map without the padding that follows it.
func (m *sparseMap) length() int64 {
	digits := func(n int64) int64 {
		var text [20]byte
		return int64(len(strconv.AppendInt(text[:0], n, 10)) + 1)
	}
	bytes := digits(int64(len(m.data)))
	for _, s := range m.data {
		bytes += digits(s.at) + digits(s.size)
	}
	return bytes
}

func (m *sparseMap) appendCount(out []byte) []byte {
	return append(strconv.AppendInt(out, int64(len(m.data)), 10), '\n')
}

func (s stretch) appendLines(out []byte) []byte {
	out = append(strconv.AppendInt(out, s.at, 10), '\n')
	return append(strconv.AppendInt(out, s.size, 10), '\n')
}
