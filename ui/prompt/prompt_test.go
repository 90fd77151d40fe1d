package prompt_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/prompt"
)

func key(name string) tea.KeyPressMsg {
	named := map[string]rune{"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "up": tea.KeyUp,
		"down": tea.KeyDown, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "tab": tea.KeyTab}
	if c, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: c}
	}
	if c, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(c[0]), Mod: tea.ModCtrl}
	}
	if c, ok := strings.CutPrefix(name, "alt+"); ok {
		return tea.KeyPressMsg{Code: rune(c[0]), Mod: tea.ModAlt}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func TestEditing(t *testing.T) {
	for _, c := range []struct{ keys, want string }{
		{"a b c", "abc"},
		{"a b left x", "axb"},
		{"a b home x end y", "xaby"},
		{"a b backspace", "a"},
		{"a b home delete", "b"},
		{"backspace a", "a"},
		{"a b ctrl+u c", "c"},
		{"a b c left left ctrl+k", "a"},
		{"a é 日 backspace", "aé"},
	} {
		var l prompt.Line
		for k := range strings.SplitSeq(c.keys, " ") {
			l.Key(key(k))
		}
		if l.Text() != c.want {
			t.Errorf("%s: %q, want %q", c.keys, l.Text(), c.want)
		}
	}
}

func TestWords(t *testing.T) {
	var l prompt.Line
	l.Set("level=error and more")
	l.Key(key("ctrl+w"))
	if l.Text() != "level=error and " {
		t.Errorf("Ctrl-w left %q", l.Text())
	}
	l.Key(key("alt+b"))
	l.Insert("x\ny\x00")
	if l.Text() != "level=error x yand " {
		t.Errorf("insert made %q", l.Text())
	}
}

func TestHistory(t *testing.T) {
	l := prompt.Line{History: []string{"one", "two"}}
	l.Set("draft")
	var seen []string
	for _, k := range []string{"up", "up", "up", "down", "down", "down"} {
		l.Key(key(k))
		seen = append(seen, l.Text())
	}
	if got := strings.Join(seen, " "); got != "two one one two draft draft" {
		t.Errorf("history went %s", got)
	}
}

func TestCompletion(t *testing.T) {
	l := prompt.Line{Complete: func(text string, _ int) []string { return []string{text + "1", text + "2"} }}
	l.Set("x")
	var seen []string
	for range 3 {
		l.Key(key("tab"))
		seen = append(seen, l.Text())
	}
	if got := strings.Join(seen, " "); got != "x1 x2 x1" {
		t.Errorf("Tab went %s", got)
	}
	l.Key(key("y"))
	if offers, _ := l.Offers(); offers != nil {
		t.Error("typing must drop the offers")
	}
}

func TestCursorStaysInView(t *testing.T) {
	c := &canvas.Line{Pen: canvas.Pen{Theme: theme.Must("mono"), Glyphs: &theme.ASCII}}
	l := prompt.Line{Label: "& "}
	l.Set(strings.Repeat("abcdefghij", 9))
	for range 90 {
		if _, col := l.Draw(c, nil, 20); col < 2 || col >= 20 {
			t.Fatalf("the cursor is in column %d of 20", col)
		}
		l.Key(key("left"))
	}
	if _, col := l.Draw(c, nil, 20); col != 2 {
		t.Errorf("at the start the cursor is in column %d", col)
	}
}
