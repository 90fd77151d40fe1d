// Package picker is a screen on which a few things are chosen from a list that
// changes: typing narrows it to what holds the letters in their order.
package picker

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/prompt"
)

// Item is one thing to choose. Its text is its identity: the list may be
// another a moment later.
type Item struct {
	Text  string
	Kind  string // drawn before it
	State string // drawn behind it
}

// Options are what is chosen from, and how it looks.
type Options struct {
	Title string
	// Items lists what there is; it is asked again and again, off the screen's
	// goroutine. An error is shown, the list stays.
	Items func(context.Context) ([]Item, error)
	Every time.Duration // between two listings
	Pen   canvas.Pen
}

// Model is the screen, for Bubble Tea. Chosen says what came of it.
type Model struct {
	ctx    context.Context
	o      Options
	line   prompt.Line
	canvas canvas.Line

	all    []Item
	seen   []Item // those that the typed letters leave, best first
	cursor string // text of the item under it
	marked map[string]bool
	chosen []Item
	loaded bool
	err    error

	width, height int
}

// listed is a listing that has ended.
type listed struct {
	items []Item
	err   error
}

// again asks for a listing.
type again struct{}

// New is a picker that asks for items until ctx is done.
func New(ctx context.Context, o Options) *Model {
	m := &Model{ctx: ctx, o: o, marked: map[string]bool{}, width: 80, height: 24}
	m.line.Label = "> "
	m.canvas.Pen = o.Pen
	return m
}

// Chosen are the items that were chosen, in the order of the list; nil if the
// user gave up.
func (m *Model) Chosen() []Item { return m.chosen }

// Init asks for the items.
func (m *Model) Init() tea.Cmd { return m.list }

func (m *Model) list() tea.Msg {
	items, err := m.o.Items(m.ctx)
	return listed{items, err}
}

// Update takes keys, sizes and listings.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case listed:
		m.loaded = true
		if m.err = msg.err; msg.err == nil {
			m.all = msg.items
			m.sift()
		}
		return m, tea.Tick(m.o.Every, func(time.Time) tea.Msg { return again{} })
	case again:
		return m, m.list
	case tea.PasteMsg:
		m.line.Insert(strings.ReplaceAll(msg.Content, "\n", " "))
		m.sift()
	case tea.KeyPressMsg:
		return m, m.key(msg)
	}
	return m, nil
}

func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c":
		return tea.Quit
	case "enter":
		return m.choose()
	case "up", "ctrl+p":
		m.move(-1)
	case "down", "ctrl+n":
		m.move(+1)
	case "pgup":
		m.move(-m.rows())
	case "pgdown":
		m.move(+m.rows())
	case "tab":
		if m.cursor != "" {
			m.marked[m.cursor] = !m.marked[m.cursor]
			m.move(+1)
		}
	default:
		if m.line.Key(k) {
			m.cursor = "" // the best match is what is meant now
			m.sift()
		}
	}
	return nil
}

// choose ends the screen with what is marked, else with what is under the
// cursor.
func (m *Model) choose() tea.Cmd {
	for _, it := range m.all {
		if m.marked[it.Text] {
			m.chosen = append(m.chosen, it)
		}
	}
	if i := m.at(); len(m.chosen) == 0 && i >= 0 {
		m.chosen = []Item{m.seen[i]}
	}
	if len(m.chosen) == 0 {
		return nil // nothing is there yet
	}
	return tea.Quit
}

// sift keeps the items that hold the typed letters.
func (m *Model) sift() {
	find := m.line.Text()
	m.seen = m.seen[:0]
	if find == "" {
		m.seen = append(m.seen, m.all...)
	} else {
		for _, match := range fuzzy.FindFrom(find, texts(m.all)) {
			m.seen = append(m.seen, m.all[match.Index])
		}
	}
	if m.at() < 0 && len(m.seen) > 0 {
		m.cursor = m.seen[0].Text
	}
}

// texts lets fuzzy look at items.
type texts []Item

func (t texts) String(i int) string { return t[i].Text }
func (t texts) Len() int            { return len(t) }

// at is the row of the cursor, -1 if its item is not seen.
func (m *Model) at() int {
	for i := range m.seen {
		if m.seen[i].Text == m.cursor {
			return i
		}
	}
	return -1
}

func (m *Model) move(n int) {
	if len(m.seen) > 0 {
		m.cursor = m.seen[min(max(m.at()+n, 0), len(m.seen)-1)].Text
	}
}

// rows are those that the list has on the screen, beside title, prompt and
// hints.
func (m *Model) rows() int { return max(m.height-3, 1) }

// View draws the screen.
func (m *Model) View() tea.View {
	c := &m.canvas
	c.Begin(nil, m.width, theme.Text)
	c.Put(theme.Title, m.o.Title)
	out := append(c.End(), '\n')
	out, column := m.line.Draw(c, out, m.width)
	top := max(0, m.at()-m.rows()+1)
	for i := range m.rows() {
		out = append(out, '\n')
		if top+i < len(m.seen) {
			out = m.row(out, &m.seen[top+i])
		}
	}
	out = append(out, '\n')
	c.Begin(out, m.width, theme.Text)
	switch {
	case m.err != nil:
		c.Put(theme.Failure, m.err.Error())
	case !m.loaded:
		c.Put(theme.Dim, "asking the cluster")
	case len(m.all) == 0:
		c.Put(theme.Dim, "there is nothing; Esc leaves")
	default:
		c.Put(theme.Dim, "Enter opens   Tab marks several   Esc leaves")
	}
	v := tea.NewView(string(c.End()))
	v.AltScreen = true
	v.Cursor = tea.NewCursor(column, 1)
	return v
}

func (m *Model) row(out []byte, it *Item) []byte {
	over := theme.Text
	if it.Text == m.cursor {
		over = theme.Cursor
	}
	c := &m.canvas
	c.Begin(out, m.width, over)
	sign := "  "
	if m.marked[it.Text] {
		sign = "* "
	}
	c.Put(theme.Mark, sign)
	c.Fit(theme.Dim, it.Kind, 11)
	c.Put(theme.Text, it.Text+"  ")
	c.Put(theme.Dim, it.State)
	return c.End()
}
