package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"regexp"
	"strings"
	"testing"
)

func found(t *testing.T, pattern, data string, fixed, ignoreCase bool) string {
	t.Helper()
	n, err := newNeedle([]byte(pattern), fixed, ignoreCase)
	if err != nil {
		t.Fatal(pattern, err)
	}
	var out []string
	for _, m := range n.matches([]byte(data), -1) {
		out = append(out, data[m[0]:m[1]])
	}
	return strings.Join(out, "|")
}

func TestNeedle(t *testing.T) {
	for _, c := range []struct {
		pattern, data     string
		fixed, ignoreCase bool
		want              string
	}{
		{"a.c", "abc a\nc axc", false, false, "abc|axc"},
		{"a.c", "abc a.c", true, false, "a.c"},
		{"ERR", "err ERR Err", false, true, "err|ERR|Err"},
		{"e.r", "e.r E.R exr", true, true, "e.r|E.R"},
		{"kiss", "KISS \u212aiss kiſs", false, true, "KISS|\u212aiss|kiſs"},
		{"größe", "GRÖSSE Größe GRÖßE", false, true, "Größe|GRÖßE"},
		{"^b", "ab\nb\nbb", false, false, "b|b"},
		{"b$", "ab\nb\r\nbb", false, false, "b|b\r|b"},
		{`\Aab\z`, "ab\nab\nabc", false, false, "ab|ab"},
		{`a\s*b`, "a\nb a  b", false, false, "a  b"},
		{`a[^x]*`, "ab\nc", false, false, "ab"},
		{`(?s)a.b`, "a\nb axb", false, false, "axb"},
		{`a\nb`, "a\nb", false, false, ""},
		{`(foo|bar)+baz`, "foobarbaz", false, false, "foobarbaz"},
		{"\xff\xfe", "a\xff\xfeb", true, false, "\xff\xfe"},
		{"x{2,3}", "xxxxx", false, false, "xxx|xx"},
	} {
		if got := found(t, c.pattern, c.data, c.fixed, c.ignoreCase); got != c.want {
			t.Errorf("%q in %q: %q, not %q", c.pattern, c.data, got, c.want)
		}
	}
}

func TestBadNeedles(t *testing.T) {
	for _, pattern := range []string{"", "(", `(a)\1`, "a{2000}", "\xff", strings.Repeat("a", longestPattern+1)} {
		if _, err := newNeedle([]byte(pattern), false, false); err == nil {
			t.Errorf("%.20q was taken", pattern)
		}
	}
}

// What finds candidates by their literal finds what the expression alone does, line by line.
func TestNeedleAgainstLines(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	patterns := []string{"ab", "AB", "a.*b", "^ab", "ab$", "(ab|ba)c", "c+ab", "[^a]b", "ca", "a?b", "(?i)cA", "kb", "^$", "c",
		"ab|ca", "abc|K|bb$", "(ab|c+a)b", "ab|a?", "^b|ck|A.B|cc"}
	for round := range 300 {
		data := make([]byte, random.Intn(200))
		for i := range data {
			data[i] = "aabbcABCk \n\n"[random.Intn(12)]
		}
		for _, pattern := range patterns {
			for _, fold := range []bool{false, true} {
				n, err := newNeedle([]byte(pattern), false, fold)
				if err != nil {
					t.Fatal(err)
				}
				text := pattern
				if fold {
					text = "(?i)" + pattern
				}
				want := byLine(regexp.MustCompile(text), data)
				var got []string
				for _, m := range n.matches(data, -1) {
					got = append(got, fmt.Sprint(m[0], "-", m[1]))
				}
				if strings.Join(got, " ") != strings.Join(want, " ") {
					t.Fatalf("round %d: %q in %q: %v, not %v", round, text, data, got, want)
				}
			}
		}
	}
}

func byLine(re *regexp.Regexp, data []byte) (out []string) {
	at := 0
	for _, line := range bytes.Split(data, []byte{'\n'}) {
		for _, m := range re.FindAllIndex(line, -1) {
			out = append(out, fmt.Sprint(at+m[0], "-", at+m[1]))
		}
		at += len(line) + 1
	}
	return out
}

func BenchmarkNeedle(b *testing.B) {
	line := []byte("2026-11-20 10:00:00 INFO request served in 12 ms for /index.html by worker 7\n")
	data := bytes.Repeat(line, 8<<20/len(line))
	for _, c := range []struct {
		pattern string
		fold    bool
	}{{"timeout", false}, {"timeout", true}, {"time.*out", true}, {"timeout|fatal", false}, {"timeout|fatal|panic", true}, {"[0-9]+ ss", false}, {"(a|b)+z[0-9]", false}} {
		b.Run(fmt.Sprint(c), func(b *testing.B) {
			n, _ := newNeedle([]byte(c.pattern), false, c.fold)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				for at := 0; at < len(data); at += windowBytes {
					n.matches(data[at:min(len(data), at+windowBytes)], 2)
				}
			}
		})
	}
}
