package main

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// namePattern makes the test of find: path is the folder's below the start (with / at its end,
// empty for the start), name has no NUL. A pattern with a slash is about the path, another one
// about the name.
func namePattern(pattern []byte, glob bool) (func(path, name []byte) bool, error) {
	if len(pattern) == 0 || len(pattern) > longestPattern {
		return nil, invalid(fmt.Sprintf("the pattern is empty or longer than %d bytes", longestPattern))
	}
	if bytes.IndexByte(pattern, 0) >= 0 {
		return nil, invalid("no name has a NUL")
	}
	fits := fuzzy(pattern)
	if glob {
		if err := checkGlob(pattern); err != nil {
			return nil, err
		}
		shape := bytes.TrimPrefix(pattern, []byte{'/'})
		fits = func(text []byte) bool { return globFits(shape, text) }
	}
	if bytes.IndexByte(pattern, '/') < 0 {
		return func(_, name []byte) bool { return fits(name) }, nil
	}
	var whole []byte // only the walker asks
	return func(path, name []byte) bool {
		whole = append(append(whole[:0], path...), name...)
		return fits(whole)
	}, nil
}

// fuzzy finds the characters of the pattern in this order, in any case unless the pattern has an
// upper-case one.
func fuzzy(pattern []byte) func(text []byte) bool {
	exact := bytes.ContainsFunc(pattern, unicode.IsUpper)
	ascii := isASCII(pattern)
	return func(text []byte) bool {
		switch {
		case ascii && exact:
			return subsequence(pattern, text)
		case ascii && isASCII(text):
			return foldedSubsequence(pattern, text)
		}
		return runeSubsequence(pattern, text, exact)
	}
}

func subsequence(pattern, text []byte) bool {
	for _, c := range pattern {
		at := bytes.IndexByte(text, c)
		if at < 0 {
			return false
		}
		text = text[at+1:]
	}
	return true
}

func foldedSubsequence(pattern, text []byte) bool {
	at := 0
	for _, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c == pattern[at] {
			if at++; at == len(pattern) {
				return true
			}
		}
	}
	return false
}

func runeSubsequence(pattern, text []byte, exact bool) bool {
	for len(text) > 0 && len(pattern) > 0 {
		want, size := character(pattern)
		c, length := character(text)
		text = text[length:]
		if c == want || !exact && unicode.ToLower(c) == unicode.ToLower(want) {
			pattern = pattern[size:]
		}
	}
	return len(pattern) == 0
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// character gives the first one; a byte that is not UTF-8 is one of its own, unlike all others.
func character(text []byte) (rune, int) {
	if text[0] < utf8.RuneSelf {
		return rune(text[0]), 1
	}
	c, size := utf8.DecodeRune(text)
	if c == utf8.RuneError && size == 1 {
		return -rune(text[0]), 1
	}
	return c, size
}

// checkGlob refuses sets that are not closed.
func checkGlob(pattern []byte) error {
	for at := 0; at < len(pattern); {
		switch pattern[at] {
		case '[':
			_, size, ok := inSet(pattern[at:], 0)
			if !ok {
				return invalid("a [ of the pattern has no ]")
			}
			at += size
		case '\\':
			at += 2
		default:
			at++
		}
	}
	return nil
}

// globFits matches a whole text: * and ? and sets stay inside one name, ** goes over any number
// of folders. Going back to the last * and the last ** is enough, so the time is at most the
// product of both lengths.
func globFits(pattern, text []byte) bool {
	p, t := 0, 0
	var star, deep retry
	for {
		if p < len(pattern) {
			if isDeep(pattern, p) {
				if p+2 == len(pattern) {
					return true
				}
				p += 3
				deep, star = retry{p, t, true}, retry{}
				continue
			}
			if pattern[p] == '*' {
				p++
				star = retry{p, t, true}
				continue
			}
			if size, length := single(pattern[p:], text[t:]); length > 0 {
				p, t = p+size, t+length
				continue
			}
		} else if t == len(text) {
			return true
		}
		switch {
		case star.set && star.text < len(text) && text[star.text] != '/':
			star.text++
			p, t = star.pattern, star.text
		case deep.set && deep.next(text):
			star = retry{}
			p, t = deep.pattern, deep.text
		default:
			return false
		}
	}
}

// A retry is where a wildcard goes on with more of the text taken.
type retry struct {
	pattern, text int
	set           bool
}

// next lets ** take one folder more.
func (r *retry) next(text []byte) bool {
	slash := bytes.IndexByte(text[r.text:], '/')
	r.text += slash + 1
	return slash >= 0
}

// isDeep tells whether a whole component of the pattern is **.
func isDeep(pattern []byte, at int) bool {
	return bytes.HasPrefix(pattern[at:], []byte("**")) &&
		(at == 0 || pattern[at-1] == '/') &&
		(at+2 == len(pattern) || pattern[at+2] == '/')
}

// single matches one character and tells the sizes in pattern and text; no length: it does not fit.
func single(pattern, text []byte) (size, length int) {
	if len(text) == 0 {
		return 1, 0
	}
	c, length := character(text)
	switch pattern[0] {
	case '?', '[':
		fits, size := true, 1
		if pattern[0] == '[' {
			fits, size, _ = inSet(pattern, c)
		}
		if c == '/' || !fits {
			return size, 0
		}
		return size, length
	case '\\':
		if len(pattern) > 1 {
			if text[0] == pattern[1] {
				return 2, 1
			}
			return 2, 0
		}
	}
	if text[0] == pattern[0] {
		return 1, 1
	}
	return 1, 0
}

// inSet reads a set such as [a-z] or [!a-z] and tells whether it holds c, and its size.
func inSet(pattern []byte, c rune) (found bool, size int, closed bool) {
	at := 1
	negated := at < len(pattern) && (pattern[at] == '!' || pattern[at] == '^')
	if negated {
		at++
	}
	for first := at; at < len(pattern); {
		if pattern[at] == ']' && at > first {
			return found != negated, at + 1, true
		}
		low, width := setCharacter(pattern[at:])
		at += width
		high := low
		if at+1 < len(pattern) && pattern[at] == '-' && pattern[at+1] != ']' {
			high, width = setCharacter(pattern[at+1:])
			at += 1 + width
		}
		found = found || low <= c && c <= high
	}
	return false, at, false
}

func setCharacter(pattern []byte) (rune, int) {
	if pattern[0] == '\\' && len(pattern) > 1 {
		c, size := character(pattern[1:])
		return c, size + 1
	}
	return character(pattern)
}
