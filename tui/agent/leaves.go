package main

import (
	"container/heap"
	"syscall"
)

// leaves are the entries of a folder that are no folders: the largest ones, and the sum of the rest.
type leaves struct {
	kept smallestFirst
	rest sum
	told int // of kept, and then the rest
}

func (l *leaves) add(child duChild) {
	if len(l.kept) == maxLeaves {
		if !smaller(&l.kept[0], &child) {
			l.rest.add(child.sum)
			return
		}
		l.rest.add(heap.Pop(&l.kept).(duChild).sum)
	}
	heap.Push(&l.kept, child)
}

// take appends what was not told yet, up to limit; nothing may be added after that.
func (l *leaves) take(children []duChild, limit int) []duChild {
	for ; l.told < len(l.kept) && len(children) < limit; l.told++ {
		children = append(children, l.kept[l.told])
	}
	if l.told == len(l.kept) && l.rest.Files > 0 && len(children) < limit {
		l.told++
		children = append(children, duChild{Name: []byte{}, Mode: syscall.S_IFREG, Complete: true, sum: l.rest})
	}
	return children
}

func (l *leaves) waiting() bool {
	return l.told < len(l.kept) || l.told == len(l.kept) && l.rest.Files > 0
}

func smaller(a, b *duChild) bool {
	return a.Disk < b.Disk || a.Disk == b.Disk && a.Apparent < b.Apparent
}

// smallestFirst is a heap.
type smallestFirst []duChild

func (s smallestFirst) Len() int           { return len(s) }
func (s smallestFirst) Less(i, j int) bool { return smaller(&s[i], &s[j]) }
func (s smallestFirst) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *smallestFirst) Push(child any)    { *s = append(*s, child.(duChild)) }
func (s *smallestFirst) Pop() any {
	last := len(*s) - 1
	child := (*s)[last]
	*s = (*s)[:last]
	return child
}
