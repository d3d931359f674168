package main

import (
	"bytes"
	"fmt"
	"syscall"
)

// Nobody can have made this name in a folder that is only being filled.
const liftName = ".voltui-lift"

// lift lets the only folder of a folder take its place: what is in it goes up, and its attributes
// are kept for the folder above. The marker may stand beside.
func lift(r *request) (any, error) {
	var asked struct {
		Folder []byte `json:"folder"`
	}
	if err := r.fields(&asked); err != nil {
		return nil, err
	}
	folder := string(asked.Folder)
	if bytes.IndexByte(asked.Folder, '/') >= 0 || !validPath("/"+folder) || folder == "" {
		return nil, invalid("the folder is no single name")
	}
	dir, err := r.files.openDirectory(r.path())
	if err != nil {
		return nil, err
	}
	defer syscall.Close(dir)
	if err := r.occupyUnstaged(dir, r.path()); err != nil {
		return nil, err
	}
	if err := refuseOthers(dir, folder); err != nil {
		return nil, err
	}
	var a attributes
	if err := r.liftFrom(dir, folder, &a); err != nil {
		return nil, err
	}
	r.keepRoot(r.path(), &a)
	return nothing{}, syncDescriptor(dir)
}

// liftFrom moves all that is in a folder up. The folder has another name meanwhile: something in it
// may have its own.
func (r *request) liftFrom(dir int, folder string, a *attributes) error {
	inner, err := r.files.openUnmounted(dir, folder)
	if err != nil {
		return err
	}
	defer syscall.Close(inner)
	if err := readAttributes(-1, "", inner, a); err != nil {
		return err
	}
	if err := refuseReserved(inner, func(string) bool { return false }); err != nil {
		return err
	}
	if err := renameNoReplace(dir, folder, dir, liftName); err != nil {
		return err
	}
	return r.tellMeanwhile(func() error {
		if err := r.moveAll(inner, dir); err != nil {
			return err
		}
		return unlinkAt(dir, append([]byte(liftName), 0), atRemoveDir)
	}, func() any { return nothing{} })
}

// moveAll moves what is in a folder into another one.
func (r *request) moveAll(from, to int) error {
	names, err := namesIn(from)
	for name := range names.each() {
		if err == nil {
			err = r.cancelled()
		}
		if err == nil {
			err = moveEntry(from, to, name)
		}
	}
	return err
}

// refuseOthers refuses a folder that holds anything besides this one and the marker.
func refuseOthers(dir int, folder string) error {
	return eachName(dir, func(name []byte, _ uint16) error {
		if s := string(name[:len(name)-1]); s != folder && s != markerName {
			return refusal{syscall.ENOTEMPTY, fmt.Sprintf("%q stands beside the folder", s)}
		}
		return nil
	})
}
