//go:build !unix

package main

import "syscall"

// controlling has no meaning here; starting fails.
func controlling() *syscall.SysProcAttr { return nil }
