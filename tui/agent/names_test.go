package main

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestGlobs(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true},
		{"*", "a/b", false},
		{"**", "a/b/c", true},
		{"a/**", "a", false},
		{"a/**", "a/b/c", true},
		{"**/c", "c", true},
		{"**/c", "a/b/c", true},
		{"**/c", "a/bc", false},
		{"a/**/d", "a/d", true},
		{"a/**/d", "a/b/c/d", true},
		{"a/**/d", "a/b/cd", false},
		{"**/a/*b*/**/c", "a/x/a/abc/y/z/c", true},
		{"a**c", "abbc", true},
		{"a**c", "ab/c", false},
		{"a?c", "a/c", false},
		{"[]x]", "]", true},
		{"[^]x]", "]", false},
		{"[a-]", "-", true},
		{"[!/]", "/", false},
		{`\*`, "*", true},
		{`\*`, "a", false},
		{"[ä-ö]", "ö", true},
		{"?", "€", true},
		{"?", "\xff", true},
		{"\xff?", "\xff\xfe", true},
		{"[\xff]", "\xff", true},
		{"[\xff]", "\u00ff", false},
		{strings.Repeat("*a", 50) + "b", strings.Repeat("a", 4_000), false},
		{strings.Repeat("**/a/", 50) + "b", strings.Repeat("a/", 2_000), false},
	} {
		if got := globFits([]byte(c.pattern), []byte(c.text)); got != c.want {
			t.Errorf("%.40q %.40q: %v", c.pattern, c.text, got)
		}
	}
}

func TestNamePatternsWithASlashAreAboutThePath(t *testing.T) {
	for _, c := range []struct {
		pattern string
		glob    bool
		want    bool
	}{
		{"dn", false, false},
		{"d/n", false, true},
		{"D/n", false, false},
		{"name", true, true},
		{"deep/name", true, false},
		{"/deep/er/name", true, true},
		{"/name", true, false},
	} {
		fits, err := namePattern([]byte(c.pattern), c.glob)
		must(t, err)
		if got := fits([]byte("deep/er/"), []byte("name")); got != c.want {
			t.Errorf("%q: %v", c.pattern, got)
		}
	}
}

// FuzzGlob compares with the same pattern as an expression.
func FuzzGlob(f *testing.F) {
	for _, seed := range [][2]string{
		{"*", "a"}, {"**", "a/b"}, {"a/**/b", "a/x/b"}, {"*.go", "x.go"}, {"?b*c", "abbcc"}, {"**/*a*/**", "b/aa/b"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		// Sets and escapes have no equal there, and no path has two slashes in a row.
		if strings.ContainsAny(pattern, `[\`) || !utf8.ValidString(pattern) || len(pattern)+len(text) > 200 ||
			strings.Contains(pattern, "//") || strings.Contains("/"+text+"/", "//") {
			return
		}
		want := globExpression(pattern).MatchString(text)
		if got := globFits([]byte(pattern), []byte(text)); got != want {
			t.Fatalf("%q %q: %v", pattern, text, got)
		}
	})
}

func globExpression(pattern string) *regexp.Regexp {
	var out strings.Builder
	for at := 0; at < len(pattern); {
		switch {
		case isDeep([]byte(pattern), at) && at+2 == len(pattern):
			out.WriteString(".*")
			at += 2
		case isDeep([]byte(pattern), at):
			out.WriteString("(?:[^/]*/)*")
			at += 3
		case pattern[at] == '*':
			out.WriteString("[^/]*")
			at++
		case pattern[at] == '?':
			out.WriteString("[^/]")
			at++
		default:
			_, size := utf8.DecodeRuneInString(pattern[at:])
			out.WriteString(regexp.QuoteMeta(pattern[at : at+size]))
			at += size
		}
	}
	return regexp.MustCompile(`(?s)\A(?:` + out.String() + `)\z`)
}

// FuzzFuzzy holds the fast ways to the slow one.
func FuzzFuzzy(f *testing.F) {
	f.Add("mg", "main.go")
	f.Add("ä", "Ärger")
	f.Add("\xff", "a\xffb")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if pattern == "" {
			return
		}
		got := fuzzy([]byte(pattern))([]byte(text))
		exact := strings.IndexFunc(pattern, unicode.IsUpper) >= 0
		if want := runeSubsequence([]byte(pattern), []byte(text), exact); got != want {
			t.Fatalf("%q %q: %v", pattern, text, got)
		}
	})
}
