//go:build unix

package main

import "syscall"

// controlling makes the terminal, which is the program's standard output, the
// one that it reads keys from.
func controlling() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1}
}
