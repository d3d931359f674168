package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// tarBlocks writes a member by hand: a header with these fields and a checksum, and data.
func tarBlocks(flag byte, name string, data string, set func(*tarHeader)) []byte {
	var h tarHeader
	copy(h[:], name)
	copy(h[fieldMode.at:], "0000644\x00")
	copy(h[fieldSize.at:], fmt.Sprintf("%011o\x00", len(data)))
	copy(h[fieldMagic.at:], paxMagic)
	h[typeFlagAt] = flag
	if set != nil {
		set(&h)
	}
	sign(&h)
	return append(append(h[:], data...), make([]byte, padding(int64(len(data))))...)
}

func sign(h *tarHeader) {
	copy(h.bytes(fieldChecksum), "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h.bytes(fieldChecksum), fmt.Sprintf("%06o\x00", sum))
}

func paxHeader(flag byte, pairs ...string) []byte {
	var records strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		body := " " + pairs[i] + "=" + pairs[i+1] + "\n"
		length := len(body) + 1
		for length != len(fmt.Sprint(length))+len(body) {
			length++
		}
		records.WriteString(fmt.Sprint(length) + body)
	}
	return tarBlocks(flag, "PaxHeaders/x", records.String(), nil)
}

func ended(parts ...[]byte) []byte {
	return append(bytes.Join(parts, nil), make([]byte, 2*tarBlock)...)
}

func filledUp(text string) string {
	return text + strings.Repeat("\x00", padding(int64(len(text))))
}

func putMap(h []byte, pairs ...int) {
	for i, value := range pairs {
		copy(h[12*i:], fmt.Sprintf("%011o\x00", value))
	}
}

func oldSparse(size int, more bool, pairs ...int) func(*tarHeader) {
	return func(h *tarHeader) {
		copy(h[fieldMagic.at:], gnuMagic)
		putMap(h[386:], pairs...)
		if more {
			h[482] = 1
		}
		copy(h[483:], fmt.Sprintf("%011o\x00", size))
	}
}

// sparseArchives hold the same file, "ab" at 10 and "c" at 20 of 30 bytes, in each of GNU's ways.
func sparseArchives() map[string][]byte {
	var extension tarHeader
	putMap(extension[:], 20, 1, 30, 0)
	far := tarBlocks('S', "f", "abc", oldSparse(30, true, 10, 2, 12, 0, 13, 0, 14, 0))
	far = append(append(far[:tarBlock:tarBlock], extension[:]...), far[tarBlock:]...)
	return map[string][]byte{
		"old":                 ended(tarBlocks('S', "f", "abc", oldSparse(30, false, 10, 2, 20, 1, 30, 0))),
		"old with extensions": ended(far),
		"0.0": ended(paxHeader('x', "GNU.sparse.size", "30", "GNU.sparse.numblocks", "2", "GNU.sparse.offset", "10",
			"GNU.sparse.numbytes", "2", "GNU.sparse.offset", "20", "GNU.sparse.numbytes", "1"), tarBlocks('0', "f", "abc", nil)),
		"0.1": ended(paxHeader('x', "GNU.sparse.size", "30", "GNU.sparse.numblocks", "2", "GNU.sparse.map", "10,2,20,1",
			"GNU.sparse.name", "f"), tarBlocks('0', "GNUSparseFile.0/f", "abc", nil)),
		"1.0": ended(paxHeader('x', "GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.name", "f",
			"GNU.sparse.realsize", "30"), tarBlocks('0', "GNUSparseFile.0/f", filledUp("3\n10\n2\n20\n1\n30\n0\n")+"abc", nil)),
	}
}

func TestSparseFilesOfEachFormat(t *testing.T) {
	want := "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00ab\x00\x00\x00\x00\x00\x00\x00\x00c\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	for name, data := range sparseArchives() {
		all, err := readTar(data, 100)
		if err != nil || len(all) != 1 || all[0].contents != want || all[0].name != "f" || !all[0].sparse {
			t.Errorf("%s: %+v %v", name, all, err)
		}
	}
}

func TestMapsThatCannotBe(t *testing.T) {
	in01 := func(size, text, data string) []byte {
		return ended(paxHeader('x', "GNU.sparse.size", size, "GNU.sparse.map", text), tarBlocks('0', "f", data, nil))
	}
	in10 := func(size, text string) []byte {
		return ended(paxHeader('x', "GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", size),
			tarBlocks('0', "f", text, nil))
	}
	for name, data := range map[string][]byte{
		"overlap":            in01("30", "0,2,1,1", "abc"),
		"backwards":          in01("30", "10,2,0,1", "abc"),
		"beyond the end":     in01("11", "10,2,20,1", "abc"),
		"overflow":           in01("30", "4611686018427387904,2,20,1", "abc"),
		"too large":          in01("9223372036854775807", "0,3", "abc"),
		"half":               in01("30", "0,3,5", "abc"),
		"no number":          in01("30", "0,x", "abc"),
		"negative":           in01("30", "-1,3", "abc"),
		"less than stored":   in01("30", "0,2", "abc"),
		"more than stored":   in01("30", "0,4", "abc"),
		"size is no number":  in01("-5", "0,3", "abc"),
		"map without end":    in10("30", strings.Repeat("1", 512)),
		"map cut":            in10("30", filledUp("9\n1\n")),
		"map count too high": in10("30", filledUp("99999999999\n")),
		"map count missing":  in10("30", ""),
		"old overlap":        ended(tarBlocks('S', "f", "abc", oldSparse(30, false, 10, 2, 11, 1))),
		"old beyond":         ended(tarBlocks('S', "f", "abc", oldSparse(5, false, 10, 2, 20, 1))),
		"unknown major": ended(paxHeader('x', "GNU.sparse.major", "2", "GNU.sparse.realsize", "3"),
			tarBlocks('0', "f", "abc", nil)),
		"Solaris": ended(paxHeader('x', "SUN.holesdata", " 0 2 3 "), tarBlocks('0', "f", "abc", nil)),
	} {
		if _, err := readTar(data, 1<<20); !isBroken(err) {
			t.Errorf("%s: %v", name, err)
		} else if !strings.Contains(err.Error(), `"f"`) {
			t.Errorf("%s: does not name the entry: %v", name, err)
		}
	}
}

func TestALargeMap(t *testing.T) {
	const count = 300_000
	var text strings.Builder
	fmt.Fprintln(&text, count)
	for i := range count {
		fmt.Fprintf(&text, "%d\n1\n", 4096*i)
	}
	data := ended(paxHeader('x', "GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", fmt.Sprint(4096*count)),
		tarBlocks('0', "f", filledUp(text.String())+strings.Repeat("x", count), nil))
	all, err := readTar(data, 1<<20)
	must(t, err)
	if len(all[0].spots) != count {
		t.Fatal(len(all[0].spots))
	}
}
