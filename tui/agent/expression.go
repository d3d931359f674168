package main

import (
	"regexp"
	"regexp/syntax"
)

const (
	maxWeight  = 1_200    // instructions an expression may need; each may cost time at every character
	lineBudget = 64 << 20 // of such costs before a cancel is noticed: about two seconds
	maxLine    = 1 << 20
	minLine    = 16 << 10
)

// longestLine tells how many bytes of a line are searched at once; a longer one is cut into parts.
func (n *needle) longestLine() int {
	return min(maxLine, max(minLine, lineBudget/max(1, n.weight)))
}

// weight estimates the size of a compiled expression.
func weight(re *syntax.Regexp) int {
	total := 0
	for _, sub := range re.Sub {
		total = min(total+weight(sub), maxWeight+1)
	}
	switch re.Op {
	case syntax.OpRepeat:
		total *= max(re.Min, re.Max, 1)
	case syntax.OpConcat, syntax.OpCapture:
	case syntax.OpLiteral:
		total += len(re.Rune)
	case syntax.OpCharClass:
		total += 1 + len(re.Rune)/8
	default:
		total++
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
