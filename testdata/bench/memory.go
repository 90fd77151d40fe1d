package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// views are the keys of what is opened one after the other while a pipe flows.
var views = []string{"1", "2", "3", "4", "5", "6", "1/Completed\r", "\x1b&level>=error\r", "E", "d", "q", "&\x15\r", "G", "i", "i", "\t", "\x1b"}

// explorerMemory is the most memory that the explorer takes of what a budget
// allows, while a pipe flows and every view is opened in turn.
func explorerMemory(budget string, bytes float64) func(*lab) (float64, error) {
	return func(l *lab) (float64, error) {
		t, err := start(160, 50, true, l.ravel, "--buffer", budget)
		if err != nil {
			return 0, err
		}
		defer t.end()
		flowed := make(chan error, 1)
		begun := time.Now()
		go func() { flowed <- l.flow(t.stdin) }()
		at, last := "", 0.0
		for k := 0; ; k++ {
			select {
			case err := <-flowed:
				if err != nil {
					return 0, err
				}
				_, most := t.memory()
				l.note("%.0f MiB, the most at key %q; %.0f MB/s", most/(1<<20), at, 1000*l.stream/time.Since(begun).Seconds())
				return most / (1.1*bytes + 64<<20), nil
			case <-time.After(700 * time.Millisecond):
			}
			if _, most := t.memory(); most > last+1<<20 {
				at, last = views[max(k-1, 0)%len(views)], most
			}
			if err := t.press(views[k%len(views)]); err != nil {
				return 0, err
			}
			t.mark()
		}
	}
}

// flow writes the text file again and again.
func (l *lab) flow(w io.Writer) error {
	for sent := int64(0); float64(sent) < 1e9*l.stream; {
		f, err := os.Open(l.text.path)
		if err != nil {
			return err
		}
		n, err := io.Copy(w, f)
		f.Close()
		if err != nil {
			return fmt.Errorf("the program does not read on: %w", err)
		}
		sent += n
	}
	return nil
}

// headlessMemory is the most memory that a headless run takes on a pipe, in
// MiB.
func headlessMemory(args ...string) func(*lab) (float64, error) {
	return func(l *lab) (float64, error) {
		cmd := exec.Command(l.ravel, args...)
		in, err := cmd.StdinPipe()
		if err != nil {
			return 0, err
		}
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		defer cmd.Wait()
		defer in.Close()
		if err := l.flow(in); err != nil {
			return 0, err
		}
		_, most := resident(fmt.Sprint(cmd.Process.Pid))
		return most / (1 << 20), nil
	}
}
