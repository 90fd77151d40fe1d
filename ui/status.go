package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ravel/theme"
	"ravel/ui/canvas"
)

// Columns of the status bar.
const (
	matchedAt     = 49
	matchedFullAt = 52
)

// drawStatus is the line of the query: what filters, how much is left of how
// much; or the prompt, or a note. y is the row that it is drawn on.
func (m *Model) drawStatus(buf []byte, y int) []byte {
	c, s := &m.canvas, &m.state
	if m.bar.line != nil {
		out, col := m.bar.line.Draw(c, buf, m.width)
		m.show.cursor = tea.NewCursor(col, y)
		return out
	}
	c.Begin(buf, m.width, theme.Text)
	if m.find.stop != nil && (len(m.ahead) > 0 || s.FindPct > 0) {
		c.Put(theme.Accent, m.findText())
		return c.End()
	}
	if m.note != "" {
		c.Put(theme.Accent, m.note)
		return c.End()
	}
	if note := m.log.Note(m.log.Cursor().Seq); note != "" && !m.log.Following() && m.side.view == streamView {
		c.Put(theme.Mark, "note: "+note)
		return c.End()
	}
	full := m.width >= fullHeader
	counts := m.countText(full)
	at := max(min(matchedAt, m.width-len(counts)-3), 0)
	if full {
		at = matchedFullAt
	}
	query := s.Query
	if query == "" {
		query = "everything"
		c.PutMax(theme.Dim, query, at-2)
	} else {
		c.PutMax(theme.Text, query, max(at-2, m.width-len(counts)-2))
	}
	c.Pad(max(at, min(c.At()+2, m.width-len(counts))))
	c.Put(theme.Bar, counts)
	return c.End()
}

// findText says how far the search has come.
func (m *Model) findText() string {
	text := "looking for it"
	if pct := m.state.FindPct; pct > 0 {
		text += ": " + strconv.Itoa(pct) + "% searched"
	}
	if len(m.ahead) > 0 {
		text += "; the keys wait"
	}
	return text + ", Esc stops"
}

// countText is how many records are shown, and why others are not.
func (m *Model) countText(full bool) string {
	s := &m.state
	text := canvas.Count(s.Matched) + " of " + canvas.Count(s.Records)
	if full {
		text += " shown"
	}
	if s.Scanning {
		text += "  scanning " + strconv.Itoa(s.ScanPct) + "%"
	}
	hidden := s.Records - min(s.Matched, s.Records)
	switch {
	case hidden == 0:
	case full && len(s.Hidden) > 0:
		why := make([]string, len(s.Hidden))
		for i, h := range s.Hidden {
			why[i] = canvas.Count(h.N) + " by " + h.Clause
		}
		text += "    hidden: " + strings.Join(why, ", ") + "   (0 shows all)"
	case full:
		text += "    " + canvas.Count(hidden) + " hidden   (0 shows all)"
	default:
		text += "  " + canvas.Count(hidden) + " hidden"
	}
	if m.loadingText() != "" && !full {
		text += "  reading"
	}
	return text
}

// nextNote takes the next of the notes about the start, "" if there is none.
func (m *Model) nextNote() string {
	if len(m.notes) == 0 {
		return ""
	}
	note := m.notes[0]
	m.notes = m.notes[1:]
	return note
}

// say shows one line to the user until the next key.
func (m *Model) say(text string) {
	m.note, m.dirty = text, true
}
