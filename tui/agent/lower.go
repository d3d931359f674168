package main

import "encoding/binary"

// lower turns upper-case ASCII into lower-case, eight bytes at a time, and tells whether there is
// anything beyond ASCII.
func lower(text []byte) (beyond bool) {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	var seen uint64
	for len(text) >= 8 {
		x := binary.LittleEndian.Uint64(text)
		seen |= x
		low := x &^ high
		// The high bit of a byte is set where it is at least A, and at most Z.
		from := low + (0x80-'A')*ones
		past := low + (0x80-'Z'-1)*ones
		upper := (from &^ past) &^ x & high
		binary.LittleEndian.PutUint64(text, x|upper>>2)
		text = text[8:]
	}
	for i, c := range text {
		seen |= uint64(c)
		if 'A' <= c && c <= 'Z' {
			text[i] = c + 'a' - 'A'
		}
	}
	return seen&high != 0
}
