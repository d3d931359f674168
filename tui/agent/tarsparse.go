package main

import (
	"strconv"
	"strings"
)

// Places with data that one sparse file may have: 64 MiB of them.
const mostSpots = 4 << 20

// A spot is where a sparse file has data.
type spot struct{ at, size int64 }

// spots is the map of a sparse file while it is read.
type spots struct {
	all  []spot
	half bool // the last one has no size yet
}

const badMap = flaw("a map of a sparse file is broken")

func (s *spots) offset(text string) error {
	at, ok := decimal(text)
	if !ok || s.half {
		return badMap
	}
	s.half = true
	return s.add(spot{at: at})
}

func (s *spots) numbytes(text string) error {
	size, ok := decimal(text)
	if !ok || !s.half {
		return badMap
	}
	s.half = false
	s.all[len(s.all)-1].size = size
	return nil
}

func (s *spots) complete() error {
	if s.half {
		return badMap
	}
	return nil
}

func (s *spots) add(one spot) error {
	if len(s.all) == mostSpots {
		return flaw("a sparse file has too many places with data")
	}
	s.all = append(s.all, one)
	return nil
}

// list reads `offset,size,offset,size…`, GNU's format 0.1.
func (s *spots) list(text string) error {
	if text == "" {
		return nil
	}
	even := true
	for number := range strings.SplitSeq(text, ",") {
		step := s.offset
		if !even {
			step = s.numbytes
		}
		even = !even
		if err := step(number); err != nil {
			return err
		}
	}
	return s.complete()
}

// check tells whether the map is in order, within the file, and of as many bytes as are stored.
func (s *spots) check(real, stored int64) bool {
	end, sum := int64(0), int64(0)
	for _, one := range s.all {
		if one.at < end || one.size < 0 || one.size > real || one.at > real-one.size {
			return false
		}
		end = one.at + one.size
		sum += one.size
	}
	return sum == stored
}

func decimal(text string) (int64, bool) {
	value, err := strconv.ParseInt(text, 10, 64)
	return value, err == nil && value >= 0 && value <= mostBytesTold && text[0] != '+'
}

// oldSpots reads the map in a header of GNU's old format, or in a block that goes on with it; more
// tells that another block follows.
func (s *spots) oldSpots(block *tarHeader, first bool) (more bool, err error) {
	const firstAt, firstCount, count, half = 386, 4, 21, 12
	at, left, flag := 0, count, count*2*half
	if first {
		at, left, flag = firstAt, firstCount, firstAt+firstCount*2*half
	}
	for ; left > 0 && block[at+half] != 0; left-- {
		from, isNumber := number(block[at : at+half])
		size, isSize := number(block[at+half : at+2*half])
		if !isNumber || !isSize {
			return false, badMap
		}
		if err := s.add(spot{from, size}); err != nil {
			return false, err
		}
		at += 2 * half
	}
	return block[flag] != 0, nil
}

// A mapReader reads the map of GNU's format 1.0, lines of decimals before the data.
type mapReader struct {
	spots *spots
	line  []byte
	left  int64 // numbers to come; -1: their count does
}

// take reads a block and tells whether the map ends in it.
func (m *mapReader) take(block []byte) (done bool, err error) {
	const longest = 20
	for _, c := range block {
		if c != '\n' {
			if m.line = append(m.line, c); len(m.line) > longest {
				return false, badMap
			}
			continue
		}
		if err := m.number(string(m.line)); err != nil || m.left == 0 {
			return true, err
		}
		m.line = m.line[:0]
	}
	return false, nil
}

func (m *mapReader) number(line string) error {
	if m.left < 0 {
		count, ok := decimal(line)
		if !ok || count > mostSpots {
			return badMap
		}
		m.left = 2 * count
		return nil
	}
	m.left--
	if m.spots.half {
		return m.spots.numbytes(line)
	}
	return m.spots.offset(line)
}
