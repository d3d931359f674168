package main

// Numbers that package syscall lacks; they differ from one architecture to the next.
const (
	sysSyncfs        = 267
	sysRenameat2     = 276
	sysCopyFileRange = 285
	sysStatx         = 291
	sysOpenat2       = 437
)
