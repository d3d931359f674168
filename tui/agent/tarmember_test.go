package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestHeadersThatCannotBe(t *testing.T) {
	file := func(set func(*tarHeader)) []byte { return ended(tarBlocks('0', "evil", "", set)) }
	number := func(f field, text string) []byte {
		return file(func(h *tarHeader) { copy(h.bytes(f), text) })
	}
	record := func(key, value string) []byte {
		return ended(paxHeader('x', key, value), tarBlocks('0', "evil", "", nil))
	}
	for name, data := range map[string][]byte{
		"absolute":           ended(tarBlocks('0', "/evil", "", nil)),
		"leads out":          ended(tarBlocks('0', "../evil", "", nil)),
		"ours":               ended(tarBlocks('5', ".voltui-evil", "", nil)),
		"no name":            ended(tarBlocks('0', "ok", "", nil), tarBlocks('0', "", "", nil)),
		"name with NUL":      record("path", "evil\x00x"),
		"unknown type":       ended(tarBlocks('Z', "evil", "", nil)),
		"second volume":      ended(tarBlocks('M', "evil", "", nil)),
		"negative size":      number(fieldSize, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"),
		"large size":         number(fieldSize, "\x80\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x01"),
		"larger size":        number(fieldSize, "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
		"size of records":    record("size", "4611686018427387905"),
		"negative record":    record("size", "-1"),
		"size is no number":  number(fieldSize, "12345x"),
		"owner":              number(fieldUID, "\xff\xff\xff\xff\xff\xff\xff\xff"),
		"group":              record("gid", "4294967295"),
		"time":               record("mtime", "yesterday"),
		"access time":        record("atime", "x"),
		"device":             ended(tarBlocks('3', "evil", "", func(h *tarHeader) { copy(h.bytes(fieldMajor), "7777777") })),
		"target of a link":   ended(tarBlocks('2', "evil", "", nil)),
		"hard link out":      ended(tarBlocks('1', "evil", "", func(h *tarHeader) { copy(h.bytes(fieldTarget), "../../etc/passwd") })),
		"hard link to root":  ended(tarBlocks('1', "evil", "", func(h *tarHeader) { copy(h.bytes(fieldTarget), "./") })),
		"hard link contents": ended(tarBlocks('1', "evil", "abc", func(h *tarHeader) { copy(h.bytes(fieldTarget), "f") })),
		"attribute":          record("SCHILY.xattr.user.a\x00b", "x"),
	} {
		if _, err := readTar(data, 1<<20); !isBroken(err) {
			t.Errorf("%s: %v", name, err)
		} else if !strings.Contains(err.Error(), "evil") && name != "no name" {
			t.Errorf("%s: does not name the entry: %v", name, err)
		}
	}
}

func TestExtendedHeadersThatCannotBe(t *testing.T) {
	raw := func(text string) []byte {
		return ended(tarBlocks('x', "x", text, nil), tarBlocks('0', "f", "", nil))
	}
	f := tarBlocks('0', "f", "", nil)
	for name, data := range map[string][]byte{
		"no length":          raw("path=x\n"),
		"length 0":           raw("0 path=x\n"),
		"length too long":    raw("99 path=x\n"),
		"no line end":        raw("9 path=xy"),
		"no key":             raw("5 =x\n"),
		"negative":           raw("-9 path=x\n"),
		"huge":               raw("99999999999999999999 path=x\n"),
		"two":                ended(paxHeader('x', "path", "a"), paxHeader('x', "path", "b"), f),
		"two names":          ended(tarBlocks('L', "x", "a\x00", nil), tarBlocks('L', "x", "b\x00", nil), f),
		"nothing follows":    ended(paxHeader('x', "path", "a")),
		"no named follows":   ended(tarBlocks('L', "x", "a\x00", nil)),
		"global path":        ended(paxHeader('g', "path", "a"), f),
		"global size":        ended(paxHeader('g', "size", "1"), f),
		"global map":         ended(paxHeader('g', "GNU.sparse.offset", "1", "GNU.sparse.numbytes", "1"), f),
		"longer than memory": ended(tarBlocks('x', "x", "", func(h *tarHeader) { copy(h.bytes(fieldSize), "77777777777") }), f),
		"name of a gigabyte": ended(tarBlocks('L', "x", "", func(h *tarHeader) { copy(h.bytes(fieldSize), "07777777777") }), f),
	} {
		if _, err := readTar(data, 1<<20); !isBroken(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecordsOfAMember(t *testing.T) {
	text := "user::rwx,user:alice:r--,group::r-x,group:7:r-x,mask::r-x,other::---"
	all, err := readTar(ended(
		paxHeader('g', "comment", "by hand", "uid", "77"),
		tarBlocks('0', "first", "", func(h *tarHeader) {
			copy(h.bytes(fieldUserName), "alice")
			copy(h.bytes(fieldUID), "0001750\x00")
		}),
		paxHeader('x', "hdrcharset", "BINARY", "path", "\xff\xfe", "mtime", "-1.5", "SCHILY.xattr.user.b", "x=\ny",
			"LIBARCHIVE.xattr.user.%3D", "AAE", "SCHILY.xattr.user.a", "", "SCHILY.acl.access", text, "uid", "5",
			"LIBARCHIVE.xattr.user.b", "eD0KeQ"),
		tarBlocks('0', "x", "", nil),
		paxHeader('x', "uid", "", "SCHILY.acl.access", "user::rw-,group::r--,other::r--", "SCHILY.fflags", "nodump"),
		tarBlocks('0', "last", "", func(h *tarHeader) { copy(h.bytes(fieldUID), "0000003\x00") }),
	), 1<<20)
	must(t, err)
	if uids := fmt.Sprint(all[0].st.UID, all[1].st.UID, all[2].st.UID); uids != "77 5 3" {
		t.Error(uids)
	}
	m := all[1]
	if m.path != "\xff\xfe" || m.st.Mtime != (timestamp{Sec: -2, Nsec: 500_000_000}) || m.st.Mode&permissions != 0o750 {
		t.Errorf("%+v", m)
	}
	told := ""
	for _, x := range m.xattrs {
		told += fmt.Sprintf("%s %q, ", x.name, x.value[:min(4, len(x.value))])
	}
	if told != `system.posix_acl_access "\x02\x00\x00\x00", user.= "\x00\x01", user.a "", user.b "x=\ny", ` {
		t.Error(told)
	}
	if m := all[2]; len(m.xattrs) != 0 || m.st.Mode&permissions != 0o644 || fmt.Sprint(m.lost) != "[flags]" {
		t.Errorf("%+v", m)
	}
}

func TestFoldersWithoutTheirType(t *testing.T) {
	v7 := func(h *tarHeader) { clear(h.bytes(fieldMagic)) }
	all, err := readTar(ended(tarBlocks(0, "old/", "", v7), tarBlocks(0, "file", "abc", v7), tarBlocks('5', "new", "", nil)), 512)
	must(t, err)
	if len(all) != 3 || all[0].st.kind() != 0o040000 || all[1].contents != "abc" || all[2].st.kind() != 0o040000 {
		t.Errorf("%+v", all)
	}
}
