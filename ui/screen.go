package ui

import (
	"bytes"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
	"ravel/theme"
)

// layout is how the rows of the screen are shared out; 0 rows leave a part
// out. Small screens give up the chrome before the log.
type layout struct {
	header, histogram, strips int
	body                      int // the log and what stands over or beside it
	pending                   int
	status, hints             int
}

// Heights from which parts of the chrome are drawn.
const (
	headerFrom    = 4
	hintsFrom     = 6
	histogramFrom = 10
	pendingFrom   = 11
	stripsFrom    = 30 // and stripsWide cells
	stripsWide    = 100
)

func (m *Model) layout() layout {
	var l layout
	left := m.height
	take := func(from, want int) int {
		if m.height < from || left <= want {
			return 0
		}
		left -= want
		return want
	}
	l.status = take(2, 1)
	l.header = take(headerFrom, 1)
	l.hints = take(hintsFrom, 1)
	l.histogram = take(histogramFrom, m.histogramRows())
	if m.width >= stripsWide {
		l.strips = take(stripsFrom, len(m.stripLines()))
	}
	l.pending = take(pendingFrom, min(m.pendingRows(), 2))
	l.body = max(left, 0)
	return l
}

// View draws the screen if anything has changed since the last time, else
// returns what it drew then: an equal view writes no byte.
func (m *Model) View() tea.View {
	if !m.dirty && m.frame.Content != "" {
		return m.frame
	}
	m.dirty = false
	m.frame = tea.View{Content: m.compose(), AltScreen: true, WindowTitle: "ravel", Cursor: m.show.cursor}
	if m.show.mouse {
		m.frame.MouseMode = tea.MouseModeCellMotion
	}
	return m.frame
}

// compose builds the whole screen as text.
func (m *Model) compose() string {
	m.show.cursor = nil
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	l := m.layout()
	buf := m.buf[:0]
	if l.header > 0 {
		buf = append(m.drawHeader(buf), '\n')
	}
	if l.histogram > 0 {
		buf = m.drawHistogram(buf)
	}
	if l.strips > 0 {
		buf = m.drawStrips(buf)
	}
	m.show.bodyTop = l.header + l.histogram + l.strips
	buf = m.drawBody(buf, l.body)
	if l.pending > 0 {
		buf = m.drawPending(buf, l.pending)
	}
	if l.status > 0 {
		buf = append(m.drawStatus(buf, m.height-l.hints-1), '\n')
	}
	if l.hints > 0 {
		buf = append(m.drawHints(buf), '\n')
	}
	m.buf = buf
	return string(bytes.TrimSuffix(buf, []byte{'\n'}))
}

// drawHints is the bottom line: the keys worth knowing here, by rank as many
// as there is room for.
func (m *Model) drawHints(buf []byte) []byte {
	c := &m.canvas
	c.Begin(buf, m.width, theme.Text)
	if m.bar.line != nil {
		m.drawBarHint()
		return c.End()
	}
	if m.typed != "" {
		c.Put(theme.Accent, keymap.KeyName(m.typed))
		c.Put(theme.Bar, " and another key; Esc takes it back")
		return c.End()
	}
	hints := m.hints()
	if own := m.ownHints(); own != nil {
		hints = own
	}
	for i, h := range hints {
		if i > 0 {
			c.Pad(c.At() + 2)
		}
		c.Put(theme.Accent, h.key)
		c.Put(theme.Bar, h.word)
	}
	return c.End()
}

// ownHints are the hints of what has keys of its own: a list, the help, the
// histogram, the strip of running requests. Nil elsewhere.
func (m *Model) ownHints() []hint {
	switch {
	case m.over.kind == listOver:
		return []hint{{"letters", " find"}, {"Enter", " choose"}, {"Up Down", " move"}, {"Esc", " close"}}
	case m.over.kind == helpOver:
		return []hint{{"j k Space b", " scroll"}, {"Esc", " close"}}
	case m.side.focus == onStrip:
		return []hint{{"Enter", " open, live"}, {"R", " list them all"}, {"k", " back to the log"}}
	case m.side.hist.open && m.side.focus == onLog:
		return []hint{{"h l", " move"}, {"m", " select a range"}, {"Enter", " go there, or keep the range"}, {"i", " close"}}
	}
	return nil
}

// hint is one key of the bottom line with what it does.
type hint struct{ key, word string }

func (h hint) width() int { return len(h.key) + len(h.word) }

// hints chooses the hints that fit, by rank.
func (m *Model) hints() []hint {
	rows := m.opt.Keys.Bindings(m.scope())
	shown := make([]bool, len(rows))
	used := 0
	for rank := 1; rank < 100; rank++ {
		for i := range rows {
			r := &rows[i]
			if r.Hint == "" || r.Rank != rank || len(r.Keys) == 0 {
				continue
			}
			n := hintOf(r).width()
			if used > 0 {
				n += 2
			}
			if used+n > m.width {
				return pick(rows, shown)
			}
			shown[i] = true
			used += n
		}
	}
	return pick(rows, shown)
}

// pick is the chosen hints from left to right.
func pick(rows []keymap.Binding, shown []bool) []hint {
	var taken []*keymap.Binding
	for i := range rows {
		if shown[i] {
			taken = append(taken, &rows[i])
		}
	}
	slices.SortStableFunc(taken, func(a, b *keymap.Binding) int { return a.Place - b.Place })
	out := make([]hint, len(taken))
	for i, b := range taken {
		out[i] = hintOf(b)
	}
	return out
}

// hintOf is a binding's hint. Where several keys share one hint, the hint
// names them itself ("1-6 view").
func hintOf(b *keymap.Binding) hint {
	if word := strings.TrimLeft(b.Hint, "0123456789-{}"); word != b.Hint {
		return hint{b.Hint[:len(b.Hint)-len(word)], word}
	}
	return hint{keymap.KeyName(b.Keys[0]), " " + b.Hint}
}
