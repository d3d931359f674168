package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A readMember is a member with its data, holes filled with zeros.
type readMember struct {
	*archived
	contents string
}

// inParts gives a stream in parts of some size.
func inParts(data []byte, size int) *octets {
	return &octets{more: func() ([]byte, error) {
		if len(data) == 0 {
			return nil, io.EOF
		}
		part := data[:min(size, len(data))]
		data = data[len(part):]
		return part, nil
	}}
}

func readTar(data []byte, size int) (all []readMember, err error) {
	r := newTarReader(inParts(data, size), timestamp{})
	for {
		m, err := r.next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		contents, err := expanded(r, m)
		if err != nil {
			return all, err
		}
		all = append(all, readMember{m, contents})
	}
}

func expanded(r *tarReader, m *archived) (string, error) {
	const largest = 1 << 20 // of what a test looks at
	if m.st.Size > largest {
		return "", nil
	}
	stored, err := io.ReadAll(partReader{r})
	contents := make([]byte, m.st.Size)
	for _, s := range m.spots {
		stored = stored[copy(contents[s.at:s.at+s.size], stored):]
	}
	if m.st.kind() != syscall.S_IFREG {
		contents = nil
	}
	return string(contents), err
}

type partReader struct{ *tarReader }

func (p partReader) Read(buf []byte) (int, error) {
	if len(buf) == 0 {
		return 0, nil
	}
	if p.left > int64(len(buf)) {
		left := p.left
		p.tarReader.left = int64(len(buf))
		part, err := p.data()
		p.tarReader.left = left - int64(len(part))
		return copy(buf, part), err
	}
	part, err := p.data()
	return copy(buf, part), err
}

var sampleHeaders = []tar.Header{
	{Typeflag: tar.TypeDir, Name: "./", Mode: 0o1777, Uid: 5, Gid: 6},
	{Typeflag: tar.TypeReg, Name: "./file", Size: 5, Mode: 0o4755, Uid: 1, Gid: 2, Uname: "alice", Gname: "staff"},
	{Typeflag: tar.TypeLink, Name: "./again", Linkname: "./file", Mode: 0o4755, Uid: 1, Gid: 2},
	{Typeflag: tar.TypeSymlink, Name: "./link", Linkname: "../out", Mode: 0o777},
	{Typeflag: tar.TypeFifo, Name: "./fifo", Mode: 0o600},
	{Typeflag: tar.TypeChar, Name: "./null", Mode: 0o666, Devmajor: 1, Devminor: 3},
	{Typeflag: tar.TypeBlock, Name: "./disk", Mode: 0o660, Devmajor: 4095, Devminor: 4095},
	{Typeflag: tar.TypeReg, Name: "./" + strings.Repeat("long/", 18) + strings.Repeat("n", 90), Size: 5, Mode: 0o644},
}

func goTar(t testing.TB, format tar.Format, headers []tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range headers {
		h.Format = format
		h.ModTime = time.Unix(1_700_000_000, 0)
		err := w.WriteHeader(&h)
		if err == nil && h.Typeflag == tar.TypeReg {
			_, err = w.Write([]byte("12345")[:h.Size])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestArchivesOfGoAreRead(t *testing.T) {
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		for _, size := range []int{1, 511, 1 << 20} {
			all, err := readTar(goTar(t, format, sampleHeaders), size)
			must(t, err)
			if len(all) != len(sampleHeaders) {
				t.Fatalf("%v: %d members", format, len(all))
			}
			for i, m := range all {
				if told, want := fmt.Sprint(m), fmt.Sprint(sampleHeaders[i]); !sameMember(m, sampleHeaders[i]) {
					t.Errorf("%v: %s, want %s", format, told, want)
				}
			}
		}
	}
}

func sameMember(m readMember, h tar.Header) bool {
	st := &m.st
	same := m.name == h.Name && st.Mode&permissions == uint16(h.Mode) && int(st.UID) == h.Uid && int(st.GID) == h.Gid &&
		m.contents == "12345"[:h.Size] && st.Mtime.Sec == 1_700_000_000
	switch h.Typeflag {
	case tar.TypeLink:
		return same && m.hard && m.target == strings.TrimPrefix(h.Linkname, "./")
	case tar.TypeSymlink:
		return same && st.kind() == syscall.S_IFLNK && m.target == h.Linkname
	case tar.TypeChar, tar.TypeBlock:
		return same && int64(st.RdevMajor) == h.Devmajor && int64(st.RdevMinor) == h.Devminor
	case tar.TypeDir:
		return same && st.kind() == syscall.S_IFDIR
	}
	return same
}

func TestAnArchiveCutAnywhereIsRefused(t *testing.T) {
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		data := goTar(t, format, sampleHeaders)
		for end := range len(data) {
			if _, err := readTar(data[:end], 1<<20); !isBroken(err) {
				t.Fatalf("%v cut at %d of %d: %v", format, end, len(data), err)
			}
		}
	}
}

func isBroken(err error) bool {
	r, ok := err.(refusal)
	return ok && r.errno == syscall.EBADMSG && strings.HasSuffix(r.message, ".")
}

func TestZerosMayFollowAndNothingElse(t *testing.T) {
	data := goTar(t, tar.FormatPAX, sampleHeaders)
	_, err := readTar(append(bytes.Clone(data), make([]byte, 20000)...), 1<<20)
	must(t, err)
	for _, tail := range []string{"x", strings.Repeat("\x00", 700) + "x", string(data)} {
		if _, err := readTar(append(bytes.Clone(data), tail...), 1<<20); !isBroken(err) {
			t.Errorf("%.10q: %v", tail, err)
		}
	}
	lone := append(bytes.Clone(data[:len(data)-tarBlock]), data...)
	if _, err := readTar(lone, 1<<20); !isBroken(err) {
		t.Error(err)
	}
	_, err = readTar(make([]byte, 1024), 1<<20)
	must(t, err)
}

func TestAByteOfAHeaderIsWrong(t *testing.T) {
	data := goTar(t, tar.FormatUSTAR, sampleHeaders[1:2])
	for at := range tarBlock {
		if at == fieldChecksum.at+fieldChecksum.size-1 {
			continue // behind the end of the checksum
		}
		wrong := bytes.Clone(data)
		wrong[at] ^= 0x40
		if _, err := readTar(wrong, 1<<20); !isBroken(err) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestNumbersOfHeaders(t *testing.T) {
	for text, want := range map[string]int64{
		"0000644\x00": 0o644, "   644 \x00": 0o644, "\x00\x00\x00\x00\x00\x00\x00\x00": 0, "        ": 0,
		"\x80\x00\x00\x00\x00\x00\x01\x00": 256, "\xff\xff\xff\xff\xff\xff\xff\xfe": -2,
		"\x80\x00\x00\x00\x3f\xff\xff\xff\xff\xff\xff\xff": 1<<62 - 1, "777777777777": 1<<36 - 1, "644 junk": 0o644,
	} {
		if value, ok := number([]byte(text)); !ok || value != want {
			t.Errorf("%q: %d %t", text, value, ok)
		}
	}
	for _, text := range []string{"9999999\x00", "-000001\x00", "abc\x00\x00\x00\x00\x00", "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if value, ok := number([]byte(text)); ok {
			t.Errorf("%q: %d", text, value)
		}
	}
}

func TestTimesOfRecords(t *testing.T) {
	for text, want := range map[string]timestamp{
		"0": {}, "1.5": {Sec: 1, Nsec: 500_000_000}, "-1.5": {Sec: -2, Nsec: 500_000_000}, "-2": {Sec: -2},
		"-0.000000001": {Sec: -1, Nsec: 999_999_999}, "15032385535.123456789999": {Sec: 15032385535, Nsec: 123_456_789},
		"7.": {Sec: 7},
	} {
		if at, ok := paxTime(text); !ok || at != want {
			t.Errorf("%q: %v %t", text, at, ok)
		}
	}
	for _, text := range []string{"", ".", "x", "1.x", "9223372036854775807", "1e3", "--1"} {
		if at, ok := paxTime(text); ok {
			t.Errorf("%q: %v", text, at)
		}
	}
}

func TestNamesBelowTheTarget(t *testing.T) {
	for name, want := range map[string]string{
		"./": "", ".": "", "./.": "", "a": "a", "./a/b": "a/b", "a//b/./c/": "a/b/c", ".wh.x": ".wh.x", "a/.voltui-x": "a/.voltui-x",
		"/backup/data": "backup/data", "/vackup-volume/": "vackup-volume", "...": "...", "-": "-",
	} {
		if path, reason := cleanName(name); reason != "" || path != want {
			t.Errorf("%q: %q %s", name, path, reason)
		}
	}
	for _, name := range []string{"", "/", "/etc/passwd", "..", "a/../b", "../x", "a/..", "a\x00b", ".voltui-incomplete", "./.voltui-new-1/x", "/backupx"} {
		if path, reason := cleanName(name); reason == "" {
			t.Errorf("%q: %q", name, path)
		}
	}
}

func FuzzTarReader(f *testing.F) {
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		f.Add(goTar(f, format, sampleHeaders))
	}
	for _, data := range sparseArchives() {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := readTar(data, 1<<20)
		if err != nil && !isBroken(err) {
			t.Fatal(err)
		}
		for _, m := range all {
			if m.st.Size > mostBytesTold || m.stored < 0 || strings.Contains("/"+m.path+"/", "/../") {
				t.Fatalf("%+v", m)
			}
		}
	})
}
