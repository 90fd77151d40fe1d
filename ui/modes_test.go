package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"
)

const (
	tookAltScreen = "\x1b[?1049h"
	pastes        = "\x1b[?2004h"
	mouseTells    = "\x1b[?1002h"
	mouseIsSilent = "\x1b[?1002l"
)

// What the terminal is to do from the first frame on is there with it, and what
// keys and commands change does not wait for Bubble Tea's clock, which the test
// does not either: it presses the next key as soon as it sees what the last one
// did.
func TestModesComeAtOnce(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("ravel/ui.(*terminal).read"))
	term := newTerminal(t)
	ended := term.run(t.Context(), contractEngine(), term.options())
	all := term.wait(t, "FOLLOW")
	before, _, _ := strings.Cut(all, "FOLLOW")
	for _, mode := range []string{tookAltScreen, pastes, mouseTells} {
		if !strings.Contains(before, mode) {
			t.Errorf("%q comes after the first frame: %q", mode, all)
		}
	}
	term.press(t, "M")
	term.wait(t, mouseIsSilent)
	term.press(t, "k")
	term.wait(t, "PAUSED")
	term.press(t, "y")
	term.wait(t, "\x1b]52;c;")
	term.press(t, "q")
	if err := result(t, ended); err != nil {
		t.Error(err)
	}
	all = term.close()
	for on, off := range map[string]string{tookAltScreen: leftAltScreen, pastes: "\x1b[?2004l", mouseTells: mouseIsSilent} {
		if strings.LastIndex(all, on) > strings.LastIndex(all, off) {
			t.Errorf("%q is the last word about that mode: %q", on, all)
		}
	}
}

// The screen is taken again as soon as another program has given it back.
func TestScreenAfterAnEditor(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("ravel/ui.(*terminal).read"))
	term := newTerminal(t)
	opt := term.options()
	opt.Env = append(opt.Env, "VISUAL=true")
	ended := term.run(t.Context(), contractEngine(), opt)
	term.wait(t, "FOLLOW")
	term.press(t, "k")
	term.wait(t, "PAUSED")
	for range 3 {
		term.forget()
		term.press(t, "v")
		term.wait(t, leftAltScreen)
		term.wait(t, tookAltScreen)
		term.wait(t, "PAUSED")
	}
	term.press(t, "q")
	if err := result(t, ended); err != nil {
		t.Error(err)
	}
	term.close()
}

// TestClocksRest: where nothing more may come no clock runs, also where requests
// have not ended, and where clocks run they wake the screen once a second.
func TestClocksRest(t *testing.T) {
	e := contractEngine()
	m := newScreen(t, e, 80, 24, Options{})
	waits := time.Duration(0)
	m.after = func(d time.Duration, _ tea.Msg) tea.Cmd {
		waits = d
		return nil
	}
	m.jobs.ticking = false
	if m.tickCmd(); waits < clockRest {
		t.Errorf("requests are in flight, more may come, and the clocks wake the screen after %v", waits)
	}
	for i := range e.state.Sources {
		e.state.Sources[i].Live = false
	}
	m.refreshState()
	m.jobs.ticking, waits = false, 0
	if m.tickCmd(); waits != 0 {
		t.Errorf("nothing more may come, and a clock runs that steps in %v", waits)
	}
}
