package main

import (
	"archive/tar"
	"bytes"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
)

// plainMember is a file whose header needs no records.
func plainMember() *packMember {
	return &packMember{path: []byte("./file"), kind: kindFile, st: &statx{
		Mode: syscall.S_IFREG | 0o4751, UID: 1000, GID: 7, Mtime: timestamp{Sec: 1_700_000_000},
	}}
}

// readBack lets archive/tar read one member with contents of zeros.
func readBack(t *testing.T, m *packMember) (*tar.Header, []byte) {
	t.Helper()
	out := appendMember(nil, m)
	headers := len(out)
	if headers%blockBytes != 0 {
		t.Fatalf("headers of %d bytes", headers)
	}
	head, err := tar.NewReader(io.MultiReader(bytes.NewReader(out), zeros{})).Next()
	if err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	return head, out
}

type zeros struct{}

func (zeros) Read(buf []byte) (int, error) { clear(buf); return len(buf), nil }

func TestPlainMemberIsOneBlock(t *testing.T) {
	h, out := readBack(t, plainMember())
	if len(out) != blockBytes || h.Name != "./file" || h.Mode != 0o4751 || h.Uid != 1000 || h.Gid != 7 ||
		!h.ModTime.Equal(time.Unix(1_700_000_000, 0)) || h.Typeflag != tar.TypeReg || len(h.PAXRecords) > 0 {
		t.Fatalf("%d bytes: %+v", len(out), h)
	}
}

func TestNames(t *testing.T) {
	a, b := strings.Repeat("a", 100), strings.Repeat("b", 155)
	for _, test := range []struct {
		path    string
		records string // keywords
	}{
		{"./" + a[:98], ""},
		{"./" + a[:99], ""},
		{b + "/" + a, ""},
		{b + "b/" + a, "path"},
		{b + "/" + a + "a", "path"},
		{b + "/" + a[:99] + "/", ""},
		{b + "/" + a + "/", "path"},
		{strings.Repeat("d/", 10_000), "path"},
		{"./line\nend-\xff\xfe \\", ""},
		{b + "/\xff" + a, "hdrcharset path"},
		{b + "/\u00e9" + a, "path"},
		{b + "/e\u0301" + a, "hdrcharset path"},
		{b + "/\u1112\u1161\u11ab" + a, "hdrcharset path"},
		{strings.Repeat("\xe9/", 50), ""},
		{"-rf", ""},
	} {
		m := plainMember()
		m.path = []byte(test.path)
		h, _ := readBack(t, m)
		if h.Name != test.path && h.Name+"/" != test.path || keywords(h) != test.records {
			t.Errorf("%.40q of %d bytes became %.40q with %s", test.path, len(test.path), h.Name, keywords(h))
		}
		m.path, m.link, m.kind = []byte("./hard"), []byte(test.path), kindHardLink
		h, _ = readBack(t, m)
		told := test.records
		if len(test.path) > nameBytes {
			told = strings.TrimSpace(strings.TrimSuffix(told, "path") + "linkpath")
		}
		if h.Linkname != test.path || keywords(h) != told || h.Typeflag != tar.TypeLink {
			t.Errorf("link to %.40q became %.40q with %s, not %s", test.path, h.Linkname, keywords(h), told)
		}
	}
}

// keywords of records, without those about time.
func keywords(h *tar.Header) string {
	var told []string
	for _, word := range []string{"hdrcharset", "path", "linkpath", "uid", "gid", "size"} {
		if _, met := h.PAXRecords[word]; met {
			told = append(told, word)
		}
	}
	return strings.Join(told, " ")
}

func TestTimes(t *testing.T) {
	for _, test := range []struct {
		t    timestamp
		text string
	}{
		{timestamp{Sec: 0}, ""},
		{timestamp{Sec: 5, Nsec: 1}, "5.000000001"},
		{timestamp{Sec: 5, Nsec: 120_000_000}, "5.12"},
		{timestamp{Sec: -1}, "-1"},
		{timestamp{Sec: -2, Nsec: 500_000_000}, "-1.5"},
		{timestamp{Sec: -1, Nsec: 999_999_999}, "-0.000000001"},
		{timestamp{Sec: 15_032_385_535, Nsec: 3}, "15032385535.000000003"},
		{timestamp{Sec: 8_589_934_592}, "8589934592"},
	} {
		m := plainMember()
		m.st.Mtime = test.t
		h, _ := readBack(t, m)
		if h.PAXRecords["mtime"] != test.text || !h.ModTime.Equal(time.Unix(test.t.Sec, int64(test.t.Nsec))) {
			t.Errorf("%v became %q, %v", test.t, h.PAXRecords["mtime"], h.ModTime)
		}
	}
}

func TestNumbersBeyondOctal(t *testing.T) {
	m := plainMember()
	m.st.UID, m.st.GID, m.size = 4294967294, octalID+1, octalSize+1
	h, _ := readBack(t, m)
	if h.Uid != 4294967294 || h.Gid != octalID+1 || h.Size != octalSize+1 || keywords(h) != "uid gid size" {
		t.Fatalf("%+v", h)
	}
	m.st.UID, m.st.GID, m.size = octalID, octalID, octalSize
	if h, _ := readBack(t, m); h.Uid != octalID || h.Size != octalSize || len(h.PAXRecords) > 0 {
		t.Fatalf("%+v", h)
	}
	m = plainMember()
	m.kind, m.st.RdevMajor, m.st.RdevMinor = kindBlock, 4095, 1048575
	if h, _ := readBack(t, m); h.Devmajor != 4095 || h.Devminor != 1048575 || h.Typeflag != tar.TypeBlock {
		t.Fatalf("%+v", h)
	}
}

func TestXattrsAndACLs(t *testing.T) {
	m := plainMember()
	m.xattrs = []xattr{
		{xattrAccessACL, fullACL}, {xattrDefaultACL, fullACL}, {"security.capability", []byte("\x00\n=\xff")},
		{"user.a=b", []byte("=")}, {"user.long", bytes.Repeat([]byte("x"), 60_000)}, {"user.%25", []byte("%")},
		{"user.%41", []byte("%")},
	}
	h, _ := readBack(t, m)
	for keyword, value := range map[string]string{
		paxAccessACL: fullACLText, paxDefaultACL: fullACLText, "SCHILY.xattr.security.capability": "\x00\n=\xff",
		"SCHILY.xattr.user.a%3Db": "=", "SCHILY.xattr.user.long": strings.Repeat("x", 60_000),
		"SCHILY.xattr.user.%2525": "%", "SCHILY.xattr.user.%41": "%",
	} {
		if h.PAXRecords[keyword] != value {
			t.Errorf("%s became %.100q", keyword, h.PAXRecords[keyword])
		}
	}
	for _, name := range []string{"user.a=b", "user.%", "user.%25=", "user.%%3D", "user.%2=5", "user.%=3D", "="} {
		if again := unescapeXattr(escapeXattr(name)); again != name || strings.Contains(escapeXattr(name), "=") {
			t.Errorf("%s is %s and again %s", name, escapeXattr(name), again)
		}
	}
	broken := plainMember()
	broken.xattrs = []xattr{{xattrAccessACL, []byte("?")}}
	if h, _ := readBack(t, broken); h.PAXRecords[paxXattr+xattrAccessACL] != "?" {
		t.Errorf("%v", h.PAXRecords)
	}
}

func TestRecordsCountTheirOwnLength(t *testing.T) {
	for size := range 2_000 {
		record := appendRecord(nil, "path", bytes.Repeat([]byte("x"), size))
		length := 0
		for _, digit := range record[:bytes.IndexByte(record, ' ')] {
			length = 10*length + int(digit-'0')
		}
		if length != len(record) {
			t.Fatalf("%d bytes say they are %d", len(record), length)
		}
	}
}

func TestGlobalComment(t *testing.T) {
	out := append(appendGlobal(nil, []byte("of\nall \xff")), appendMember(nil, plainMember())...)
	in := tar.NewReader(io.MultiReader(bytes.NewReader(out), zeros{}))
	if h, err := in.Next(); err != nil || h.Typeflag != tar.TypeXGlobalHeader || h.PAXRecords["comment"] != "of\nall \xff" {
		t.Fatalf("%+v %v", h, err)
	}
	if h, err := in.Next(); err != nil || h.Name != "./file" {
		t.Fatalf("%+v %v", h, err)
	}
}
