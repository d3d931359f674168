package main

// Numbers that package syscall lacks; they differ from one architecture to the next.
const (
	sysSyncfs        = 306
	sysRenameat2     = 316
	sysCopyFileRange = 326
	sysStatx         = 332
	sysOpenat2       = 437
)
