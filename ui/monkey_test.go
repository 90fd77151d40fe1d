package ui

import (
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ravel/keymap"
	"ravel/model"
)

// Any keys, in any order, at any size, while records come and go: nothing
// panics, and no screen is taller or wider than it may be.
func TestAnyKeysAnyTime(t *testing.T) {
	var keys []string
	for _, b := range keymap.Default().All() {
		for _, k := range b.Keys {
			keys = append(keys, strings.Split(k, " ")...)
		}
	}
	keys = append(keys, "x", "=", "5", "a", "\"", "(", "backspace", "enter", "esc", "tab", "left")
	skip := map[string]bool{"q": true, "ctrl+c": true, "ctrl+z": true, "v": true, "ctrl+s": true}
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		e := contractEngine()
		e.table = Table{Columns: []string{"a", "n"}, Num: []bool{false, true}, Rows: [][]string{{"x", "1"}, {"y", "2"}}, Open: []string{"a=x", ""}}
		m := newScreen(t, e, 80, 24, Options{})
		var trail []string
		for range 600 {
			switch rnd.IntN(12) {
			case 0:
				w, h := rnd.IntN(170), rnd.IntN(52)
				_, cmd := m.Update(tea.WindowSizeMsg{Width: w, Height: h})
				settle(m, cmd)
				trail = append(trail, "resize")
			case 1:
				e.record(&model.Record{Source: "prod/worker-0/worker", Time: at("12:19:00"), Level: model.Level(rnd.IntN(8)), Message: "日本 \x1b[31m more\nlines"})
				m.Update(changedMsg{})
			case 2:
				e.rows = e.rows[rnd.IntN(2)*min(len(e.rows)/8, 1):]
				m.Update(changedMsg{})
			default:
				k := keys[rnd.IntN(len(keys))]
				if skip[k] {
					continue
				}
				trail = append(trail, k)
				press(m, k)
			}
			checkScreen(t, m, trail)
		}
	}
}

func checkScreen(t *testing.T, m *Model, trail []string) {
	t.Helper()
	lines := strings.Split(m.View().Content, "\n")
	if len(lines) > max(m.height, 1) {
		t.Fatalf("%d lines on %d after %v", len(lines), m.height, trail)
	}
	for _, l := range lines {
		if w := ansi.StringWidth(l); w > m.width {
			t.Fatalf("a line of %d cells on %d after %v:\n%q", w, m.width, trail, l)
		}
	}
}
