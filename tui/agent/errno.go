package main

import (
	"fmt"
	"syscall"
)

// Numbers differ between systems, so clients go by the name.
var errnoNames = map[syscall.Errno]string{
	syscall.E2BIG:        "E2BIG",
	syscall.EACCES:       "EACCES",
	syscall.EAGAIN:       "EAGAIN",
	syscall.EBADF:        "EBADF",
	syscall.EBADMSG:      "EBADMSG",
	syscall.EBUSY:        "EBUSY",
	syscall.ECANCELED:    "ECANCELED",
	syscall.ECONNREFUSED: "ECONNREFUSED",
	syscall.ECONNRESET:   "ECONNRESET",
	syscall.EDQUOT:       "EDQUOT",
	syscall.EEXIST:       "EEXIST",
	syscall.EFAULT:       "EFAULT",
	syscall.EFBIG:        "EFBIG",
	syscall.EHOSTDOWN:    "EHOSTDOWN",
	syscall.EHOSTUNREACH: "EHOSTUNREACH",
	syscall.EINTR:        "EINTR",
	syscall.EINVAL:       "EINVAL",
	syscall.EIO:          "EIO",
	syscall.EISDIR:       "EISDIR",
	syscall.EKEYEXPIRED:  "EKEYEXPIRED",
	syscall.ELOOP:        "ELOOP",
	syscall.EMFILE:       "EMFILE",
	syscall.EMLINK:       "EMLINK",
	syscall.ENAMETOOLONG: "ENAMETOOLONG",
	syscall.ENETDOWN:     "ENETDOWN",
	syscall.ENETUNREACH:  "ENETUNREACH",
	syscall.ENFILE:       "ENFILE",
	syscall.ENODATA:      "ENODATA",
	syscall.ENODEV:       "ENODEV",
	syscall.ENOENT:       "ENOENT",
	syscall.ENOKEY:       "ENOKEY",
	syscall.ENOMEM:       "ENOMEM",
	syscall.ENOSPC:       "ENOSPC",
	syscall.ENOSYS:       "ENOSYS",
	syscall.ENOTCONN:     "ENOTCONN",
	syscall.ENOTDIR:      "ENOTDIR",
	syscall.ENOTEMPTY:    "ENOTEMPTY",
	syscall.ENXIO:        "ENXIO",
	syscall.EOPNOTSUPP:   "EOPNOTSUPP",
	syscall.EOVERFLOW:    "EOVERFLOW",
	syscall.EPERM:        "EPERM",
	syscall.EPIPE:        "EPIPE",
	syscall.EPROTO:       "EPROTO",
	syscall.ERANGE:       "ERANGE",
	syscall.EREMOTEIO:    "EREMOTEIO",
	syscall.EROFS:        "EROFS",
	syscall.ESTALE:       "ESTALE",
	syscall.ETIMEDOUT:    "ETIMEDOUT",
	syscall.ETXTBSY:      "ETXTBSY",
	syscall.EUCLEAN:      "EUCLEAN",
	syscall.EXDEV:        "EXDEV",
}

func errnoName(errno syscall.Errno) string {
	if name, ok := errnoNames[errno]; ok {
		return name
	}
	return fmt.Sprintf("E%d", int(errno))
}
