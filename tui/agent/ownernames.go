package main

import (
	"bytes"
	"strconv"
)

// Names that are remembered at most: an archive may invent any number.
const mostOwnerNames = 10_000

// ownerNames are users and groups whose numbers the archive has told so far.
type ownerNames struct{ users, groups map[string]string }

func newOwnerNames() ownerNames {
	return ownerNames{users: map[string]string{}, groups: map[string]string{}}
}

func learn(known map[string]string, name string, id uint32) {
	if _, told := known[name]; name != "" && !told && len(known) < mostOwnerNames {
		known[name] = strconv.FormatUint(uint64(id), 10)
	}
}

// numbered puts numbers for names into the text of an access control list, as far as it can.
func (o *ownerNames) numbered(text []byte) []byte {
	lines := bytes.FieldsFunc(text, func(c rune) bool { return c == ',' || c == '\n' })
	for i, line := range lines {
		fields := bytes.Split(line, []byte(":"))
		at := 0
		if word := string(fields[0]); word == "default" || word == "d" {
			at = 1
		}
		if len(fields) != at+3 || len(fields[at]) == 0 {
			continue
		}
		known := o.users
		if fields[at][0] == 'g' {
			known = o.groups
		}
		if id, told := known[string(fields[at+1])]; told {
			fields[at+1] = []byte(id)
			lines[i] = bytes.Join(fields, []byte(":"))
		}
	}
	return bytes.Join(lines, []byte(","))
}
