package main

import "syscall"

// stage makes an empty folder that is filled beside what it replaces. When it answers, the folder is
// on the storage. EEXIST where the job has one, or one is left of a job that replaced something.
// Until this process ends it is locked: whoever recovers meanwhile leaves it alone.
func stage(r *request) (any, error) {
	var asked struct {
		Job string `json:"job"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	if !validJob(asked.Job) {
		return nil, invalid("a job is letters, digits, - and _")
	}
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(dir)
	folder, err := makeFolder(dir, newPrefix+asked.Job)
	if err != nil {
		return nil, err
	}
	occupy(folder)
	r.mu.Lock()
	r.staged[below(r.path(), newPrefix+asked.Job)] = folder
	r.mu.Unlock()
	if err := syncDescriptor(folder); err != nil {
		return nil, err
	}
	return nothing{}, syncDescriptor(dir)
}

// occupyUnstaged occupies a folder but where this connection has staged it, and so has it already.
func (r *request) occupyUnstaged(dir int, path string) error {
	r.mu.Lock()
	_, staged := r.staged[path]
	r.mu.Unlock()
	if staged {
		return nil
	}
	return occupy(dir)
}
