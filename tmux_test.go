//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// screen is the real program in a real terminal: a tmux server of its own.
type screen struct {
	t      *testing.T
	socket string
}

// patience is how long a test waits for what it knows must come.
const patience = 20 * time.Second

// openScreen runs a line of shell in a terminal of that size; "status N" is
// shown once it has ended.
func openScreen(t *testing.T, width, height int, line string) *screen {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	bin := os.Getenv("RAVEL_BIN")
	if bin == "" {
		t.Skip("RAVEL_BIN does not name the program: run `make e2e`")
	}
	s := &screen{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	s.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height),
		fmt.Sprintf("PATH=%s:$PATH TZ=UTC LC_ALL=C HOME=%s; export PATH TZ LC_ALL HOME; %s; echo status $?; sleep 60",
			filepath.Dir(bin), t.TempDir(), line))
	t.Cleanup(func() { s.tmux("kill-server") })
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// keys types keys, by tmux' names.
func (s *screen) keys(keys ...string) {
	s.t.Helper()
	s.tmux(append([]string{"send-keys"}, keys...)...)
}

// text is what the screen shows.
func (s *screen) text() string { return s.tmux("capture-pane", "-p") }

// wait waits until the screen shows all of what, and returns it.
func (s *screen) wait(what ...string) string {
	s.t.Helper()
	var text string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		text = s.text()
		missing := false
		for _, w := range what {
			missing = missing || !strings.Contains(text, w)
		}
		if !missing {
			return text
		}
	}
	s.t.Fatalf("the screen never showed %q:\n%s", what, text)
	return ""
}

// gone waits until the screen does not show what.
func (s *screen) gone(what string) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if !strings.Contains(s.text(), what) {
			return
		}
	}
	s.t.Fatalf("the screen still shows %q:\n%s", what, s.text())
}

// apiLog writes a log of requests, one of which has failed, to a new file.
func apiLog(t *testing.T) string {
	t.Helper()
	var sb strings.Builder
	at := time.Date(2025, 8, 20, 16, 25, 0, 0, time.UTC)
	line := func(id, level, text string) {
		at = at.Add(7 * time.Millisecond)
		fmt.Fprintf(&sb, "%s [%s][-] %s --- app --- %s\n", at.Format("2006-01-02T15:04:05.000"), id, level, text)
	}
	for i := range 40 {
		id := fmt.Sprintf("%032x", 0xabc0000+i)
		line(id, "INFO", fmt.Sprintf("Started GET /api/v1/datasets/%d HTTP/1.1 from 127.0.0.1", i))
		if i == 30 {
			line(id, "ERROR", "Generic exception")
			sb.WriteString("Traceback (most recent call last):\n  File \"/opt/venv/lib/python3.10/site-packages/anyio/memory.py\", line 111, in receive\n" +
				"    return self.receive_nowait()\n  File \"/app/api/features.py\", line 18, in _enabled\n    feature = getattr(config.features, key)\n" +
				"AttributeError: no attribute 'sources'\n")
			line(id, "INFO", "Completed 500 Internal Server Error in 38ms")
			continue
		}
		line(id, "INFO", "Completed 200 OK in 12ms")
	}
	file := filepath.Join(t.TempDir(), "api.log")
	if err := os.WriteFile(file, []byte(sb.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestTmuxRule38 goes from the launch to the frames of the newest failure in
// three keys, and back.
func TestTmuxRule38(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 50}} {
		t.Run(fmt.Sprint(size[0]), func(t *testing.T) {
			s := openScreen(t, size[0], size[1], "ravel "+apiLog(t))
			s.wait("FOLLOW", "/api/v1/datasets/39", "12ms")
			s.keys("E")
			s.wait("PAUSED", "500 GET", "AttributeError")
			s.keys("Enter")
			s.wait("Generic exception", "features.py:18", "Completed 500")
			s.keys("Enter")
			s.wait("feature = getattr(config.features, key)")
			s.keys("G")
			s.wait("FOLLOW", "/api/v1/datasets/39")
			s.keys("q")
			s.wait("status 0")
		})
	}
}

// TestTmuxSignals: a signal ends the explorer with 130 and gives the screen back.
func TestTmuxSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			file := apiLog(t)
			pid := file + ".pid"
			s := openScreen(t, 80, 24, fmt.Sprintf("echo before; sh -c 'echo $$ >%s; exec ravel %s'", pid, file))
			s.wait("FOLLOW", "/api/v1/datasets/39")
			text, err := os.ReadFile(pid)
			if err != nil {
				t.Fatal(err)
			}
			n, err := strconv.Atoi(strings.TrimSpace(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(n, sig); err != nil {
				t.Fatal(err)
			}
			s.wait("before", "status 130")
		})
	}
}

// TestTmuxFollowsAGrowingFile appends to a file that is shown.
func TestTmuxFollowsAGrowingFile(t *testing.T) {
	file := apiLog(t)
	s := openScreen(t, 80, 24, "ravel "+file)
	s.wait("FOLLOW", "/api/v1/datasets/39")
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("2025-08-20T16:25:09.000 [-][-] WARNING --- sched --- a line that came later\n"); err != nil {
		t.Fatal(err)
	}
	s.wait("a line that came later")
}

// TestTmuxRule29KeysBesideAPipe filters what comes through a pipe.
func TestTmuxRule29KeysBesideAPipe(t *testing.T) {
	s := openScreen(t, 80, 24, "cat "+apiLog(t)+" | ravel")
	s.wait("/api/v1/datasets/39")
	s.keys("&")
	s.keys("-l", "level>=error")
	s.keys("Enter")
	s.wait("level>=error", "500 GET", "80 hidden")
	s.gone("/api/v1/datasets/39")
	s.keys("0")
	s.wait("/api/v1/datasets/39")
	s.keys("C-c")
	s.wait("status 130")
}

// TestTmuxHelpAndDetail opens the help, which is made from the key table, and a
// record's detail.
func TestTmuxHelpAndDetail(t *testing.T) {
	s := openScreen(t, 80, 24, "ravel "+apiLog(t))
	s.wait("FOLLOW")
	s.keys("?")
	s.wait("Enter", "open what is under the cursor")
	s.keys("Escape")
	s.wait("/api/v1/datasets/39")
	s.keys("E", "d")
	s.wait("request_id")
	s.keys("Escape")
	s.gone("request_id")
}

// TestTmuxRule29NoTerminalForKeys runs beside a pipe without a controlling
// terminal, as under ssh without -t.
func TestTmuxRule29NoTerminalForKeys(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("setsid is not installed")
	}
	s := openScreen(t, 100, 24, "cat "+apiLog(t)+" | setsid -w ravel")
	s.wait("ravel: no terminal for keys: use -o, or ssh -t", "status 2")
}

// TestTmuxRule30Run explores a command's output and passes its status on.
func TestTmuxRule30Run(t *testing.T) {
	s := openScreen(t, 80, 24, "ravel run -- sh -c 'echo printed; echo complained >&2; exit 7'")
	s.wait("printed", "complained")
	s.keys("q", "q")
	s.wait("status 7")
}
