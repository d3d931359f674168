// Command voltui-agent is the only program in voltui's helper containers: it answers requests
// about the files below one folder on stdin and stdout. ARCHITECTURE.md describes the wire.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// Set by the linker: voltui's version, and the digest of the sources.
var version, source = "0", "unknown"

// Exit statuses; a signal is 128 + its number.
const (
	statusEnded    = 0 // stdin ended between two frames
	statusLost     = 1 // stdin or stdout failed, or the root is no folder
	statusProtocol = 2 // the client does not follow the protocol
	statusSilent   = 3 // no frame for too long
)

func main() {
	root := flag.String("root", "/v", "folder to serve")
	silence := flag.Float64("timeout", 90, "seconds without a frame after which the agent ends")
	show := flag.Bool("version", false, "show the version and end")
	flag.Parse()
	if *show {
		fmt.Printf("voltui-agent %s %s/%s source %s\n", version, runtime.GOOS, runtime.GOARCH, source)
		return
	}
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	syscall.Umask(0)
	files, err := openTree(*root)
	if err != nil {
		fmt.Fprintf(os.Stderr, "voltui-agent: %s: %v\n", *root, err)
		os.Exit(statusLost)
	}
	// As PID 1 we get no signal that we do not ask for.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	ended := make(chan int, 1)
	go func() { ended <- newConnection(os.Stdout, files).serve(os.Stdin, seconds(*silence)) }()
	select {
	case caught := <-signals:
		os.Exit(128 + int(caught.(syscall.Signal)))
	case status := <-ended:
		os.Exit(status)
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
