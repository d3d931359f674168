package main

import "syscall"

// stage makes an empty folder that is filled beside what it replaces. When it answers, the folder is
// on the storage. EEXIST where the job has one, or one is left of a job that replaced something.
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
	defer syscall.Close(folder)
	if err := syncDescriptor(folder); err != nil {
		return nil, err
	}
	return nothing{}, syncDescriptor(dir)
}
