package main

import (
	"bytes"
	"unicode/utf8"
)

const (
	scanBytes = 16 << 10 // an expression without a seed gets so much at once, to be cancelled soon
	shownText = 400      // bytes of a line in a result, unless it is short
	shownLead = 120      // of them before the match
)

// A hit is a line that matches: offsets of the line and of the match in the text searched.
type hit struct{ line, lineEnd, begin, end int }

// A lineSearch goes through text in which every line is whole, or which is a part of one line.
type lineSearch struct {
	*needle
	text []byte
	at   int
	seek *seeker
}

func newLineSearch(n *needle, text []byte) *lineSearch {
	return &lineSearch{needle: n, text: text, seek: newSeeker(n.seeds, text)}
}

// next finds the first match in each line that has one. busy is asked between pieces of work, an
// error of it ends the search.
func (s *lineSearch) next(busy func() error) (h hit, found bool, err error) {
	for s.at < len(s.text) {
		if err = busy(); err != nil {
			return h, false, err
		}
		if len(s.seeds) > 0 {
			h, found = s.bySeed()
		} else {
			h, found = s.byExpression()
		}
		if found {
			return h, true, nil
		}
	}
	return h, false, nil
}

// bySeed looks at the next line that has a seed.
func (s *lineSearch) bySeed() (h hit, found bool) {
	begin, end := s.seek.next(s.at)
	if begin < 0 {
		s.at = len(s.text)
		return h, false
	}
	h = s.around(begin, end)
	s.at = h.lineEnd + 1
	if s.re == nil {
		return h, true
	}
	match := s.re.FindIndex(s.text[h.line:h.lineEnd])
	if match == nil {
		return h, false
	}
	h.begin, h.end = h.line+match[0], h.line+withoutCR(s.text[h.line:h.lineEnd], match)
	return h, true
}

// byExpression looks at some lines.
func (s *lineSearch) byExpression() (h hit, found bool) {
	piece := s.text[s.at:]
	if len(piece) > scanBytes {
		if end := bytes.LastIndexByte(piece[:scanBytes], '\n'); end >= 0 {
			piece = piece[:end+1]
		} else if end := bytes.IndexByte(piece, '\n'); end >= 0 {
			piece = piece[:end+1]
		}
	}
	match := s.re.FindIndex(piece)
	// Behind the last line break there is no line.
	if match == nil || match[0] == len(piece) && piece[len(piece)-1] == '\n' {
		s.at += len(piece)
		return h, false
	}
	h = s.around(s.at+match[0], s.at+withoutCR(piece, match))
	s.at = h.lineEnd + 1
	return h, true
}

func (s *lineSearch) around(begin, end int) hit {
	h := hit{begin: begin, end: end, lineEnd: len(s.text)}
	h.line = bytes.LastIndexByte(s.text[:begin], '\n') + 1
	if i := bytes.IndexByte(s.text[begin:], '\n'); i >= 0 {
		h.lineEnd = begin + i
	}
	return h
}

// shown gives the part of a line that a result carries, cut between characters, and where the
// match is in it; a CR at the line's end is left out.
func (s *lineSearch) shown(h hit) (text []byte, begin, end int) {
	from, to := h.line, h.lineEnd
	if to > from && s.text[to-1] == '\r' {
		to--
	}
	if to-from > shownText {
		from = max(from, h.begin-shownLead)
		to = min(to, from+shownText)
		from = max(h.line, to-shownText)
		for i := 0; i < utf8.UTFMax && from < h.begin && from > h.line && !utf8.RuneStart(s.text[from]); i++ {
			from++
		}
		to = wholeCharacters(s.text, from, to)
	}
	begin, end = min(h.begin, to), min(h.end, to)
	return s.text[from:to], begin - from, end - from
}

// wholeCharacters gives an end that cuts no character.
func wholeCharacters(text []byte, from, to int) int {
	if to == len(text) || utf8.RuneStart(text[to]) {
		return to
	}
	for i := to - 1; i > from && i > to-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if utf8.FullRune(text[i:to]) {
				return to
			}
			return i
		}
	}
	return to
}
