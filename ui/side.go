package ui

import (
	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
	"ravel/model"
	"ravel/model/query"
	"ravel/theme"
	"ravel/ui/detail"
	"ravel/ui/facet"
	"ravel/ui/grid"
)

// focus says which pane has the keys.
type focus uint8

const (
	onLog focus = iota
	onDetail
	onFacet
	onTable
	onStrip // of the unfinished requests
)

// side is what stands in the body beside the log, over it or in its place.
type side struct {
	focus      focus
	detail     *detail.Pane
	detailOpen bool
	pending    model.Seq   // of a running request that the detail shows, 0 if it follows the cursor
	strip      int         // row of the strip that has the cursor
	facet      *facet.Pane // nil: none is open
	view       tableView
	table      *grid.Pane // nil in the Stream view
	saved      savedTable // what the table asks
	unfold     bool       // open the one request that the filter leaves
	origin     *origin    // of the records on screen, nil if they were not opened from a table
	hist       histogram
}

func (m *Model) initSide() {
	m.side.detail = detail.New()
	m.side.detail.Zone, m.side.detail.Redact, m.side.detail.Libraries = m.opt.Zone, m.opt.Redact, m.opt.Libraries
	m.side.hist.anchor = -1
}

// detailRows is how tall the detail is in a body of that height; on one that is
// too small for both it takes all of it while it has the keys.
func (m *Model) detailRows(body int) int {
	switch {
	case m.side.detailOpen && body >= 4:
		return min(max(body*2/5, 6), body-2)
	case m.side.detailOpen && m.side.focus == onDetail:
		return body
	}
	return 0
}

// facetFrom is the width from which a facet's pane stands beside the log.
const facetFrom = 40

// facetWidth is how wide a facet's pane is on a screen of that width.
func facetWidth(width int) int { return min(max(width/4, 20), 40) }

// drawBody draws the log or a table, with the facet's pane on its left and
// the detail or a list below.
func (m *Model) drawBody(buf []byte, rows int) []byte {
	if rows <= 0 {
		return buf
	}
	if m.over.kind != nothing {
		return m.drawOver(buf, rows)
	}
	below := m.detailRows(rows)
	top := rows - below
	switch {
	case top == 0:
		m.log.SetSize(m.width, 1) // it has the cursor
		m.refreshLog()
	case m.side.table != nil:
		buf = m.side.table.Draw(&m.canvas, buf, m.width, top)
	case m.side.facet != nil && m.width >= facetFrom:
		buf = m.drawBeside(buf, top)
	default:
		m.log.SetSize(m.width, top)
		m.refreshLog()
		buf = m.log.Draw(buf)
	}
	if below > 0 {
		m.followCursor()
		buf = m.side.detail.Draw(&m.canvas, buf, m.width, below, m.side.focus == onDetail)
	}
	return buf
}

// refreshLog asks for the rows on screen; once the scan of a new query has
// ended, they are final and the cursor need not be held any longer.
func (m *Model) refreshLog() {
	m.log.Refresh()
	m.log.Empty = m.emptyText()
	if !m.state.Scanning {
		m.log.Release()
	}
}

// drawBeside draws the facet's pane and the log side by side.
func (m *Model) drawBeside(buf []byte, rows int) []byte {
	w := facetWidth(m.width)
	pane := m.side.facet.Draw(&m.canvas, w, rows, nil)
	m.log.SetSize(m.width-w-1, rows)
	m.refreshLog()
	rule := m.pen.Theme.SGR(theme.Dim) + m.pen.Glyphs.Divide + theme.Reset
	return m.log.DrawBeside(buf, func(buf []byte, y int) []byte {
		return append(append(buf, pane[y]...), rule...)
	})
}

// toggleDetail opens the detail of the cursor's record and gives it the keys,
// or closes it.
func (m *Model) toggleDetail() {
	if m.side.detailOpen {
		m.closePane()
		return
	}
	rec, _ := m.log.Selected()
	if rec == nil {
		return
	}
	m.log.SetFollow(false)
	m.side.detailOpen, m.side.focus, m.side.pending = true, onDetail, 0
	traceback := m.log.OnTraceback()
	m.syncDetail()
	if traceback {
		m.side.detail.Show(detail.Traceback)
	}
}

// syncDetail gives the detail the record under the cursor.
func (m *Model) syncDetail() {
	if m.side.detailOpen && m.side.pending == 0 {
		m.log.Refresh()
		m.followCursor()
	}
}

// followCursor shows the cursor's record in the detail, or the running request
// that was opened from the strip with what it has come to by now.
func (m *Model) followCursor() {
	if seq := m.side.pending; seq != 0 {
		if recs := m.eng.Members(seq, maxShown); len(recs) > 0 {
			m.side.detail.Set(recs[len(recs)-1], m.standing(seq), recs)
			return
		}
	}
	rec, req := m.log.Selected()
	if rec == nil || m.side.detail.Has(rec) {
		return
	}
	var recs []*model.Record
	if req != nil || rec.RequestID != "" {
		recs = m.eng.Members(rec.Seq, maxShown)
	}
	m.side.detail.Set(rec, req, recs)
}

// maxShown bounds how many records of a request the detail lists.
const maxShown = 500

// standing is the unfinished request whose first record is seq, nil if it has
// ended by now.
func (m *Model) standing(seq model.Seq) *model.Request {
	flying, hung := m.eng.Pending(maxRunning)
	for _, list := range [2][]model.Request{hung, flying} {
		for i := range list {
			if list[i].FirstSeq == seq {
				return &list[i]
			}
		}
	}
	return nil
}

// showPending opens a running request in the detail, live.
func (m *Model) showPending(r *model.Request) {
	m.side.detailOpen, m.side.focus, m.side.pending = true, onDetail, r.FirstSeq
	m.followCursor()
	m.side.detail.Show(detail.Request)
}

// closePane closes what has the keys and gives them back to the log.
func (m *Model) closePane() tea.Cmd {
	switch {
	case m.side.focus == onFacet && !m.side.facet.Pinned:
		m.side.facet = nil
	case m.side.detailOpen:
		m.side.detailOpen, m.side.pending = false, 0
	case m.side.focus == onTable:
		m.showStream()
	}
	m.side.focus = onLog
	if m.side.table != nil {
		m.side.focus = onTable
	}
	return nil
}

// nextFacet opens the next facet's pane and gives it the keys.
func (m *Model) nextFacet(dir int) tea.Cmd {
	at := -1
	for i, f := range facetFields {
		if m.side.facet != nil && m.side.facet.Field == f {
			at = i
		}
	}
	if at < 0 && dir < 0 {
		at = 0
	}
	n := len(facetFields)
	return m.openFacet(facetFields[(at+dir+n)%n])
}

// openFacet opens the pane of a field.
func (m *Model) openFacet(field string) tea.Cmd {
	pinned := m.side.facet != nil && m.side.facet.Pinned
	m.side.facet = facet.New(field, facetTitle(field, m.opt.Source))
	m.side.facet.Pinned = pinned
	m.side.focus = onFacet
	m.showStream()
	m.jobs.facetsDue = true
	m.fillFacet()
	return m.facetsCmd()
}

// actInPane lets the pane that has the keys take an action; done is false for
// what it leaves to the log.
func (m *Model) actInPane(a keymap.Action) (cmd tea.Cmd, done bool) {
	if m.side.hist.open && m.side.focus == onLog {
		if cmd, done := m.actInHistogram(a); done {
			return cmd, true
		}
	}
	n, moves := m.steps(a)
	switch m.side.focus {
	case onDetail:
		if moves {
			m.side.detail.Move(n)
			return nil, true
		}
		return m.actInDetail(a)
	case onFacet:
		if moves {
			m.side.facet.Move(n)
			return nil, true
		}
		return m.actInFacet(a)
	case onTable:
		if moves {
			m.side.table.Move(n)
			return nil, true
		}
		return m.actInTable(a)
	case onStrip:
		return nil, m.actInStrip(a)
	}
	return nil, false
}

// far is further than any pane has rows.
const far = 1 << 30

// steps is how many rows an action moves a pane's cursor.
func (m *Model) steps(a keymap.Action) (n int, moves bool) {
	page := m.half()
	switch a {
	case keymap.Down:
		return 1, true
	case keymap.Up:
		return -1, true
	case keymap.HalfDown:
		return page, true
	case keymap.HalfUp:
		return -page, true
	case keymap.PageDown:
		return 2*page - 1, true
	case keymap.PageUp:
		return 1 - 2*page, true
	case keymap.Top:
		return -far, true
	case keymap.Bottom:
		return far, true
	}
	return 0, false
}

func (m *Model) actInDetail(a keymap.Action) (tea.Cmd, bool) {
	d := m.side.detail
	path, value, ok := d.Field()
	switch a {
	case keymap.Open:
		d.Toggle()
	case keymap.NextPane:
		d.Next(+1)
	case keymap.PrevPane:
		d.Next(-1)
	case keymap.OnlyThis, keymap.HideThis, keymap.FollowID, keymap.FindValue:
		if !ok {
			m.say("there is no value under the cursor")
			return nil, true
		}
		switch a {
		case keymap.OnlyThis, keymap.HideThis:
			return m.editFacet(a, path, value), true
		case keymap.FindValue:
			return m.openFacet(path), true
		}
		m.closePane()
		return m.filter((&query.Query{Filter: &query.Text{Word: value}}).String()), true
	case keymap.Copy:
		return m.copyText(d.Text(), "the value"), true
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) actInFacet(a keymap.Action) (tea.Cmd, bool) {
	p := m.side.facet
	v, ok := p.Current()
	switch a {
	case keymap.ToggleValue, keymap.OnlyThis, keymap.HideThis, keymap.Open:
		if !ok {
			return nil, true
		}
		cmd := m.editFacet(a, p.Field, v.Value)
		if a == keymap.Open {
			return tea.Batch(cmd, m.closePane()), true
		}
		return cmd, true
	case keymap.FindValue:
		return m.openBar(forValue, ""), true
	case keymap.Pin:
		p.Pinned = !p.Pinned
	case keymap.Quit, keymap.Back:
		p.Pinned = false
		return m.closePane(), true
	default:
		return nil, false
	}
	return nil, true
}

func (m *Model) actInTable(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Open:
		return m.openRow(), true
	case keymap.SortNext:
		m.side.table.Sort()
	case keymap.SortReverse:
		m.side.table.Reverse()
	case keymap.Copy, keymap.CopyAll:
		return m.copyText(m.side.table.Text(), "the table"), true
	case keymap.ShowDetail, keymap.Follow:
	default:
		return nil, false
	}
	return nil, true
}
