package main

import (
	"syscall"
	"time"
)

// nothing is the answer of an operation that has nothing to tell.
type nothing struct{}

// syncStorage returns once everything is on the storage that was written to the file system of a
// folder. Nothing ends that system call, so a client that cancels does not wait for it.
func syncStorage(r *request) (any, error) {
	fd, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	synced := make(chan error, 1)
	go func() {
		synced <- syncFileSystem(fd)
		syscall.Close(fd)
	}()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-synced:
			return nothing{}, err
		case <-r.ctx.Done():
			return nil, syscall.ECANCELED
		case <-tick.C:
			r.frames = appendJSON(r.frames, r.id, typeProgress, nothing{})
			if err := r.send(); err != nil {
				return nil, err
			}
		}
	}
}
