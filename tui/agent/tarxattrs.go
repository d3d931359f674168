package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"
)

// giveXattrs takes what belongs to the member itself: a hard link has what its first name has.
func (r *tarReader) giveXattrs(m *archived) error {
	m.xattrs = r.local.xattrsTold()
	for _, x := range m.xattrs {
		if x.name == "" || strings.IndexByte(x.name, 0) >= 0 {
			return m.refuse("an extended attribute has an impossible name")
		}
	}
	if flags, told := r.value("SCHILY.fflags"); told && flags != "" {
		m.lost = append(m.lost, lossFlags)
	}
	if context, told := r.value("RHT.security.selinux"); told {
		m.giveXattr("security.selinux", append([]byte(context), 0))
	}
	if _, told := r.value("SCHILY.acl.ace"); told {
		m.lost = append(m.lost, lossACL)
	}
	for key, name := range map[string]string{
		"SCHILY.acl.access": xattrAccessACL, "SCHILY.acl.default": xattrDefaultACL,
	} {
		text, told := r.value(key)
		if !told || m.hasXattr(name) {
			continue
		}
		acl, err := parseACLText(r.users.numbered([]byte(text)))
		if err != nil {
			m.lost = append(m.lost, lossACL)
			continue
		}
		m.giveXattr(name, acl)
	}
	m.foldAccess()
	return nil
}

func (m *archived) hasXattr(name string) bool {
	for _, x := range m.xattrs {
		if x.name == name {
			return true
		}
	}
	return false
}

// giveXattr keeps the order of names.
func (m *archived) giveXattr(name string, value []byte) {
	at := 0
	for at < len(m.xattrs) && m.xattrs[at].name < name {
		at++
	}
	m.xattrs = append(m.xattrs, xattr{})
	copy(m.xattrs[at+1:], m.xattrs[at:])
	m.xattrs[at] = xattr{name, value}
}

// foldAccess takes the mode from an access list, as the kernel does, and leaves out one that says no
// more than the mode: the kernel keeps none.
func (m *archived) foldAccess() {
	for i, x := range m.xattrs {
		if x.name != xattrAccessACL || len(x.value)%aclEntry != 4 {
			continue
		}
		rights := map[uint16]uint16{}
		for entry := x.value[4:]; len(entry) > 0; entry = entry[aclEntry:] {
			rights[binary.LittleEndian.Uint16(entry)] = uint16(entry[2] & 7)
		}
		group, masked := rights[aclMask]
		if !masked {
			group = rights[aclOwnersGroup]
		}
		m.st.Mode = m.st.Mode&^0o777 | rights[aclOwner]<<6 | group<<3 | rights[aclOther]
		if len(x.value) == 4+3*aclEntry {
			m.xattrs = append(m.xattrs[:i:i], m.xattrs[i+1:]...)
		}
		return
	}
}

// percentDecoded reads the name of an extended attribute as bsdtar writes it.
func percentDecoded(name string) (string, bool) {
	decoded, err := url.PathUnescape(name)
	return decoded, err == nil
}

// base64Loose reads base64 with or without what fills it up.
func base64Loose(text []byte) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(string(bytes.TrimRight(text, "=\n")))
}

// xattrsTold are the extended attributes that records tell of, by name and each once. GNU tar escapes
// names. bsdtar writes each a second time, coded, and says in that what its name really is.
func (p *paxRecords) xattrsTold() []xattr {
	all := slices.Clone(p.coded)
	known := map[string]bool{}
	for _, x := range p.coded {
		known[x.name] = true
	}
	for _, x := range p.xattrs {
		decoded, _ := percentDecoded(x.name)
		if known[x.name] || known[decoded] {
			continue
		}
		all = append(all, xattr{unescapeXattr(x.name), x.value})
	}
	slices.SortStableFunc(all, func(a, b xattr) int { return strings.Compare(a.name, b.name) })
	return slices.CompactFunc(all, func(a, b xattr) bool { return a.name == b.name })
}
