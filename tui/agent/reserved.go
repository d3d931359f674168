package main

import (
	"strings"
	"syscall"
)

// Names of ours in the root of a volume. Contents with such a name are refused: they could not be
// told from what a transfer left.
const (
	reservedPrefix = ".voltui-"
	newPrefix      = ".voltui-new-"  // a folder that is being filled beside what it replaces
	oldPrefix      = ".voltui-old-"  // a folder of what was replaced
	swapPrefix     = ".voltui-swap-" // the journal of a swap

	maxJob = 64
)

func reserved(name string) bool { return strings.HasPrefix(name, reservedPrefix) }

// jobOf gives the job a name of ours ends with, empty if it is none of this kind.
func jobOf(name, prefix string) string {
	job, ours := strings.CutPrefix(name, prefix)
	if !ours || !validJob(job) {
		return ""
	}
	return job
}

func validJob(job string) bool {
	if job == "" || len(job) > maxJob {
		return false
	}
	for _, c := range []byte(job) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && !('0' <= c && c <= '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// stagingName is the name of a staging folder, as a client says it.
func stagingName(name []byte) (string, error) {
	if jobOf(string(name), newPrefix) == "" {
		return "", invalid("the staging is not named " + newPrefix + "JOB")
	}
	return string(name), nil
}

// refuseReserved refuses a folder whose contents have a name of ours, but for those that may be there.
func refuseReserved(dir int, allowed func(name string) bool) error {
	return eachName(dir, func(name []byte, _ uint16) error {
		if s := string(name[:len(name)-1]); reserved(s) && !allowed(s) {
			return invalid("the contents have the name " + s + ", which voltui uses for itself")
		}
		return nil
	})
}

// eachName reads a folder from its begin; names end with NUL, the kind is 0 where it is not known.
func eachName(dir int, do func(name []byte, kind uint16) error) error {
	if _, err := syscall.Seek(dir, 0, 0); err != nil {
		return err
	}
	buf := buffers.Get().(*[directoryBuf]byte)
	defer buffers.Put(buf)
	for {
		n, err := readDirectory(dir, buf[:])
		if err != nil || n == 0 {
			return err
		}
		for name, kind := range records(buf[:n]) {
			if err := do(name, kind); err != nil {
				return err
			}
		}
	}
}
