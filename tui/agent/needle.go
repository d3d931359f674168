package main

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// A needle is what one looks for in the lines of a file: RE2, whose time is linear, or fixed bytes.
// No match holds a line end; ^ and $ mean those of a line, whose CR before LF does not count.
type needle struct {
	re      *regexp.Regexp // nil: the literal is all
	literal []byte         // is in every match; empty where nothing is known to be
	fold    bool           // the literal is lower case and stands for both cases
	rare    int            // where the byte of it stands that is likely to be met least
	// What comes before a match decides about it too.
	looksBack bool
	weight    int // what one character may cost, 0 without an expression
}

const longestPattern = 4096

func newNeedle(pattern []byte, fixed, ignoreCase bool) (*needle, error) {
	if len(pattern) == 0 || len(pattern) > longestPattern {
		return nil, invalid(fmt.Sprintf("the pattern is empty or longer than %d bytes", longestPattern))
	}
	if fixed && (!ignoreCase || !utf8.Valid(pattern)) {
		return &needle{literal: pattern}, nil
	}
	if !utf8.Valid(pattern) {
		return nil, invalid("the pattern is not UTF-8")
	}
	text := string(pattern)
	if fixed {
		text = regexp.QuoteMeta(text)
	}
	flags := syntax.PerlX | syntax.UnicodeGroups
	if ignoreCase {
		flags |= syntax.FoldCase
	}
	tree, err := syntax.Parse(text, flags)
	if err != nil {
		return nil, invalid(err.Error())
	}
	n := &needle{weight: weight(tree)}
	if n.weight > maxWeight {
		return nil, invalid("the expression repeats too much: " + text)
	}
	n.literal, n.fold = literalIn(tree)
	n.rare = rarest(n.literal)
	n.looksBack = looksBack(tree)
	if n.re, err = regexp.Compile(withinLine(tree).String()); err != nil {
		return nil, invalid(err.Error())
	}
	return n, nil
}

func looksBack(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, looksBack)
}

// withinLine makes an expression match inside of one line.
func withinLine(re *syntax.Regexp) *syntax.Regexp {
	for i, sub := range re.Sub {
		re.Sub[i] = withinLine(sub)
	}
	switch re.Op {
	case syntax.OpBeginText:
		re.Op = syntax.OpBeginLine
	case syntax.OpEndText, syntax.OpEndLine:
		end := &syntax.Regexp{Op: syntax.OpEndLine}
		cr := &syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune{'\r'}}
		maybe := &syntax.Regexp{Op: syntax.OpQuest, Sub: []*syntax.Regexp{cr}}
		return &syntax.Regexp{Op: syntax.OpConcat, Sub: []*syntax.Regexp{maybe, end}}
	case syntax.OpAnyChar:
		re.Op = syntax.OpAnyCharNotNL
	case syntax.OpLiteral:
		if strings.ContainsRune(string(re.Rune), '\n') {
			return &syntax.Regexp{Op: syntax.OpNoMatch}
		}
	case syntax.OpCharClass:
		re.Rune = withoutLF(re.Rune)
	}
	return re
}

// withoutLF takes LF out of the ranges of a class.
func withoutLF(ranges []rune) []rune {
	var kept []rune
	for i := 0; i < len(ranges); i += 2 {
		low, high := ranges[i], ranges[i+1]
		if low > '\n' || high < '\n' {
			kept = append(kept, low, high)
			continue
		}
		if low < '\n' {
			kept = append(kept, low, '\n'-1)
		}
		if high > '\n' {
			kept = append(kept, '\n'+1, high)
		}
	}
	return kept
}

// literalIn finds the longest text that every match holds; with fold it is lower case.
func literalIn(re *syntax.Regexp) (literal []byte, fold bool) {
	switch re.Op {
	case syntax.OpLiteral:
		text := string(re.Rune)
		if re.Flags&syntax.FoldCase == 0 {
			if strings.ContainsRune(text, utf8.RuneError) {
				return nil, false // it stands for every byte that is not UTF-8
			}
			return []byte(text), false
		}
		// Beyond ASCII a letter has more than two forms, and k and s have one there.
		text = strings.ToLower(text)
		if strings.ContainsAny(text, "ks") || strings.IndexFunc(text, beyondASCII) >= 0 {
			longest := ""
			for _, part := range strings.FieldsFunc(text, func(r rune) bool {
				return r == 'k' || r == 's' || beyondASCII(r)
			}) {
				if len(part) > len(longest) {
					longest = part
				}
			}
			text = longest
		}
		return []byte(text), true
	case syntax.OpCapture, syntax.OpPlus:
		return literalIn(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literalIn(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if l, f := literalIn(sub); len(l) > len(literal) {
				literal, fold = l, f
			}
		}
	}
	return literal, fold
}

func beyondASCII(r rune) bool { return r >= utf8.RuneSelf }

// index finds the literal.
func (n *needle) index(data []byte) int {
	if !n.fold {
		return bytes.Index(data, n.literal)
	}
	low := place{char: n.literal[n.rare]}
	up := place{char: low.char}
	if low.char >= 'a' && low.char <= 'z' {
		up.char -= 'a' - 'A'
	}
	for from := n.rare; ; from++ {
		from = min(low.next(data, from), up.next(data, from))
		begin := from - n.rare
		if begin+len(n.literal) > len(data) {
			return -1
		}
		if equalFold(data[begin:begin+len(n.literal)], n.literal) {
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

// matches tells where matches begin and end, up to limit of them unless that is negative.
func (n *needle) matches(data []byte, limit int) [][]int {
	if n.re != nil && len(n.literal) == 0 {
		return n.re.FindAllIndex(data, limit)
	}
	var found [][]int
	for at := 0; at < len(data) && (limit < 0 || len(found) < limit); {
		i := n.index(data[at:])
		if i < 0 {
			break
		}
		i += at
		if n.re == nil {
			at = i + len(n.literal)
			found = append(found, []int{i, at})
			continue
		}
		begin := at + bytes.LastIndexByte(data[at:i], '\n') + 1
		at = lineEnd(data, i)
		for _, match := range n.re.FindAllIndex(data[begin:at], limit) {
			found = append(found, []int{begin + match[0], begin + match[1]})
		}
		at++
	}
	return found
}

// lineEnd tells where the line ends that a place is in, without its LF.
func lineEnd(data []byte, at int) int {
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(data)
}
