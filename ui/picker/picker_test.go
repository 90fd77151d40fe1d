package picker

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ravel/theme"
	"ravel/ui/canvas"
)

func press(m *Model, keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		msg := tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
		switch k {
		case "enter":
			msg = tea.KeyPressMsg{Code: tea.KeyEnter}
		case "tab":
			msg = tea.KeyPressMsg{Code: tea.KeyTab}
		case "down":
			msg = tea.KeyPressMsg{Code: tea.KeyDown}
		case "esc":
			msg = tea.KeyPressMsg{Code: tea.KeyEscape}
		}
		_, cmd = m.Update(msg)
	}
	return cmd
}

func newModel(items ...string) *Model {
	m := New(context.Background(), Options{
		Title: "what to read", Every: time.Hour, Pen: canvas.Pen{Theme: theme.Must("mono"), Glyphs: &theme.ASCII},
		Items: func(context.Context) ([]Item, error) { return nil, nil },
	})
	m.Update(tea.WindowSizeMsg{Width: 40, Height: 8})
	m.Update(listed{items: list(items)})
	return m
}

func list(texts []string) []Item {
	var items []Item
	for _, t := range texts {
		items = append(items, Item{Text: t, Kind: "pod", State: "Running"})
	}
	return items
}

func chosen(m *Model) string {
	var texts []string
	for _, it := range m.Chosen() {
		texts = append(texts, it.Text)
	}
	return strings.Join(texts, " ")
}

func TestTypingNarrows(t *testing.T) {
	m := newModel("deploy/api", "pod/api-7f9c", "pod/worker-0")
	press(m, "w", "r", "k", "enter")
	if got := chosen(m); got != "pod/worker-0" {
		t.Errorf("chosen %q", got)
	}
}

func TestMarks(t *testing.T) {
	m := newModel("a", "b", "c", "d")
	press(m, "tab", "down", "tab", "enter")
	if got := chosen(m); got != "a c" {
		t.Errorf("chosen %q", got)
	}
}

// TestLive keeps the cursor on its item while the list changes, and the list
// while the cluster does not answer.
func TestLive(t *testing.T) {
	m := newModel("b", "c")
	press(m, "down")
	m.Update(listed{items: list([]string{"a", "b", "c", "d"})})
	m.Update(listed{err: errors.New("cannot be reached")})
	screen := ansi.Strip(m.View().Content)
	if !strings.Contains(screen, "cannot be reached") || !strings.Contains(screen, "d  Running") {
		t.Errorf("screen:\n%s", screen)
	}
	press(m, "enter")
	if got := chosen(m); got != "c" {
		t.Errorf("chosen %q", got)
	}
}

func TestGivingUp(t *testing.T) {
	m := newModel("a")
	if cmd := press(m, "esc"); cmd == nil || chosen(m) != "" {
		t.Errorf("chosen %q", chosen(m))
	}
	if cmd := press(newModel(), "enter"); cmd != nil {
		t.Error("nothing was chosen, and it ended")
	}
}
