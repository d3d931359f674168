package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"syscall"
)

const (
	tarBlock = 512
	// No file system holds more; sums of sizes below it do not overflow.
	mostBytesTold = 1 << 62
	shownName     = 200 // bytes of a name in a message
)

// broken says in one sentence why an archive is not unpacked any further.
func broken(format string, arguments ...any) error {
	return refusal{syscall.EBADMSG, fmt.Sprintf(format, arguments...)}
}

// A flaw is what is wrong in an archive; who knows where it stands makes a sentence of it.
type flaw string

func (f flaw) Error() string { return string(f) }

// printable is a name as a message shows it: in quotes, what is no text as escapes.
func printable(name string) string {
	if len(name) > shownName {
		return strconv.Quote(name[:shownName]) + "…"
	}
	return strconv.Quote(name)
}

// A tarHeader is one block of an archive that begins a member or says something about the next one.
type tarHeader [tarBlock]byte

// A field is where a header has something.
type field struct{ at, size int }

// Fields of pax's ustar format, those of GNU's old sparse format, and of further blocks of that.
var (
	fieldName     = field{0, 100}
	fieldMode     = field{100, 8}
	fieldUID      = field{108, 8}
	fieldGID      = field{116, 8}
	fieldSize     = field{124, 12}
	fieldMtime    = field{136, 12}
	fieldChecksum = field{148, 8}
	fieldTarget   = field{157, 100}
	fieldMagic    = field{257, 8}
	fieldUserName = field{265, 32}
	fieldGroup    = field{297, 32}
	fieldMajor    = field{329, 8}
	fieldMinor    = field{337, 8}
	fieldPrefix   = field{345, 155}
	starPrefix    = field{345, 131}
	fieldStar     = field{508, 4}
	fieldRealSize = field{483, 12}
)

const (
	typeFlagAt = 156
	gnuMagic   = "ustar  \x00"
	paxMagic   = "ustar\x0000"
)

func (h *tarHeader) bytes(f field) []byte { return h[f.at : f.at+f.size] }

// text is a field up to its NUL.
func (h *tarHeader) text(f field) string {
	text, _, _ := bytes.Cut(h.bytes(f), emptyName)
	return string(text)
}

func (h *tarHeader) flag() byte { return h[typeFlagAt] }

// isV7 tells that only what Unix version 7 knew can be trusted.
func (h *tarHeader) isV7() bool { return !bytes.HasPrefix(h.bytes(fieldMagic), []byte("ustar")) }

// name is that of the header alone.
func (h *tarHeader) name() string {
	name := h.text(fieldName)
	if h.isV7() || string(h.bytes(fieldMagic)) == gnuMagic {
		return name
	}
	prefix := h.text(fieldPrefix)
	if string(h.bytes(fieldStar)) == "tar\x00" {
		prefix = h.text(starPrefix)
	}
	if prefix == "" {
		return name
	}
	return strings.TrimSuffix(prefix, "/") + "/" + name
}

// sound tells whether the header has its checksum; some programs add up signed bytes.
func (h *tarHeader) sound() bool {
	told, ok := number(h.bytes(fieldChecksum))
	if !ok {
		return false
	}
	sum, high := int64(0), int64(0) // of all bytes, and how many are negative as signed ones
	for _, c := range h {
		sum += int64(c)
		high += int64(c >> 7)
	}
	for _, c := range h.bytes(fieldChecksum) { // which counts as spaces
		sum += ' ' - int64(c)
		high -= int64(c >> 7)
	}
	return told == sum || told == sum-high<<8
}

// number reads octal digits between spaces and NULs, nothing being 0, or a number of base 256.
func number(text []byte) (int64, bool) {
	if text[0]&0x80 != 0 {
		return base256(text)
	}
	text = bytes.TrimLeft(text, " \x00")
	if end := bytes.IndexAny(text, " \x00"); end >= 0 {
		text = text[:end]
	}
	value := int64(0)
	for _, c := range text {
		if c < '0' || c > '7' || value >= mostBytesTold/8 {
			return 0, false
		}
		value = value<<3 | int64(c-'0')
	}
	return value, true
}

// base256 reads two's complement, whose first bit only says that it is that.
func base256(text []byte) (int64, bool) {
	value := int64(0)
	first := text[0] & 0x7f
	if first&0x40 != 0 {
		value, first = -1, first|0x80
	}
	for at, c := range text {
		if at == 0 {
			c = first
		}
		if value >= mostBytesTold>>8 || value < -mostBytesTold>>8 {
			return 0, false
		}
		value = value<<8 | int64(c)
	}
	return value, true
}
