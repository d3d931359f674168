package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"syscall"
	"testing"
	"time"
)

// A client speaks to a connection over pipes in memory: nothing is buffered, so that whoever does
// not read holds the agent.
type client struct {
	t      *testing.T
	in     *io.PipeWriter
	out    *bufio.Reader
	status chan int
}

func startClient(t *testing.T, root string, silence time.Duration) *client {
	t.Helper()
	files, err := openTree(root)
	if err != nil {
		t.Fatal(err)
	}
	agentIn, in := io.Pipe()
	out, agentOut := io.Pipe()
	c := &client{t, in, bufio.NewReader(out), make(chan int, 1)}
	go func() { c.status <- newConnection(agentOut, files).serve(agentIn, silence) }()
	t.Cleanup(func() {
		in.Close()
		out.Close()
		syscall.Close(files.root)
	})
	return c
}

// greet shakes hands.
func greet(t *testing.T, root string) *client {
	t.Helper()
	c := startClient(t, root, time.Minute)
	c.request(1, `{"op":"hello","protocol":1}`)
	if f := c.next(); f.kind != typeDone {
		t.Fatalf("hello: %d %s", f.kind, f.payload)
	}
	return c
}

func (c *client) send(request uint32, kind byte, payload string) {
	c.t.Helper()
	if _, err := c.in.Write(append(appendHeader(nil, request, kind, len(payload)), payload...)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) request(id uint32, payload string) { c.send(id, typeRequest, payload) }

func (c *client) next() frame {
	c.t.Helper()
	f, err := readFrame(c.out)
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

// code reads one ERROR of that request.
func (c *client) code(id uint32) string {
	c.t.Helper()
	f := c.next()
	var answer errorAnswer
	if err := json.Unmarshal(f.payload, &answer); err != nil || f.kind != typeError || f.request != id {
		c.t.Fatalf("request %d type %d %s, want an error of %d", f.request, f.kind, f.payload, id)
	}
	return answer.Code
}

func (c *client) exit() int {
	c.t.Helper()
	select {
	case status := <-c.status:
		return status
	case <-time.After(10 * time.Second):
		c.t.Fatal("the agent goes on")
		return -1
	}
}

// readFrame reads a frame of the agent.
func readFrame(in io.Reader) (frame, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return frame{}, err
	}
	payload := make([]byte, binary.LittleEndian.Uint32(header[:]))
	_, err := io.ReadFull(in, payload)
	return frame{binary.LittleEndian.Uint32(header[4:]), header[8], payload}, err
}

// ask gives the final frame of one call and what came before it.
func (c *client) ask(id uint32, value call) (before []frame, final frame) {
	c.t.Helper()
	payload, err := json.Marshal(value)
	if err != nil {
		c.t.Fatal(err)
	}
	c.request(id, string(payload))
	for {
		f := c.next()
		if f.kind == typeDone || f.kind == typeError {
			return before, f
		}
		before = append(before, f)
	}
}

// chain makes folders named "d" below one another, so deep that only descriptors reach them.
func chain(t *testing.T, root string, levels int) {
	t.Helper()
	fd, err := syscall.Open(root, syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	for range levels {
		if err == nil {
			err = syscall.Mkdirat(fd, "d", 0o755)
		}
		fd = step(fd, "d", &err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range levels {
			fd = step(fd, "..", &err)
			if err == nil {
				err = unlinkDirectory(fd, "d")
			}
		}
		syscall.Close(fd)
		if err != nil {
			t.Fatal(err)
		}
	})
}

func step(fd int, name string, err *error) int {
	if *err != nil {
		return fd
	}
	var next int
	next, *err = openAt(fd, name, syscall.O_RDONLY|syscall.O_DIRECTORY)
	syscall.Close(fd)
	return next
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
