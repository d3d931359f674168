package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall"
	"unicode/utf8"
)

const (
	headerSize = 9
	maxPayload = 1 << 20
	maxMessage = 4096
)

const (
	typeRequest   = 1
	typeCancel    = 2
	typeHeartbeat = 3
	typeMore      = 4
	typeFeed      = 5
	typeEnd       = 6

	typeEntries  = 129
	typeData     = 130
	typeProgress = 131
	typeDone     = 132
	typeError    = 133
)

// A frame is `u32 length | u32 request | u8 type | payload`.
type frame struct {
	request uint32
	kind    byte
	payload []byte
}

// A malformed stream cannot be read any further.
type malformed string

func (m malformed) Error() string { return string(m) }

// A decoder cuts a stream into frames.
type decoder struct {
	in      *bufio.Reader
	payload []byte
}

func newDecoder(in io.Reader) *decoder {
	return &decoder{in: bufio.NewReader(in)}
}

// next reads one frame, whose payload stays valid until the following call or take. Errors: io.EOF at an
// end between two frames, malformed, or the stream's own.
func (d *decoder) next() (frame, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(d.in, header[:]); err != nil {
		return frame{}, truncated(err)
	}
	size := binary.LittleEndian.Uint32(header[:])
	f := frame{request: binary.LittleEndian.Uint32(header[4:]), kind: header[8]}
	if size > maxPayload {
		return frame{}, malformed(fmt.Sprintf("a frame of %d bytes is above the limit of %d", size, maxPayload))
	}
	if f.kind < typeRequest || f.kind > typeEnd {
		return frame{}, malformed(fmt.Sprintf("unknown frame type %d", f.kind))
	}
	if (f.request == 0) != (f.kind == typeHeartbeat) {
		return frame{}, malformed(fmt.Sprintf("frame type %d with request %d", f.kind, f.request))
	}
	if f.kind != typeRequest && f.kind != typeFeed && size > 0 {
		return frame{}, malformed(fmt.Sprintf("frame type %d carries %d bytes", f.kind, size))
	}
	if cap(d.payload) < int(size) {
		d.payload = make([]byte, size)
	}
	f.payload = d.payload[:size]
	if _, err := io.ReadFull(d.in, f.payload); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return frame{}, truncated(err)
	}
	return f, nil
}

// take gives the payload of the last frame away, for another buffer.
func (d *decoder) take(other []byte) []byte {
	taken := d.payload
	d.payload = other
	return taken
}

func truncated(err error) error {
	if err == io.ErrUnexpectedEOF {
		return malformed("the stream ends inside a frame")
	}
	return err
}

func appendHeader(out []byte, request uint32, kind byte, size int) []byte {
	out = binary.LittleEndian.AppendUint32(out, uint32(size))
	out = binary.LittleEndian.AppendUint32(out, request)
	return append(out, kind)
}

func appendJSON(out []byte, request uint32, kind byte, value any) []byte {
	payload, err := json.Marshal(value)
	if err != nil {
		panic(err) // only our own plain structs come here
	}
	return append(appendHeader(out, request, kind, len(payload)), payload...)
}

// A refusal is an error with words of its own.
type refusal struct {
	errno   syscall.Errno
	message string
}

func (r refusal) Error() string { return r.message }

func invalid(message string) error { return refusal{syscall.EINVAL, message} }

type errorAnswer struct {
	Code    string `json:"code"`
	Errno   int    `json:"errno"`
	Message string `json:"message"`
}

func appendError(out []byte, request uint32, err error) []byte {
	var errno syscall.Errno
	var refused refusal
	switch {
	case errors.As(err, &refused):
		errno = refused.errno
	case errors.As(err, &errno):
	default:
		errno = syscall.EPROTO
	}
	return appendJSON(out, request, typeError, errorAnswer{errnoName(errno), int(errno), cut(err.Error())})
}

// cut makes a message valid UTF-8 of at most maxMessage bytes: it may repeat what the client sent.
func cut(message string) string {
	if len(message) <= maxMessage && utf8.ValidString(message) {
		return message
	}
	short := make([]byte, 0, maxMessage)
	for _, r := range message {
		if len(short)+utf8.RuneLen(r) > maxMessage {
			break
		}
		short = utf8.AppendRune(short, r)
	}
	return string(short)
}
