package ui

import (
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"ravel/model"
	"ravel/model/query"
)

// TestMistakesArePointedAt: whatever the width of the screen and of the
// characters, the ^ stands under the column that the error names.
func TestMistakesArePointedAt(t *testing.T) {
	for _, width := range []int{40, 80, 160} {
		for _, text := range []string{
			"level>=warnin", "domain=app | stat", "a and", `"open`, "日本語 ñ duration>2", strings.Repeat("word ", 30) + "level>=x",
			strings.Repeat("word ", 6) + "level>=x y", "x~/(/", "level>=none " + strings.Repeat("tail ", 30),
		} {
			m := newScreen(t, contractEngine(), width, 24, Options{})
			press(m, "&")
			typed(m, text)
			var e *query.Error
			if !errors.As(m.bar.err, &e) {
				t.Fatalf("%q is no mistake: %v", text, m.bar.err)
			}
			lines := strings.Split(strings.TrimRight(screen(m), "\n"), "\n")
			typedRow, hint := lines[len(lines)-2], lines[len(lines)-1]
			caret := strings.Index(hint, "^")
			if caret < 0 {
				t.Fatalf("%d columns, %q: no ^ in %q", width, text, hint)
			}
			col := ansi.StringWidth(hint[:caret])
			if ansi.StringWidth(hint) > width {
				t.Errorf("%d columns, %q: %q is wider than the screen", width, text, hint)
			}
			at := []rune(text)[e.Col-1:]
			shown := ansi.Cut(typedRow, col, width)
			switch {
			case len(at) > 0 && !strings.HasPrefix(shown, strings.TrimRight(string(at[:min(4, len(at))]), " ")) && col > 1:
				t.Errorf("%d columns, %q: the ^ is under %q, want %q", width, text, shown, string(at))
			case len(at) == 0 && strings.TrimSpace(shown) != "":
				t.Errorf("%d columns, %q: the ^ is under %q, want the end", width, text, shown)
			}
		}
	}
}

// TestEvictionIsCountedAndDated: the header says how many records have been
// given up, and up to when; on a narrow screen the histogram's first time says
// it where there is no room.
func TestEvictionIsCountedAndDated(t *testing.T) {
	for _, c := range []struct {
		width       int
		title, want string
	}{
		{80, "", "1.20M rec  7.08M evicted  0 lost"}, {80, "stdin", "1.20M rec  7.08M evicted to 12:04  0 lost"},
		{100, "", "1.20M rec 15m02s  7.08M evicted to 12:04  0 lost"}, {160, "", " held 7.08M evicted to 12:04 0 lost"},
	} {
		e := contractEngine()
		e.state.Evicted, e.state.EvictedTo = 7_080_000, at("12:04:31.000")
		if c.title != "" {
			e.state.Title = c.title
		}
		if got, _, _ := strings.Cut(screen(newScreen(t, e, c.width, 24, Options{})), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%d columns: %q lacks %q", c.width, got, c.want)
		}
		e.state.EvictedTo = model.NoTime
		if got, _, _ := strings.Cut(screen(newScreen(t, e, c.width, 24, Options{})), "\n"); !strings.Contains(got, "7.08M evicted ") || strings.Contains(got, "evicted to") {
			t.Errorf("%d columns, no stamps: %q", c.width, got)
		}
	}
}
