package main

import (
	"syscall"
	"time"
)

const (
	pollEvery = time.Second
	pollShare = 50 // a look that takes long is taken seldom: 2 % of the time at most
	pollLimit = time.Minute

	// Of a larger folder nothing is remembered but its own time.
	maxPolled = 100_000
)

// Folders that others change without a word to this kernel. Source: linux/magic.h, statfs(2).
var remoteFileSystems = map[int64]bool{
	0x6969:     true, // NFS
	0x517b:     true, // SMB
	0xff534d42: true, // CIFS
	0xfe534d42: true, // SMB2
	0x65735546: true, // FUSE: sshfs, GlusterFS, virtiofs, the shares of Docker Desktop
	0x01021997: true, // 9P
	0x00c36400: true, // Ceph
	0x5346414f: true, // AFS
	0x73757245: true, // Coda
	0x01161970: true, // GFS2
	0x7461636f: true, // OCFS2
	0x0bd00bd0: true, // Lustre
}

// isRemote says whether inotify misses changes that other machines make in an open folder.
func isRemote(dir int) bool {
	var st syscall.Statfs_t
	return syscall.Fstatfs(dir, &st) == nil && remoteFileSystems[int64(uint32(st.Type))]
}

// A poller looks at a folder again and again where nothing tells what happens there.
type poller struct {
	*watching
	seen  map[string]state
	own   timestamp
	begun bool
	large bool
	took  time.Duration
}

// A state differs when an entry has changed.
type state struct {
	inode, size  uint64
	mtime, ctime timestamp
}

func (p *poller) run() {
	for {
		pause := min(max(pollEvery, pollShare*p.took), pollLimit)
		select {
		case <-time.After(pause):
		case <-p.ctx.Done():
			return
		}
		dir, err := p.reopen()
		if err == nil {
			err = p.look(dir, time.Time{})
			syscall.Close(dir)
		}
		if err != nil {
			p.leave()
			return
		}
	}
}

// look notes what is different from the look before; at the first, what changed since a time.
func (p *poller) look(dir int, since time.Time) error {
	began := time.Now()
	defer func() { p.took = time.Since(began) }()
	var st statx
	if _, err := identify(dir, &st); err != nil {
		return err
	}
	first, changed := !p.begun, p.own != st.Ctime
	p.begun, p.own = true, st.Ctime
	if first && !st.Ctime.before(since) || p.large && changed {
		p.lose()
	}
	if p.large {
		return nil
	}
	before, seen := p.seen, make(map[string]state, len(p.seen))
	err := p.scan(dir, func(name string, st *statx) {
		now := state{st.Ino, st.Size, st.Mtime, st.Ctime}
		if first && !st.Ctime.before(since) || !first && before[name] != now {
			p.note(name)
		}
		delete(before, name)
		if p.large = p.large || len(seen) == maxPolled; !p.large {
			seen[name] = now
		}
	})
	for name := range before {
		p.note(name)
	}
	if p.seen = seen; p.large {
		p.seen = nil
	}
	return err
}
