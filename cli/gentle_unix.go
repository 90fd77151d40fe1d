//go:build unix

package cli

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
)

// gentleNice is the priority of --gentle: behind everything interactive.
const gentleNice = 10

// beGentle lowers the process's priority and keeps it to one core. A host that
// refuses changes nothing.
func beGentle() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil { // not Linux: there, 0 is the whole process
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, gentleNice)
	}
	for _, t := range threads { // later threads inherit it
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, gentleNice)
		}
	}
	runtime.GOMAXPROCS(1)
}

// keysAvailable reports whether keys can be read although f is data.
func keysAvailable(f *os.File) bool {
	if terminal(f) {
		return true
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	return tty.Close() == nil
}
