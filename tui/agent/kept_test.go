package main

import "testing"

func TestKeptRootsAreCopiesByPath(t *testing.T) {
	var k kept
	a := &attributes{st: statx{UID: 7}, xattrs: []xattr{{"user.x", []byte("one")}}}
	k.keepRoot("/a", a)
	a.st.UID, a.xattrs[0].value[0] = 8, 'X'
	got := k.rootOf("/a")
	if got.st.UID != 7 || string(got.xattrs[0].value) != "one" || k.rootOf("/b") != nil {
		t.Fatal(got)
	}
	k.keepRoot("/a", nil)
	if k.rootOf("/a") != nil {
		t.Fatal("not forgotten")
	}
}
