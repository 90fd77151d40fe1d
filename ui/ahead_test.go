package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// pressAtOnce types keys before anything that they ask for is answered, then
// lets all answers come.
func pressAtOnce(m *Model, keys ...string) {
	m.View()
	var cmds []tea.Cmd
	for _, k := range keys {
		_, cmd := m.Update(keyPress(k))
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		settle(m, cmd)
	}
}

// Rule 38 holds however fast the keys are typed: they act on what the jump
// before them leads to.
func TestTypedAhead(t *testing.T) {
	for _, keys := range []string{
		"E enter enter", "E e", "E E", "E enter", "E d", "E j j", "E m k u", "E enter y", "E z a", "/ c o n t enter enter", "/ c a t enter n enter", "E & x y z enter",
		"3 enter", "3 j enter", "2 s enter", "tab space", "tab j + esc", "tab enter E enter", "E 3", "E q", "E esc", "E ctrl+l enter",
	} {
		slow, fast := newScreen(t, contractEngine(), 80, 24, Options{}), newScreen(t, contractEngine(), 80, 24, Options{})
		for _, m := range []*Model{slow, fast} {
			m.eng.(*fakeEngine).table = Table{Columns: []string{"count", "message"}, Rows: [][]string{{"2", "a"}, {"1", "b"}}, Open: []string{"a", "b"}}
			m.eng.(*fakeEngine).facets["level"] = []Count{{Value: "ERROR", N: 3}, {Value: "INFO", N: 9}}
		}
		press(slow, strings.Fields(keys)...)
		pressAtOnce(fast, strings.Fields(keys)...)
		if want, got := screen(slow), screen(fast); got != want && !strings.HasSuffix(keys, "esc") {
			t.Errorf("%s, typed at once:\n%s\none by one:\n%s", keys, got, want)
		}
		if len(fast.ahead) > 0 || fast.status != slow.status {
			t.Errorf("%s: %d keys still wait, status %d", keys, len(fast.ahead), fast.status)
		}
	}
}

// A jump that takes long says so, and Esc takes it and what was typed back.
func TestTypedAheadStops(t *testing.T) {
	m := newScreen(t, contractEngine(), 80, 24, Options{})
	before := screen(m)
	for _, k := range []string{"E", "enter", "enter"} {
		m.Update(keyPress(k))
	}
	if got := screen(m); !strings.Contains(got, "the keys wait, Esc stops") {
		t.Errorf("nothing says that keys wait:\n%s", got)
	}
	press(m, "esc")
	press(m, "ctrl+l") // takes the note away
	if got := screen(m); got != before || len(m.ahead) > 0 {
		t.Errorf("Esc left\n%s", got)
	}
}
