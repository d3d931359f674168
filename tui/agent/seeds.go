package main

import (
	"bytes"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// An expression with more alternatives is faster as a whole.
const mostSeeds = 8

// A seed is text that a match holds: finding it is many times faster than matching.
type seed struct {
	literal []byte
	fold    bool // the literal is lower case and stands for both cases
	rare    int  // where the byte of it stands that is likely to be met least
}

func newSeed(literal []byte, fold bool) seed {
	return seed{literal, fold, rarest(literal)}
}

// seedsIn finds texts of which every match holds one; none where there are no such.
func seedsIn(re *syntax.Regexp) []seed {
	switch re.Op {
	case syntax.OpLiteral:
		if literal, fold := literalOf(re); len(literal) > 0 {
			return []seed{newSeed(literal, fold)}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return seedsIn(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return seedsIn(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []seed
		for _, sub := range re.Sub {
			if seeds := seedsIn(sub); shortest(seeds) > shortest(best) {
				best = seeds
			}
		}
		return best
	case syntax.OpAlternate:
		var all []seed
		for _, sub := range re.Sub {
			seeds := seedsIn(sub)
			if len(seeds) == 0 || len(all)+len(seeds) > mostSeeds {
				return nil
			}
			all = append(all, seeds...)
		}
		return all
	}
	return nil
}

// shortest tells how long the shortest of them is, 0 without any.
func shortest(seeds []seed) int {
	length := 0
	for i, s := range seeds {
		if i == 0 || len(s.literal) < length {
			length = len(s.literal)
		}
	}
	return length
}

// literalOf gives the longest part of a literal that can be looked for; with fold it is lower case.
func literalOf(re *syntax.Regexp) (literal []byte, fold bool) {
	text := string(re.Rune)
	if re.Flags&syntax.FoldCase == 0 {
		if strings.ContainsRune(text, utf8.RuneError) {
			return nil, false // it stands for every byte that is not UTF-8
		}
		return []byte(text), false
	}
	// Beyond ASCII a letter has more than two forms, and k and s have one there.
	text = strings.ToLower(text)
	longest := ""
	for _, part := range strings.FieldsFunc(text, func(r rune) bool {
		return r == 'k' || r == 's' || r >= utf8.RuneSelf
	}) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return []byte(longest), true
}

// index finds the seed.
func (s *seed) index(data []byte) int {
	if !s.fold {
		return bytes.Index(data, s.literal)
	}
	low := place{char: s.literal[s.rare]}
	up := place{char: low.char}
	if low.char >= 'a' && low.char <= 'z' {
		up.char -= 'a' - 'A'
	}
	for from := s.rare; ; from++ {
		from = min(low.next(data, from), up.next(data, from))
		begin := from - s.rare
		if begin+len(s.literal) > len(data) {
			return -1
		}
		if equalFold(data[begin:begin+len(s.literal)], s.literal) {
			return begin
		}
	}
}

// A place is where a byte was met last; what lies before it is not looked at again.
type place struct {
	char byte
	at   int
	met  bool
}

// next tells where the byte stands from a place on; len(data) where it does not.
func (p *place) next(data []byte, from int) int {
	if p.met && p.at >= from {
		return p.at
	}
	p.met, p.at = true, len(data)
	if from < len(data) {
		if i := bytes.IndexByte(data[from:], p.char); i >= 0 {
			p.at = from + i
		}
	}
	return p.at
}

// rarest tells which byte of a text is likely to be met least.
func rarest(text []byte) int {
	const common = "\x00 etaoinsrhldcumfpgwyb,.vkxjqz:;_-=/0123456789"
	best, rank := 0, -1
	for i, c := range text {
		r := strings.IndexByte(common, c)
		if r < 0 {
			r = len(common)
		}
		if r > rank {
			best, rank = i, r
		}
	}
	return best
}

func equalFold(data, low []byte) bool {
	for i, c := range data {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != low[i] {
			return false
		}
	}
	return true
}

// A seeker goes through a text from seed to seed; none of it is looked at twice for the same one.
type seeker struct {
	seeds []seed
	text  []byte
	at    []int // where each was met last, or len(text); -1 before
}

func newSeeker(seeds []seed, text []byte) *seeker {
	s := &seeker{seeds: seeds, text: text, at: make([]int, len(seeds))}
	for i := range s.at {
		s.at[i] = -1
	}
	return s
}

// next tells where the first seed from a place on begins and ends; -1 where there is none.
func (s *seeker) next(from int) (begin, end int) {
	begin = len(s.text)
	for i := range s.seeds {
		if s.at[i] < from {
			s.at[i] = len(s.text)
			if found := s.seeds[i].index(s.text[from:]); found >= 0 {
				s.at[i] = from + found
			}
		}
		if s.at[i] < begin {
			begin, end = s.at[i], s.at[i]+len(s.seeds[i].literal)
		}
	}
	if begin == len(s.text) {
		return -1, -1
	}
	return begin, end
}
