package main

import "io"

// octets is a stream whose parts are looked at where they lie.
type octets struct {
	more func() ([]byte, error) // the next part, valid until the one after it; io.EOF at the end
	rest []byte
}

// some gives at most so many bytes, at least one, valid until the following call.
func (o *octets) some(limit int64) ([]byte, error) {
	for len(o.rest) == 0 {
		var err error
		if o.rest, err = o.more(); err != nil {
			o.rest = nil
			return nil, err
		}
	}
	part := o.rest[:min(limit, int64(len(o.rest)))]
	o.rest = o.rest[len(part):]
	return part, nil
}

// fill reads a buffer full. Errors: io.EOF where nothing is left, io.ErrUnexpectedEOF within it.
func (o *octets) fill(buf []byte) error {
	for filled := 0; filled < len(buf); {
		part, err := o.some(int64(len(buf) - filled))
		if err == io.EOF && filled > 0 {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		filled += copy(buf[filled:], part)
	}
	return nil
}

// skip leaves bytes out.
func (o *octets) skip(count int64) error {
	for count > 0 {
		part, err := o.some(count)
		if err != nil {
			return err
		}
		count -= int64(len(part))
	}
	return nil
}
