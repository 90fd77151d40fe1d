package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
)

// toggleHistogram opens the chart with its cursor at the newest column, or
// closes it.
func (m *Model) toggleHistogram() {
	h := &m.side.hist
	h.open = !h.open
	h.cursor, h.anchor = m.width-1, -1
}

// actInHistogram takes the keys of the opened chart: it moves the cursor,
// selects a range and goes there.
func (m *Model) actInHistogram(a keymap.Action) (tea.Cmd, bool) {
	h := &m.side.hist
	switch a {
	case keymap.Collapse:
		h.cursor = max(h.cursor-1, 0)
	case keymap.Expand:
		h.cursor = min(h.cursor+1, max(h.cols-1, 0))
	case keymap.PanLeft:
		h.cursor = max(h.cursor-10, 0)
	case keymap.PanRight:
		h.cursor = min(h.cursor+10, max(h.cols-1, 0))
	case keymap.SetMark:
		if h.anchor >= 0 {
			h.anchor = -1
		} else {
			h.anchor = h.cursor
		}
	case keymap.Open:
		return m.openSpan(), true
	default:
		return nil, false
	}
	return nil, true
}

// openSpan goes to the column under the cursor, or keeps only the selected
// range.
func (m *Model) openSpan() tea.Cmd {
	h := &m.side.hist
	from, to := h.span()
	h.open = false
	if h.anchor < 0 {
		m.jumpTo(from)
		return nil
	}
	h.anchor = -1
	stamp := func(ns int64) string { return time.Unix(0, ns).In(m.opt.Zone).Format(time.RFC3339Nano) }
	return m.addClause("ts>=" + stamp(from) + " ts<" + stamp(to))
}
