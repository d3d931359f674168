package main

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"syscall"
	"time"
)

const hashBytes = 256 << 10

var algorithms = map[string]func() hash.Hash{
	"md5":    md5.New,
	"sha1":   sha1.New,
	"sha256": sha256.New,
	"sha512": sha512.New,
}

// A hashAnswer is a PROGRESS or the DONE of hash.
type hashAnswer struct {
	Done   int64  `json:"done"`
	Size   uint64 `json:"size"`
	Digest string `json:"digest"` // empty before the end
	// The file was written to meanwhile: this is the digest of no state it was ever in.
	Changed bool `json:"changed"`
}

// hashFile reads a regular file to its end and tells its digest.
func hashFile(r *request) (any, error) {
	var asked struct {
		Algorithm string `json:"algorithm"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	start, known := algorithms[asked.Algorithm]
	if !known {
		return nil, invalid(fmt.Sprintf("unknown algorithm %q", asked.Algorithm))
	}
	fd, err := r.openRegular()
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	before, err := describe(fd)
	if err != nil {
		return nil, err
	}
	digest := start()
	answer := hashAnswer{Size: before.Size}
	if err := r.digest(fd, digest, &answer); err != nil {
		return nil, err
	}
	after, err := describe(fd)
	if err != nil {
		return nil, err
	}
	answer.Size = after.Size
	answer.Changed = before.Size != after.Size || before.Mtime != after.Mtime || before.MtimeNsec != after.MtimeNsec
	answer.Digest = hex.EncodeToString(digest.Sum(nil))
	return answer, nil
}

func (r *request) digest(fd int, into hash.Hash, answer *hashAnswer) error {
	buf := make([]byte, hashBytes)
	sent := time.Now()
	for {
		if err := r.cancelled(); err != nil {
			return err
		}
		n, err := preadFull(fd, buf, answer.Done)
		if err != nil || n == 0 {
			return err
		}
		into.Write(buf[:n])
		answer.Done += int64(n)
		if time.Since(sent) > progressEvery {
			r.frames = appendJSON(r.frames, r.id, typeProgress, answer)
			if err := r.send(); err != nil {
				return err
			}
			sent = time.Now()
		}
	}
}
