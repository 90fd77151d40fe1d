//go:build !unix

package cli

import (
	"os"
	"runtime"
)

// beGentle keeps the process to one core.
func beGentle() { runtime.GOMAXPROCS(1) }

// keysAvailable reports whether keys can be read although f is data.
func keysAvailable(f *os.File) bool {
	tty, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return terminal(f)
	}
	return tty.Close() == nil
}
