package main

import (
	"slices"
	"strings"
)

// wrappers are folders from which known programs write absolute names: docker-volume-backup,
// vackup, and images with a volume's data.
var wrappers = []string{"backup", "vackup-volume", "volume-data"}

// cleanName makes the path of a member below the target, empty for the target itself. Empty and `.`
// components mean nothing and are left out; else there is a reason why the name is refused.
func cleanName(name string) (path, reason string) {
	if strings.IndexByte(name, 0) >= 0 {
		return "", "its name holds a NUL"
	}
	if name == "" {
		return "", "it has no name"
	}
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "", ".":
		case "..":
			return "", "its name leads out of the folder with `..`"
		default:
			parts = append(parts, part)
		}
	}
	if name[0] == '/' && (len(parts) == 0 || !slices.Contains(wrappers, parts[0])) {
		return "", "its name is absolute, and none of the programs known to write such names made it"
	}
	if len(parts) > 0 && reserved(parts[0]) {
		return "", "names that begin with " + reservedPrefix + " are kept for this program's own files"
	}
	return strings.Join(parts, "/"), ""
}

// cleanAlready is the fast way for most names.
func cleanAlready(name string) bool {
	if name == "" || name[0] == '/' || name[0] == '.' || name[len(name)-1] == '/' {
		return false
	}
	return !strings.Contains(name, "//") && !strings.Contains(name, "/.") && strings.IndexByte(name, 0) < 0
}
