package main

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Instructions an expression may need: what takes longer than this for a character is refused.
const maxWeight = 10_000

// An expression finds a pattern in text, inside one line of it.
type expression struct {
	// literal is in every match, in lower case if folded; empty: none is known.
	literal []byte
	folded  bool // in any case of ASCII
	exact   bool // literal is all there is
	// ambiguous: beyond ASCII there are other cases of the literal (k, s).
	ambiguous bool
	whole     *regexp.Regexp // nil if there is only the literal
	tree      *syntax.Regexp
}

func newExpression(pattern []byte, fixed, anyCase bool) (*expression, error) {
	if len(pattern) == 0 || len(pattern) > longestPattern {
		return nil, invalid(fmt.Sprintf("the pattern is empty or longer than %d bytes", longestPattern))
	}
	if bytes.IndexByte(pattern, '\n') >= 0 {
		return nil, invalid("the pattern has a line break, and lines are searched one by one")
	}
	if fixed && (!anyCase || !utf8.Valid(pattern)) {
		literal := pattern
		if anyCase {
			literal = lowered(nil, pattern)
		}
		return &expression{literal: literal, folded: anyCase, exact: true}, nil
	}
	text := string(pattern)
	if fixed {
		text = regexp.QuoteMeta(text)
	}
	return parseExpression(text, anyCase)
}

func parseExpression(text string, anyCase bool) (*expression, error) {
	// Without OneLine, ^ and $ stand at every line.
	flags := syntax.Perl &^ (syntax.OneLine | syntax.ClassNL)
	if anyCase {
		flags |= syntax.FoldCase
	}
	tree, err := syntax.Parse(text, flags)
	if err != nil {
		return nil, invalid(err.Error())
	}
	if weight(tree) > maxWeight {
		return nil, invalid("the expression repeats too much: " + text)
	}
	keepToLine(tree)
	e := &expression{tree: tree}
	if e.whole, err = regexp.Compile(tree.String()); err != nil {
		return nil, invalid(err.Error())
	}
	e.demand(tree)
	return e, nil
}

// weight estimates the size of the compiled expression.
func weight(re *syntax.Regexp) int {
	total := 1
	for _, sub := range re.Sub {
		total = min(total+weight(sub), maxWeight+1)
	}
	switch re.Op {
	case syntax.OpRepeat:
		total *= max(re.Min, re.Max, 1)
	case syntax.OpLiteral:
		total += len(re.Rune)
	case syntax.OpCharClass:
		total += len(re.Rune) / 8
	}
	return min(total, maxWeight+1)
}

// keepToLine changes an expression so that no match has a line break, and that the text of \A and
// \z is the line.
func keepToLine(re *syntax.Regexp) {
	for _, sub := range re.Sub {
		keepToLine(sub)
	}
	switch re.Op {
	case syntax.OpAnyChar:
		re.Op = syntax.OpAnyCharNotNL
	case syntax.OpBeginText:
		re.Op = syntax.OpBeginLine
	case syntax.OpEndText:
		re.Op = syntax.OpEndLine
	case syntax.OpCharClass:
		re.Rune = withoutLF(re.Rune)
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if r == '\n' {
				never(re)
				return
			}
		}
	}
}

func never(re *syntax.Regexp) { *re = syntax.Regexp{Op: syntax.OpNoMatch} }

// demand finds the longest literal without which nothing matches.
func (e *expression) demand(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		e.demand(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			e.demand(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			e.demand(sub)
		}
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			// The replacement character stands for every byte that is not UTF-8.
			if text := string(re.Rune); len(text) > len(e.literal) && !strings.ContainsRune(text, utf8.RuneError) {
				e.literal, e.folded, e.ambiguous = []byte(text), false, false
			}
			return
		}
		for part := range strings.FieldsFuncSeq(string(re.Rune), func(r rune) bool { return r >= utf8.RuneSelf }) {
			if len(part) > len(e.literal) {
				e.literal, e.folded = lowered(nil, []byte(part)), true
				e.ambiguous = bytes.ContainsAny(e.literal, "ks")
			}
		}
	}
}

// part gives the expression for a part of a line: what stands at its ends is not the line's.
func (e *expression) part(begins, ends bool) *expression {
	if e.whole == nil || begins && ends {
		return e
	}
	tree, err := syntax.Parse(e.tree.String(), syntax.Perl)
	if err != nil {
		return e
	}
	if !begins {
		forbid(tree, syntax.OpBeginLine)
	}
	if !ends {
		forbid(tree, syntax.OpEndLine)
	}
	whole, err := regexp.Compile(tree.String())
	if err != nil {
		return e
	}
	other := *e
	other.whole = whole
	return &other
}

func forbid(re *syntax.Regexp, op syntax.Op) {
	for _, sub := range re.Sub {
		forbid(sub, op)
	}
	if re.Op == op {
		never(re)
	}
}

// lowered appends text in lower case as far as it is ASCII.
func lowered(out, text []byte) []byte {
	out = append(out, text...)
	lower(out[len(out)-len(text):])
	return out
}
