package main

import "syscall"

// A colliding looks for what a merge would meet.
type colliding struct {
	pairing
	told collisionsAnswer
	room int // bytes for paths
	most int
	err  error
}

// A collisionsAnswer names what both have and cannot both keep.
type collisionsAnswer struct {
	Count   uint64   `json:"count"`
	Paths   [][]byte `json:"paths"`
	Blocked uint64   `json:"blocked"` // of those, where only one side is a folder
	Barred  [][]byte `json:"blocked_paths"`
}

// collisions tells which names of a staging folder are taken, other than by folders on both sides.
func collisions(r *request) (any, error) {
	var asked struct {
		Staging []byte `json:"staging"`
		Limit   int    `json:"limit"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if asked.Limit < 0 || asked.Limit > maxCollisions {
		return nil, invalid("the limit is not from 0 to 10,000")
	}
	c := &colliding{room: failureBytes, most: asked.Limit, told: collisionsAnswer{Paths: [][]byte{}, Barred: [][]byte{}}}
	if err := c.beginStaging(r, asked.Staging); err != nil {
		return nil, err
	}
	defer c.end()
	err := r.tellMeanwhile(func() error { return c.run(c.visit, func(string) {}) }, func() any { return nothing{} })
	if err == nil {
		err = c.err
	}
	return c.told, err
}

const maxCollisions = 10_000

func (c *colliding) visit(name string) {
	from, to, err := c.kinds(name)
	switch {
	case err == syscall.ENOENT:
	case err != nil:
		c.err = err
	case from == syscall.S_IFDIR && to == syscall.S_IFDIR:
		if err := c.goDown(name); err != nil {
			c.err = err
		}
	default:
		c.told.Count++
		c.keep(&c.told.Paths, name)
		if from == syscall.S_IFDIR || to == syscall.S_IFDIR {
			c.told.Blocked++
			c.keep(&c.told.Barred, name)
		}
	}
}

// keep keeps a path as long as there is room for it.
func (c *colliding) keep(paths *[][]byte, name string) {
	if path := c.pathOf(name); len(*paths) < c.most && len(path) <= c.room {
		c.room -= len(path)
		*paths = append(*paths, path)
	}
}
