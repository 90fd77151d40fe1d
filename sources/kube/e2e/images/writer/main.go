// Command writer writes numbered lines to standard output, and the same lines to
// a file beside the cluster, where a test finds what a log must have. What it
// does is said by its environment:
//
//	RATE   lines a second (default 10; 0 writes none)
//	COUNT  lines in all (default 0: no end)
//	SIZE   bytes of a line (default 80)
//	EXIT   status to end with after COUNT lines; without it, it waits
//	TRUTH  directory of the files, one for each run of a container
//
// A line is "POD CONTAINER RUN NUMBER xxx…". A run that is told to stop writes
// "POD CONTAINER RUN end" and ends.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

func number(key string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(key)); err == nil {
		return n
	}
	return otherwise
}

// tick is how often lines are written: many at once where RATE is high.
const tick = 10 * time.Millisecond

func main() {
	rate, count, size := number("RATE", 10), number("COUNT", 0), number("SIZE", 80)
	host, _ := os.Hostname()
	id := fmt.Sprintf("%s %s %d", host, os.Getenv("NAME"), time.Now().UnixNano())
	truth, err := os.Create(filepath.Join(os.Getenv("TRUTH"), string(bytes.ReplaceAll([]byte(id), []byte(" "), []byte("_")))))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	ticks := time.Tick(tick)
	begin, n := time.Now(), 0
	for count == 0 || n < count {
		due := int(time.Since(begin).Seconds() * float64(rate))
		if count > 0 {
			due = min(due, count)
		}
		var lines []byte
		for ; n < due; n++ {
			from := len(lines)
			lines = fmt.Appendf(lines, "%s %d ", id, n)
			for len(lines)-from < size-1 {
				lines = append(lines, 'x')
			}
			lines = append(lines, '\n')
		}
		both(truth, lines)
		select {
		case <-ticks:
		case <-stop:
			both(truth, []byte(id+" end\n"))
			os.Exit(0)
		}
	}
	if status := number("EXIT", -1); status >= 0 {
		os.Exit(status)
	}
	<-stop
	both(truth, []byte(id+" end\n"))
}

// both writes lines to the log and to the truth.
func both(truth *os.File, lines []byte) {
	if _, err := os.Stdout.Write(lines); err == nil {
		_, _ = truth.Write(lines)
	}
}
