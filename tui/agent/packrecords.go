package main

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keywords of pax records. POSIX has the first ones; the others are those of star, libarchive and GNU
// tar, who all read the first three.
const (
	paxPath, paxLinkpath, paxMtime, paxSize, paxUID, paxGID = "path", "linkpath", "mtime", "size", "uid", "gid"

	paxComment      = "comment"
	paxCharset      = "hdrcharset"
	paxXattr        = "SCHILY.xattr."
	paxAccessACL    = "SCHILY.acl.access"
	paxDefaultACL   = "SCHILY.acl.default"
	paxSparseMajor  = "GNU.sparse.major"
	paxSparseMinor  = "GNU.sparse.minor"
	paxSparseName   = "GNU.sparse.name"
	paxSparseLength = "GNU.sparse.realsize"
)

// The extended attributes that hold access control lists.
const (
	xattrAccessACL  = "system.posix_acl_access"
	xattrDefaultACL = "system.posix_acl_default"
)

// appendRecord writes `length keyword=value\n`; the length counts its own digits.
func appendRecord(out []byte, keyword string, value []byte) []byte {
	rest := len(keyword) + len(value) + 3
	length := rest + decimals(rest)
	if decimals(length) > decimals(rest) {
		length = rest + decimals(length)
	}
	out = append(strconv.AppendInt(out, int64(length), 10), ' ')
	out = append(append(out, keyword...), '=')
	return append(append(out, value...), '\n')
}

func appendNumber(out []byte, keyword string, value int64) []byte {
	var digits [20]byte
	return appendRecord(out, keyword, strconv.AppendInt(digits[:0], value, 10))
}

func decimals(n int) (count int) {
	for count = 1; n > 9; n /= 10 {
		count++
	}
	return count
}

// appendTime writes seconds as pax has them: those before 1970 with a sign before all of it, so that
// -1.5 is half a second before -1.
func appendTime(out []byte, keyword string, t timestamp) []byte {
	var text [32]byte
	value := text[:0]
	seconds, fraction := t.Sec, int64(t.Nsec)
	if seconds < 0 && fraction > 0 {
		seconds, fraction = seconds+1, 1e9-fraction
		if seconds == 0 {
			value = append(value, '-')
		}
	}
	value = strconv.AppendInt(value, seconds, 10)
	if fraction > 0 {
		value = append(value, '.')
		for digit := int64(1e8); fraction > 0; digit /= 10 {
			value = append(value, '0'+byte(fraction/digit))
			fraction %= digit
		}
	}
	return appendRecord(out, keyword, value)
}

// appendXattr writes an extended attribute, lists of access control in words.
func appendXattr(out []byte, x xattr) []byte {
	keyword := ""
	switch x.name {
	case xattrAccessACL:
		keyword = paxAccessACL
	case xattrDefaultACL:
		keyword = paxDefaultACL
	}
	if keyword != "" {
		if text, err := appendACLText(nil, x.value); err == nil {
			return appendRecord(out, keyword, text)
		}
	}
	return appendRecord(out, paxXattr+escapeXattr(x.name), x.value)
}

// A keyword ends at the first `=`. GNU tar writes and reads %3D for it in names of extended attributes,
// and %25 for %. Programs that do not know of that keep the value, under the name as it is written.
var (
	xattrEscaper   = strings.NewReplacer("%", "%25", "=", "%3D")
	xattrUnescaper = strings.NewReplacer("%25", "%", "%3D", "=")
)

// escapeXattr leaves % alone where it would not be taken for an escape.
func escapeXattr(name string) string {
	switch {
	case strings.Contains(name, "%25") || strings.Contains(name, "%3D"):
		return xattrEscaper.Replace(name)
	case strings.Contains(name, "="):
		return strings.ReplaceAll(name, "=", "%3D")
	}
	return name
}

// unescapeXattr is for keywords behind SCHILY.xattr.
func unescapeXattr(name string) string {
	if strings.IndexByte(name, '%') < 0 {
		return name
	}
	return xattrUnescaper.Replace(name)
}

var hangulJamo = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x1100, Hi: 0x11ff, Stride: 1}}}

// isBinary tells that a name in a record needs hdrcharset=BINARY to stay as it is: what is no UTF-8 is
// refused without it, and libarchive composes what is decomposed.
func isBinary(name []byte) bool {
	return !utf8.Valid(name) || bytes.IndexFunc(name, func(r rune) bool {
		return r > unicode.MaxLatin1 && unicode.In(r, unicode.M, hangulJamo)
	}) >= 0
}
