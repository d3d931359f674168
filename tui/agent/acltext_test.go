package main

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// aclOf makes the kernel's form of an access control list: tag, permissions, id, and so on.
func aclOf(fields ...uint32) []byte {
	acl := binary.LittleEndian.AppendUint32(nil, aclVersion)
	for ; len(fields) > 0; fields = fields[3:] {
		acl = binary.LittleEndian.AppendUint16(acl, uint16(fields[0]))
		acl = binary.LittleEndian.AppendUint16(acl, uint16(fields[1]))
		acl = binary.LittleEndian.AppendUint32(acl, fields[2])
	}
	return acl
}

var fullACL = aclOf(
	aclOwner, 7, aclNobody, aclUser, 5, 1000, aclUser, 0, 4294967294, aclOwnersGroup, 4, aclNobody,
	aclGroup, 6, 0, aclMask, 7, aclNobody, aclOther, 0, aclNobody,
)

const fullACLText = "user::rwx,user:1000:r-x,user:4294967294:---,group::r--,group:0:rw-,mask::rwx,other::---"

func TestACLAsText(t *testing.T) {
	text, err := appendACLText([]byte("before "), fullACL)
	if err != nil || string(text) != "before "+fullACLText {
		t.Fatalf("%s %v", text, err)
	}
	acl, err := parseACLText([]byte(fullACLText))
	if err != nil || !bytes.Equal(acl, fullACL) {
		t.Fatalf("%x %v", acl, err)
	}
	for _, broken := range [][]byte{nil, fullACL[:4], fullACL[:15], aclOf(3, 7, 0), aclOf(aclOwner, 8, 0)} {
		if text, err := appendACLText(nil, broken); err == nil {
			t.Errorf("%x: %s", broken, text)
		}
	}
}

func TestACLTextOfOtherPrograms(t *testing.T) {
	want := aclOf(aclOwner, 6, aclNobody, aclUser, 4, 7, aclOwnersGroup, 4, aclNobody, aclMask, 4, aclNobody, aclOther, 0, aclNobody)
	for _, text := range []string{
		"user::rw-\nuser:7:r--\ngroup::r--\nmask::r--\nother::---\n",
		"user::rw-,user:lp:r--:7,group::r--,mask::r--,other::---",
		"u::rw-,u:7:r--,g::r,m::r--,o::-",
		"other:---,mask:r--,user:7:r--,group::r--, user::rw- \t#effective:rw-",
		"default:user::rw-,default:user:7:r--,default:group::r--,d:m::r--,default:other::---",
	} {
		if acl, err := parseACLText([]byte(text)); err != nil || !bytes.Equal(acl, want) {
			t.Errorf("%q: %x %v", text, acl, err)
		}
	}
}

func TestACLTextTheKernelWouldRefuse(t *testing.T) {
	for _, text := range []string{
		"", "nonsense", "user::rwx", "user::rwx,group::r--,other::r--,other::r--",
		"user::rwx,user:lp:r--,group::r--,mask::r--,other::---",
		"user::rwx,user:7:r--,group::r--,other::---",
		"user::rwx,user:7:r--,user:7:rw-,group::r--,mask::rwx,other::---",
		"user::rwx,user:4294967295:r--,group::r--,mask::rwx,other::---",
		"user::rwz,group::r--,other::---", "user::,group::r--,other::---", "user::rwx,group::r--,other:7:---",
		"user:1:2:3:4,group::r--,other::---", "default", "user::rwxr,group::r--,other::---",
	} {
		if acl, err := parseACLText([]byte(text)); err == nil {
			t.Errorf("%q: %x", text, acl)
		}
	}
}

// Any text: an error, or a list whose own text means the same.
func FuzzACLText(f *testing.F) {
	f.Add([]byte(fullACLText))
	f.Fuzz(func(t *testing.T, text []byte) {
		acl, err := parseACLText(text)
		if err != nil {
			return
		}
		ours, err := appendACLText(nil, acl)
		if err != nil {
			t.Fatalf("%q became %x: %v", text, acl, err)
		}
		if again, err := parseACLText(ours); err != nil || !bytes.Equal(acl, again) {
			t.Fatalf("%q became %x, and %s became %x: %v", text, acl, ours, again, err)
		}
	})
}
