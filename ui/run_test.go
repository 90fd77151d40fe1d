package ui

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.uber.org/goleak"

	"ravel/model"
)

// terminal is the far end of a pseudo terminal: it collects what is written
// and lets a test wait for text instead of time.
type terminal struct {
	ptmx, tty *os.File
	mu        sync.Mutex
	seen      bytes.Buffer
	news      chan struct{}
	done      chan struct{}
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	ptmx, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo terminal here: %v", err)
	}
	if err := pty.Setsize(ptmx, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	term := &terminal{ptmx: ptmx, tty: tty, news: make(chan struct{}, 1), done: make(chan struct{})}
	go term.read()
	return term
}

func (x *terminal) read() {
	defer close(x.done)
	buf := make([]byte, 4096)
	for {
		n, err := x.ptmx.Read(buf)
		x.mu.Lock()
		x.seen.Write(buf[:n])
		x.mu.Unlock()
		select {
		case x.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// wait returns what was written once it holds text.
func (x *terminal) wait(t *testing.T, text string) string {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		x.mu.Lock()
		all := x.seen.String()
		x.mu.Unlock()
		if strings.Contains(all, text) {
			return all
		}
		select {
		case <-x.news:
		case <-deadline:
			t.Fatalf("%q never came; the terminal got %q", text, all)
		}
	}
}

// forget drops what was written so far.
func (x *terminal) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.seen.Reset()
}

// leftAltScreen is what gives the terminal back.
const leftAltScreen = "\x1b[?1049l"

func (x *terminal) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := x.ptmx.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// close hangs up once all that was written has been read. A reader that is still
// in its last read then is left to itself: a closed pseudo terminal does not wake it
// everywhere.
func (x *terminal) close() string {
	_ = x.tty.Close()
	select {
	case <-x.done:
	case <-time.After(time.Second):
	}
	_ = x.ptmx.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen.String()
}

// run starts the explorer on the terminal; the result is how it ended.
func (x *terminal) run(ctx context.Context, e Engine, opt Options) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, e, opt) }()
	return ended
}

// result waits for the explorer's end.
func result(t *testing.T, ended <-chan error) error {
	t.Helper()
	select {
	case err := <-ended:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the explorer did not end")
		return nil
	}
}

func (x *terminal) options() Options {
	return Options{Input: x.tty, Output: x.tty, Env: []string{"TERM=xterm-256color", "LANG=C", "COLORFGBG=15;0"},
		Now: func() time.Time { return time.Unix(0, at("12:19:02")) }}
}

// The launch, three keys to the frames (rule 38), and the way out.
func TestRunInATerminal(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("ravel/ui.(*terminal).read"))
	term := newTerminal(t)
	ended := term.run(t.Context(), contractEngine(), term.options())
	term.wait(t, "FOLLOW")
	term.press(t, "E")
	term.wait(t, "PAUSED")
	term.press(t, "\r")
	term.wait(t, "Generic exception")
	term.press(t, "\r")
	term.wait(t, "during: anyio.WouldBlock")
	term.press(t, "q")
	if err := result(t, ended); err != nil {
		t.Error(err)
	}
	term.wait(t, leftAltScreen)
	term.close()
}

func TestInterruptedInATerminal(t *testing.T) {
	term := newTerminal(t)
	opt := term.options()
	opt.SSH = true
	ended := term.run(t.Context(), contractEngine(), opt)
	term.wait(t, "FOLLOW")
	term.press(t, "\x03")
	if err := result(t, ended); !errors.Is(err, ErrInterrupted) {
		t.Errorf("Ctrl-C at rest: %v", err)
	}
	all := term.close()
	if strings.Contains(all, "\x1b[?1002h") || strings.Contains(all, "\x1b]11;?") {
		t.Error("over SSH the mouse stays off and the terminal is not asked for its colours")
	}
}

func TestCancelledRun(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("ravel/ui.(*terminal).read"))
	term := newTerminal(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := term.run(ctx, contractEngine(), term.options())
	term.wait(t, "FOLLOW")
	cancel()
	if err := result(t, ended); err != nil {
		t.Errorf("a cancelled run: %v", err)
	}
	term.close()
}

// panicking is an engine that breaks once it is told to.
type panicking struct{ *fakeEngine }

func (p panicking) Find(context.Context, model.Seq, int, Target) (model.Seq, bool) {
	panic("broken on purpose")
}

func TestTerminalIsRestoredAfterAPanic(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("ravel/ui.(*terminal).read"))
	term := newTerminal(t)
	ended := term.run(t.Context(), panicking{contractEngine()}, term.options())
	term.wait(t, "FOLLOW")
	term.press(t, "E")
	if err := result(t, ended); err == nil || !strings.Contains(err.Error(), "broken on purpose") || !strings.Contains(err.Error(), "Find") {
		t.Errorf("a panic must be told, with where it happened: %v", err)
	}
	term.wait(t, leftAltScreen)
	term.close()
}

// blank is an engine that breaks when the screen is drawn.
type blank struct {
	*fakeEngine
	broken *atomic.Bool
}

func (b blank) Rows(from model.Seq, dir, n int, flat bool) []Row {
	if b.broken.Load() {
		panic("no rows")
	}
	return b.fakeEngine.Rows(from, dir, n, flat)
}

func TestPanicWhileDrawing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("ravel/ui.(*terminal).read"))
	term := newTerminal(t)
	e := blank{contractEngine(), &atomic.Bool{}}
	ended := term.run(t.Context(), e, term.options())
	term.wait(t, "FOLLOW")
	e.broken.Store(true)
	term.press(t, "k")
	if err := result(t, ended); err == nil || !strings.Contains(err.Error(), "no rows") {
		t.Errorf("a panic must be told: %v", err)
	}
	term.wait(t, leftAltScreen)
	term.close()
}

func TestPace(t *testing.T) {
	now := time.Unix(0, 0)
	m := &meter{now: func() time.Time { return now }}
	if m.floor() != remoteFloor {
		t.Error("an idle line waits no longer than the floor")
	}
	total, start := 0, now
	for range 200 { // frames of 8 KB, as often as the meter allows
		m.add(8 << 10)
		total += 8 << 10
		wait := m.floor()
		if wait < remoteFloor || wait > remoteCeil {
			t.Fatalf("waits %v", wait)
		}
		now = now.Add(wait)
	}
	if rate := float64(total) / now.Sub(start).Seconds(); rate > 1.1*remoteBudget {
		t.Errorf("%.0f bytes a second, the budget is %d", rate, remoteBudget)
	}
}

// Over SSH a clock's step is drawn with the news while these come, and by itself
// once they have stopped.
func TestClocksWaitForNewsOverSSH(t *testing.T) {
	now := time.Unix(0, at("12:19:02"))
	m := newScreen(t, contractEngine(), 80, 24, Options{SSH: true, Now: func() time.Time { return now }})
	m.Update(changedMsg{})
	m.View()
	if m.Update(tickMsg{}); m.dirty {
		t.Error("a clock's step drew a frame of its own between two with news")
	}
	now = now.Add(remoteCeil)
	if m.Update(tickMsg{}); !m.dirty {
		t.Error("no news came, and the clocks stand still")
	}
}
