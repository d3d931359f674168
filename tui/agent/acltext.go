package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
)

// The value of system.posix_acl_access and _default is `u32 version`, then for each entry
// `u16 tag | u16 permissions | u32 id` (source: linux/posix_acl_xattr.h).
const (
	aclVersion = 2
	aclEntry   = 8
	aclNobody  = 0xffffffff // ACL_UNDEFINED_ID, of entries without an id
)

const (
	aclOwner = 1 << iota
	aclUser
	aclOwnersGroup
	aclGroup
	aclMask
	aclOther
)

var errACL = errors.New("not an access control list")

// appendACLText writes an access control list as pax archives have it in SCHILY.acl.access and
// SCHILY.acl.default, `user::rwx,user:1000:r--,...`: ids stay numbers, as no names are known here.
func appendACLText(out, acl []byte) ([]byte, error) {
	if len(acl) < 4+aclEntry || len(acl)%aclEntry != 4 || binary.LittleEndian.Uint32(acl) != aclVersion {
		return out, errACL
	}
	for entry := acl[4:]; len(entry) > 0; entry = entry[aclEntry:] {
		if len(entry) < len(acl)-4 {
			out = append(out, ',')
		}
		tag, permissions := binary.LittleEndian.Uint16(entry), binary.LittleEndian.Uint16(entry[2:])
		word, known := aclWords[tag]
		if !known || permissions > 7 {
			return out, errACL
		}
		out = append(append(out, word...), ':')
		if tag == aclUser || tag == aclGroup {
			out = strconv.AppendUint(out, uint64(binary.LittleEndian.Uint32(entry[4:])), 10)
		}
		out = append(out, ':')
		for i, letter := range []byte("rwx") {
			if permissions&(4>>i) == 0 {
				letter = '-'
			}
			out = append(out, letter)
		}
	}
	return out, nil
}

var aclWords = map[uint16]string{
	aclOwner: "user", aclUser: "user", aclOwnersGroup: "group", aclGroup: "group", aclMask: "mask", aclOther: "other",
}

// parseACLText reads what archives of any program have: entries between commas or line ends, words
// or their first letters, `default:` before them, comments, and star's ids behind the permissions.
// A user or group without a number is an error, as is a list the kernel would not take.
func parseACLText(text []byte) ([]byte, error) {
	var entries []aclLine
	for len(text) > 0 {
		var line []byte
		if end := bytes.IndexAny(text, ",\n"); end >= 0 {
			line, text = text[:end], text[end+1:]
		} else {
			line, text = text, nil
		}
		line, _, _ = bytes.Cut(line, []byte("#"))
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		entry, ok := parseACLLine(line)
		if !ok {
			return nil, errACL
		}
		entries = append(entries, entry)
	}
	slices.SortStableFunc(entries, func(a, b aclLine) int { return int(a.tag) - int(b.tag) })
	if !validACL(entries) {
		return nil, errACL
	}
	acl := binary.LittleEndian.AppendUint32(nil, aclVersion)
	for _, e := range entries {
		acl = binary.LittleEndian.AppendUint16(acl, e.tag)
		acl = binary.LittleEndian.AppendUint16(acl, e.permissions)
		acl = binary.LittleEndian.AppendUint32(acl, e.id)
	}
	return acl, nil
}

type aclLine struct {
	tag, permissions uint16
	id               uint32
}

func parseACLLine(line []byte) (entry aclLine, ok bool) {
	fields := bytes.Split(line, []byte(":"))
	if word := string(fields[0]); word == "default" || word == "d" {
		fields = fields[1:]
	}
	if len(fields) < 2 {
		return entry, false
	}
	who, permissions := fields[1], fields[len(fields)-1]
	switch len(fields) {
	case 2: // Solaris: `mask:rwx`
		who = nil
	case 3:
	case 4: // star: `user:name:rwx:1000`
		who, permissions = fields[3], fields[2]
	default:
		return entry, false
	}
	if entry.tag, ok = aclTag(string(fields[0]), len(fields[1]) > 0 && len(fields) > 2); !ok {
		return entry, false
	}
	entry.id = aclNobody
	if entry.tag == aclUser || entry.tag == aclGroup {
		id, err := strconv.ParseUint(string(who), 10, 32)
		if err != nil || id == aclNobody {
			return entry, false
		}
		entry.id = uint32(id)
	}
	entry.permissions, ok = aclPermissions(permissions)
	return entry, ok
}

// aclTag tells what an entry is about; only users and groups are named.
func aclTag(word string, named bool) (tag uint16, ok bool) {
	switch {
	case (word == "user" || word == "u") && named:
		return aclUser, true
	case word == "user" || word == "u":
		return aclOwner, true
	case (word == "group" || word == "g") && named:
		return aclGroup, true
	case word == "group" || word == "g":
		return aclOwnersGroup, true
	case named:
		return 0, false
	case word == "mask" || word == "m":
		return aclMask, true
	case word == "other" || word == "o":
		return aclOther, true
	}
	return 0, false
}

func aclPermissions(letters []byte) (permissions uint16, ok bool) {
	if len(letters) == 0 || len(letters) > 3 {
		return 0, false
	}
	for _, letter := range letters {
		switch letter {
		case 'r':
			permissions |= 4
		case 'w':
			permissions |= 2
		case 'x':
			permissions |= 1
		case '-':
		default:
			return 0, false
		}
	}
	return permissions, true
}

// validACL is what posix_acl_valid of the kernel asks for: owner, group and others once, a mask once
// and where users or groups are named; entries are sorted by tag.
func validACL(entries []aclLine) bool {
	times := map[uint16]int{}
	met := map[aclLine]bool{}
	for _, e := range entries {
		times[e.tag]++
		named := aclLine{tag: e.tag, id: e.id}
		if met[named] {
			return false
		}
		met[named] = true
	}
	once := times[aclOwner] == 1 && times[aclOwnersGroup] == 1 && times[aclOther] == 1
	return once && (times[aclMask] == 1 || times[aclUser]+times[aclGroup] == 0)
}
