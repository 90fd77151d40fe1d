package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
)

// terminal is a program on a pseudo terminal that only listens: it answers no
// query, and remembers what was written to it.
type terminal struct {
	cmd   *exec.Cmd
	tty   *os.File
	stdin *os.File  // of the program; nil: the terminal
	begun time.Time // right before it was started

	mu      sync.Mutex
	written []byte        // since the last mark
	total   int64         // bytes ever written
	more    chan struct{} // capacity 1: something was written
	ended   chan struct{} // the program has closed the terminal
}

// patience is how long the program may take to do what it must do.
const patience = 60 * time.Second

// start runs a program on a terminal of that size. With piped it reads its
// standard input from a pipe, t.stdin, and its keys from the terminal.
func start(cols, rows uint16, piped bool, args ...string) (*terminal, error) {
	return startIn(nil, cols, rows, piped, args...)
}

// startIn is start with more in the environment.
func startIn(env []string, cols, rows uint16, piped bool, args ...string) (*terminal, error) {
	t := &terminal{cmd: exec.Command(args[0], args[1:]...), more: make(chan struct{}, 1), ended: make(chan struct{})}
	t.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC", "COLORFGBG=15;0", "SSH_TTY=", "SSH_CONNECTION=")
	t.cmd.Env = append(t.cmd.Env, env...)
	if piped {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		t.cmd.Stdin, t.stdin = r, w
	}
	t.begun = time.Now()
	var err error
	if t.tty, err = startOn(t.cmd, cols, rows); err != nil {
		return nil, fmt.Errorf("start %s on a terminal: %w", args[0], err)
	}
	go t.listen()
	return t, nil
}

// startOn gives cmd a controlling terminal.
func startOn(cmd *exec.Cmd, cols, rows uint16) (*os.File, error) {
	size := &pty.Winsize{Cols: cols, Rows: rows}
	return pty.StartWithAttrs(cmd, size, controlling())
}

// listen collects what the program writes.
func (t *terminal) listen() {
	defer close(t.ended)
	buf := make([]byte, 64<<10)
	for {
		n, err := t.tty.Read(buf)
		t.mu.Lock()
		t.written = append(t.written, buf[:n]...)
		t.total += int64(n)
		t.mu.Unlock()
		select {
		case t.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// mark forgets what has been written.
func (t *terminal) mark() {
	t.mu.Lock()
	t.written = t.written[:0]
	t.mu.Unlock()
}

// bytes is how many bytes were ever written.
func (t *terminal) bytes() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.total
}

// wait waits until what was written since the last mark holds text, and
// returns when that was.
func (t *terminal) wait(text string) (time.Time, error) {
	give := time.NewTimer(patience)
	defer give.Stop()
	for {
		t.mu.Lock()
		found := bytes.Contains(t.written, []byte(text))
		t.mu.Unlock()
		if found {
			return time.Now(), nil
		}
		select {
		case <-t.more:
		case <-t.ended:
			return time.Time{}, fmt.Errorf("the program ended before it wrote %q: %s", text, t.last())
		case <-give.C:
			return time.Time{}, fmt.Errorf("the program has not written %q: %s", text, t.last())
		}
	}
}

// drawn is wait for what may be on the screen already in part: of such a text only
// what differs is written, until the screen is drawn anew.
func (t *terminal) drawn(text string) (time.Time, error) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-time.After(100 * time.Millisecond):
				_ = t.press("\x0c") // Ctrl-L; wait tells of a program that has ended
			case <-done:
				return
			}
		}
	}()
	return t.wait(text)
}

// last is the end of what was written.
func (t *terminal) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Sprintf("%q", t.written[max(0, len(t.written)-400):])
}

// press types keys.
func (t *terminal) press(keys string) error {
	_, err := io.WriteString(t.tty, keys)
	return err
}

// answer types keys and returns how long it took until text was written.
func (t *terminal) answer(keys, text string) (time.Duration, error) {
	t.mark()
	begun := time.Now()
	if err := t.press(keys); err != nil {
		return 0, err
	}
	at, err := t.wait(text)
	return at.Sub(begun), err
}

// end kills the program: how it ends is not measured here.
func (t *terminal) end() {
	_ = t.cmd.Process.Kill() // it may have ended
	_ = t.cmd.Wait()
	_ = t.tty.Close()
	if t.stdin != nil {
		_ = t.stdin.Close()
	}
	<-t.ended
}

// memory is the program's resident memory in bytes, now and at most so far.
func (t *terminal) memory() (now, most float64) {
	return resident(strconv.Itoa(t.cmd.Process.Pid))
}

// resident is a process's resident memory in bytes, now and at most so far; 0
// where the system does not tell.
func resident(pid string) (now, most float64) {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, 0
	}
	kb := func(name string) float64 {
		_, rest, _ := strings.Cut(string(status), name)
		n, _ := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
		return n * 1024
	}
	return kb("VmRSS:"), kb("VmHWM:")
}

// errNoProc says that this system does not tell what a process takes.
var errNoProc = errors.New("not told by this system")

// cpu is the processor time that the program has taken.
func (t *terminal) cpu() (time.Duration, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(t.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0, errNoProc
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, errNoProc
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * time.Second / 100, nil
}
