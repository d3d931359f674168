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
	re    *regexp.Regexp // nil: the one seed is all
	seeds []seed         // one of them is in every match; none where nothing is known to be
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
		return &needle{seeds: []seed{newSeed(pattern, false)}}, nil
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
	n.seeds = seedsIn(tree)
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

// matches tells where matches begin and end, up to limit of them unless that is negative.
func (n *needle) matches(data []byte, limit int) [][]int {
	if len(n.seeds) == 0 {
		return n.re.FindAllIndex(data, limit)
	}
	var found [][]int
	seek := newSeeker(n.seeds, data)
	for at := 0; at < len(data) && (limit < 0 || len(found) < limit); {
		i, end := seek.next(at)
		if i < 0 {
			break
		}
		if n.re == nil {
			at = end
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
