package ui

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// An empty screen is not drawn before the first records may be there, and it is
// told when these stand on it.
func TestFirstFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		drawn := 0
		p := newPainter(&wire{out: &out}, nil, 0, func() { drawn++ })
		p.learn(tea.WindowSizeMsg{Width: 20, Height: 2})
		p.learn(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
		for _, step := range []struct {
			after   time.Duration
			text    string
			records bool
			shown   bool
			drawn   int
		}{
			{0, "nothing", false, false, 0},
			{emptyFrom - 1, "nothing", false, false, 0},
			{1, "nothing", false, true, 0},
			{0, "a record", true, true, 1},
			{0, "Zürich", true, true, 1},
		} {
			time.Sleep(step.after)
			p.show(tea.View{Content: step.text}, step.records)
			synctest.Wait()
			if shown := strings.Contains(out.String(), step.text); shown != step.shown || drawn != step.drawn {
				t.Errorf("%q: shown %v, told %d times; want %+v", step.text, shown, drawn, step)
			}
			out.Reset()
		}
		p.stop()
	})
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newPainter(&wire{out: &out}, nil, 0, nil)
		p.learn(tea.WindowSizeMsg{Width: 20, Height: 2})
		p.learn(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
		p.show(tea.View{Content: "at once"}, true)
		synctest.Wait()
		if !strings.Contains(out.String(), "at once") {
			t.Errorf("records wait: %q", out.String())
		}
		p.stop()
	})
}
