package main

import (
	"regexp"
	"regexp/syntax"
)

// Instructions an expression may need: each may cost time for every character, and a long line is
// gone through before a cancel is noticed.
const maxWeight = 2_000

// weight estimates the size of a compiled expression.
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

// part gives the needle for a part of a line, whose ends are not all those of the line.
func (n *needle) part(begins, ends bool) *needle {
	if n.re == nil || begins && ends {
		return n
	}
	tree, err := syntax.Parse(n.re.String(), syntax.Perl)
	if err != nil {
		return n
	}
	if !begins {
		forbid(tree, syntax.OpBeginLine)
	}
	if !ends {
		forbid(tree, syntax.OpEndLine)
	}
	re, err := regexp.Compile(tree.String())
	if err != nil {
		return n
	}
	other := *n
	other.re = re
	return &other
}

func forbid(re *syntax.Regexp, op syntax.Op) {
	for _, sub := range re.Sub {
		forbid(sub, op)
	}
	if re.Op == op {
		*re = syntax.Regexp{Op: syntax.OpNoMatch}
	}
}
