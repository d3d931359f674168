package main

// Numbers that package syscall lacks; they differ from one architecture to the next.
const (
	sysStatx   = 332
	sysOpenat2 = 437
	sysSyncfs  = 306
)
