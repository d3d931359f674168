package main

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
)

const printBytes = 16 << 10 // that are looked at together

var zeroPrint [printBytes]byte

// A dataprint adds up the contents of a file while they come in order. Zeros count by their place
// only, so that a hole and zeros that were written are the same. It is a hash whose seed nobody else
// knows, of this process alone: enough to see that something changed, and as fast as memory.
type dataprint struct {
	seed maphash.Seed
	sum  uint64
	at   int64 // where part begins
	part []byte
}

func (p *dataprint) begin(seed maphash.Seed) {
	p.seed, p.sum, p.at, p.part = seed, 0, 0, p.part[:0]
}

func (p *dataprint) write(data []byte) {
	if len(p.part) > 0 {
		n := min(printBytes-len(p.part), len(data))
		p.part = append(p.part, data[:n]...)
		data = data[n:]
		if len(p.part) < printBytes {
			return
		}
		p.block(p.part)
		p.part = p.part[:0]
	}
	for ; len(data) >= printBytes; data = data[printBytes:] {
		p.block(data[:printBytes])
	}
	p.part = append(p.part, data...)
}

// skip leaves zeros out, up to a place behind the last one.
func (p *dataprint) skip(to int64) {
	here := p.at + int64(len(p.part))
	if to-here < printBytes {
		p.write(zeroPrint[:max(0, to-here)])
		return
	}
	if len(p.part) > 0 {
		p.write(zeroPrint[:printBytes-len(p.part)])
	}
	p.at = to &^ (printBytes - 1)
	p.write(zeroPrint[:to-p.at])
}

func (p *dataprint) block(block []byte) {
	if !bytes.Equal(block, zeroPrint[:len(block)]) {
		var state [24]byte
		binary.LittleEndian.PutUint64(state[:], p.sum)
		binary.LittleEndian.PutUint64(state[8:], uint64(p.at))
		binary.LittleEndian.PutUint64(state[16:], maphash.Bytes(p.seed, block))
		p.sum = maphash.Bytes(p.seed, state[:])
	}
	p.at += int64(len(block))
}

// end gives the sum of all.
func (p *dataprint) end() uint64 {
	if len(p.part) > 0 {
		p.block(p.part)
		p.part = p.part[:0]
	}
	return p.sum
}
