package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func raw(size uint32, request uint32, kind byte, payload string) []byte {
	return append(appendHeader(nil, request, kind, int(size)), payload...)
}

func TestDecoderReadsFramesBackToBack(t *testing.T) {
	stream := slices.Concat(raw(2, 1, typeRequest, "{}"), raw(0, 0, typeHeartbeat, ""), raw(0, 7, typeCancel, ""))
	in := newDecoder(bytes.NewReader(stream))
	for _, want := range []frame{{1, typeRequest, []byte("{}")}, {0, typeHeartbeat, nil}, {7, typeCancel, nil}} {
		f, err := in.next()
		if err != nil || f.request != want.request || f.kind != want.kind || !bytes.Equal(f.payload, want.payload) {
			t.Fatalf("%v %v, want %v", f, err, want)
		}
	}
	if _, err := in.next(); err != io.EOF {
		t.Fatalf("%v at the end", err)
	}
}

func TestDecoderRefuses(t *testing.T) {
	for name, stream := range map[string][]byte{
		"oversized":               raw(maxPayload+1, 1, typeRequest, ""),
		"largest length":          raw(1<<32-1, 1, typeRequest, ""),
		"type 0":                  raw(0, 1, 0, ""),
		"type of the agent":       raw(0, 1, typeDone, ""),
		"type 255":                raw(0, 1, 255, ""),
		"request 0":               raw(2, 0, typeRequest, "{}"),
		"cancel 0":                raw(0, 0, typeCancel, ""),
		"heartbeat with a number": raw(0, 1, typeHeartbeat, ""),
		"cancel with a payload":   raw(1, 1, typeCancel, "x"),
		"no payload at all":       raw(2, 1, typeRequest, ""),
		"payload cut off":         raw(2, 1, typeRequest, "{"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newDecoder(bytes.NewReader(stream)).next()
			var bad malformed
			if !errors.As(err, &bad) {
				t.Fatalf("%v", err)
			}
		})
	}
}

func TestDecoderRefusesEveryTruncatedHeader(t *testing.T) {
	whole := raw(2, 1, typeRequest, "{}")
	for size := 1; size < len(whole); size++ {
		_, err := newDecoder(bytes.NewReader(whole[:size])).next()
		if err != malformed("the stream ends inside a frame") {
			t.Fatalf("%d bytes: %v", size, err)
		}
	}
}

func TestMessagesAreCut(t *testing.T) {
	for _, text := range []string{strings.Repeat("\x7f", maxPayload), strings.Repeat("é", maxPayload), "x" + strings.Repeat("€", maxPayload), strings.Repeat("\xff", maxPayload), strings.Repeat("\x80", maxMessage+1)} {
		for _, err := range []error{invalid(text), invalid(fmt.Sprintf("%q", text)), malformed(text)} {
			out := appendError(nil, 7, err)
			var answer errorAnswer
			must(t, json.Unmarshal(out[headerSize:], &answer))
			if size := len(answer.Message); size > maxMessage || size < maxMessage-2 || !utf8.ValidString(answer.Message) {
				t.Errorf("%.10q: %d bytes end in %q", text, size, answer.Message[size-8:])
			}
			if len(out) > 7*maxMessage {
				t.Errorf("%.10q: a frame of %d bytes", text, len(out))
			}
		}
	}
	if message := "Dateiname é"; message != cut(message) {
		t.Fatal(cut(message))
	}
}

// What the decoder accepts is what was sent, byte for byte, and it ends without reading past it.
func FuzzDecoder(f *testing.F) {
	f.Add(raw(2, 1, typeRequest, "{}"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		in := newDecoder(bytes.NewReader(stream))
		var seen []byte
		for {
			got, err := in.next()
			if err != nil {
				var bad malformed
				if err != io.EOF && !errors.As(err, &bad) {
					t.Fatal(err)
				}
				if err == io.EOF && !bytes.Equal(seen, stream) {
					t.Fatal("bytes were lost")
				}
				return
			}
			seen = append(seen, raw(uint32(len(got.payload)), got.request, got.kind, string(got.payload))...)
			if !bytes.HasPrefix(stream, seen) {
				t.Fatal("bytes were changed")
			}
		}
	})
}
