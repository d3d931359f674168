package main

import (
	"syscall"
	"time"
)

const (
	windowBytes  = 256 << 10
	longestMatch = 64 << 10
	mostHits     = 10_000
)

// A search looks for a needle in one file, window by window: a line may be as long as it likes.
type search struct {
	*request
	fields struct {
		Pattern    []byte `json:"pattern"`
		Fixed      bool   `json:"fixed"`
		IgnoreCase bool   `json:"ignore_case"`
		Backwards  bool   `json:"backwards"`
		Until      *int64 `json:"until"`
		Limit      int    `json:"limit"`
	}
	needle *needle
	fd     int
	size   int64
	data   extents
	blank  bool // the needle may be met in zeros
	buf    []byte
	hits   [][2]int64
	ticker *time.Ticker
}

// A searchPart is the answer of search.
type searchPart struct {
	At   int64      `json:"at"`
	Hits [][2]int64 `json:"hits"`
}

// searchFile finds what begins between offset and until; backwards, below offset, the last first.
func searchFile(r *request) (any, error) {
	s := &search{request: r, buf: make([]byte, 1+windowBytes+longestMatch)}
	if err := r.fields(&s.fields); err != nil {
		return nil, err
	}
	if r.Offset == nil || *r.Offset < 0 {
		return nil, invalid("offset is missing or negative")
	}
	if s.fields.Limit < 1 || s.fields.Limit > mostHits {
		return nil, invalid("limit is missing or out of range")
	}
	var err error
	if s.needle, err = newNeedle(s.fields.Pattern, s.fields.Fixed, s.fields.IgnoreCase); err != nil {
		return nil, err
	}
	if s.fd, err = r.openRegular(); err != nil {
		return nil, err
	}
	defer syscall.Close(s.fd)
	if s.size, err = syscall.Seek(s.fd, 0, 2); err != nil {
		return nil, err
	}
	s.data = extents{fd: s.fd}
	s.blank = len(s.needle.matches(make([]byte, 4096), 1)) > 0
	s.ticker = time.NewTicker(progressEvery)
	defer s.ticker.Stop()
	at, err := s.run(*r.Offset)
	if err != nil {
		return nil, err
	}
	return s.part(at), nil
}

func (s *search) part(at int64) searchPart {
	hits := s.hits
	if hits == nil {
		hits = [][2]int64{}
	}
	return searchPart{at, hits}
}

func (s *search) run(offset int64) (int64, error) {
	if s.fields.Backwards {
		return s.back(min(offset, s.size))
	}
	return s.forth(offset)
}

func (s *search) forth(at int64) (int64, error) {
	end := s.size
	if s.fields.Until != nil {
		end = min(end, *s.fields.Until)
	}
	for at < end && s.left() > 0 {
		if hole := s.data.hole(at) - longestMatch; hole > windowBytes && !s.blank {
			at += hole
			continue
		}
		to := min(end, at+windowBytes)
		hits, err := s.window(at, to, s.left()+1)
		if err != nil {
			return at, err
		}
		for _, hit := range hits[:min(len(hits), s.left())] {
			s.hits = append(s.hits, hit)
			at = max(at, hit[1])
		}
		at = max(at, to)
		if err := s.tick(at); err != nil {
			return at, err
		}
	}
	return min(at, s.size), nil
}

func (s *search) back(at int64) (int64, error) {
	begin := int64(0)
	if s.fields.Until != nil {
		begin = max(begin, *s.fields.Until)
	}
	for at > begin && s.left() > 0 {
		from := max(begin, at-windowBytes)
		if s.blank || s.data.hole(from) < at-from+longestMatch {
			hits, err := s.window(from, at, -1)
			if err != nil {
				return at, err
			}
			for len(hits) > 0 && s.left() > 0 {
				s.hits = append(s.hits, hits[len(hits)-1])
				hits = hits[:len(hits)-1]
			}
		}
		at = from
		if err := s.tick(at); err != nil {
			return at, err
		}
	}
	return at, nil
}

func (s *search) left() int { return s.fields.Limit - len(s.hits) }

// window finds what begins between two places, in order. The byte before says what ^ and \b mean.
func (s *search) window(from, to int64, limit int) ([][2]int64, error) {
	begin := max(0, from-1)
	n, err := preadFull(s.fd, s.buf[:to-begin+longestMatch], begin)
	if err != nil {
		return nil, err
	}
	data := s.buf[:n]
	matches := s.needle.matches(data, limit)
	if len(matches) > 0 && begin+int64(matches[0][0]) < from && !s.needle.looksBack {
		// Its end may hide one that counts.
		data, begin = data[1:], from
		matches = s.needle.matches(data, limit)
	}
	var hits [][2]int64
	for _, match := range matches {
		hit := [2]int64{begin + int64(match[0]), begin + int64(withoutCR(data, match))}
		if hit[0] >= from && hit[0] < to {
			hits = append(hits, hit)
		}
	}
	return hits, nil
}

// withoutCR tells where a match ends, the CR of a line end left out.
func withoutCR(data []byte, match []int) int {
	end := match[1]
	if end > match[0] && data[end-1] == '\r' && (end == len(data) || data[end] == '\n') {
		end--
	}
	return end
}

func (s *search) tick(at int64) error {
	select {
	case <-s.ticker.C:
		s.frames = appendJSON(s.frames, s.id, typeProgress, s.part(at))
		s.hits, s.fields.Limit = nil, s.left()
		return s.send()
	default:
		return s.cancelled()
	}
}
