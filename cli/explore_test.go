package cli

import (
	"io"
	"os"
	"testing"

	"github.com/creack/pty"
)

// A terminal that nobody knows gets a screen and a note (rule 36); one that says
// that it has no screen gets words.
func TestRule36Terminals(t *testing.T) {
	keys, tty, err := pty.Open()
	if err != nil {
		t.Skip(err)
	}
	defer func() { _, _ = keys.Close(), tty.Close() }()
	for term, want := range map[string]struct {
		opens bool
		notes int
	}{"dumb": {false, 1}, "": {true, 1}, "hp2621": {true, 1}, "vt100": {true, 0}, "screen.xterm-256color": {true, 0}} {
		getenv := func(name string) string {
			return map[string]string{"TERM": term, "XDG_CONFIG_HOME": "/nonexistent"}[name]
		}
		a := &app{stdio: Stdio{In: tty, Out: tty, Err: io.Discard, Getenv: getenv}, ending: newEnding()}
		opened := false
		err := a.explore(t.Context(), &settings{}, func(bool) (inputs, error) { opened = true; return inputs{}, os.ErrClosed })
		if opened != want.opens || (err == errDumb) == want.opens {
			t.Errorf("TERM=%s: opened %v, %v", term, opened, err)
		}
		if notes := a.surroundings(); len(notes) != want.notes {
			t.Errorf("TERM=%s: %q", term, notes)
		}
	}
}
