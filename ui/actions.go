package ui

import (
	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
	"ravel/model"
	"ravel/model/query"
)

// actions is what each action does where the log has the keys. Panes beside it
// take theirs first; see act.
type actions [keymap.NumActions]func(*Model) tea.Cmd

// newActions is the table, one row an action: hence its length.
func newActions() *actions {
	return &actions{
		keymap.Down:          do((*Model).down),
		keymap.Up:            do(func(m *Model) { m.log.Move(-1) }),
		keymap.HalfDown:      do(func(m *Model) { m.log.Page(+m.half()) }),
		keymap.HalfUp:        do(func(m *Model) { m.log.Page(-m.half()) }),
		keymap.PageDown:      do(func(m *Model) { m.log.Page(+2*m.half() - 1) }),
		keymap.PageUp:        do(func(m *Model) { m.log.Page(-2*m.half() + 1) }),
		keymap.Top:           do(func(m *Model) { m.log.Top() }),
		keymap.Bottom:        do(func(m *Model) { m.log.End() }),
		keymap.PanLeft:       do(func(m *Model) { m.log.Pan = max(m.log.Pan-m.width/2, 0) }),
		keymap.PanRight:      do(func(m *Model) { m.log.Pan = min(m.log.Pan+m.width/2, maxPan) }),
		keymap.Follow:        do((*Model).toggleFollow),
		keymap.Freeze:        (*Model).toggleFreeze,
		keymap.Open:          (*Model).openHere,
		keymap.Expand:        do(func(m *Model) { m.log.Expand() }),
		keymap.Collapse:      do(func(m *Model) { m.log.Collapse() }),
		keymap.ToggleFold:    do(func(m *Model) { m.log.Open() }),
		keymap.OpenAll:       do(func(m *Model) { m.log.OpenAll() }),
		keymap.CloseAll:      do(func(m *Model) { m.log.CloseAll() }),
		keymap.Flat:          do((*Model).toggleFlat),
		keymap.ShowDetail:    do((*Model).toggleDetail),
		keymap.Back:          (*Model).back,
		keymap.NextError:     func(m *Model) tea.Cmd { return m.seek(+1, NextError) },
		keymap.PrevError:     func(m *Model) tea.Cmd { return m.seek(-1, NextError) },
		keymap.NextMatch:     func(m *Model) tea.Cmd { return m.nextMatch(+1) },
		keymap.PrevMatch:     func(m *Model) tea.Cmd { return m.nextMatch(-1) },
		keymap.NextInRequest: func(m *Model) tea.Cmd { return m.stepInRequest(+1) },
		keymap.PrevInRequest: func(m *Model) tea.Cmd { return m.stepInRequest(-1) },
		keymap.NextRequest:   func(m *Model) tea.Cmd { return m.seek(+1, NextRequest) },
		keymap.PrevRequest:   func(m *Model) tea.Cmd { return m.seek(-1, NextRequest) },
		keymap.FollowID:      (*Model).followID,
		keymap.JumpBack:      do((*Model).jumpBack),
		keymap.GoToTime:      func(m *Model) tea.Cmd { return m.openBar(forTime, "") },
		keymap.SetMark:       do(func(m *Model) { m.log.ToggleMark() }),
		keymap.WriteNote:     (*Model).openNote,
		keymap.NextMark:      do(func(m *Model) { m.nextMark(+1) }),
		keymap.PrevMark:      do(func(m *Model) { m.nextMark(-1) }),
		keymap.GoToMark:      (*Model).chooseMark,
		keymap.Running:       (*Model).chooseRunning,
		keymap.Sources:       (*Model).listSources,
		keymap.Filter:        func(m *Model) tea.Cmd { return m.openBar(forFilter, m.fullQuery()) },
		keymap.FilterOut:     (*Model).filterOut,
		keymap.Search:        (*Model).openSearch,
		keymap.OnlyThis:      func(m *Model) tea.Cmd { return m.likeThis(false) },
		keymap.HideThis:      func(m *Model) tea.Cmd { return m.likeThis(true) },
		keymap.ShowAll:       func(m *Model) tea.Cmd { return m.filter("") },
		keymap.NextPane:      func(m *Model) tea.Cmd { return m.nextFacet(+1) },
		keymap.PrevPane:      func(m *Model) tea.Cmd { return m.nextFacet(-1) },
		keymap.ViewStream:    func(m *Model) tea.Cmd { m.showStream(); return nil },
		keymap.ViewRequests:  func(m *Model) tea.Cmd { return m.openTable(requestsTable, "") },
		keymap.ViewErrors:    func(m *Model) tea.Cmd { return m.openTable(errorsTable, "") },
		keymap.ViewLatency:   func(m *Model) tea.Cmd { return m.openTable(latencyTable, "") },
		keymap.ViewSecurity:  func(m *Model) tea.Cmd { return m.openTable(securityTable, "") },
		keymap.ViewPatterns:  func(m *Model) tea.Cmd { return m.openTable(patternsTable, "") },
		keymap.Histogram:     do((*Model).toggleHistogram),
		keymap.Since:         (*Model).chooseSince,
		keymap.Baseline:      do((*Model).setBaseline),
		keymap.Wrap:          do(func(m *Model) { m.log.Wrap = !m.log.Wrap }),
		keymap.Delta:         do(func(m *Model) { m.log.Delta = !m.log.Delta }),
		keymap.TimeStyle:     do(func(m *Model) { m.log.NextTimeStyle() }),
		keymap.Copy:          (*Model).copyHere,
		keymap.CopyAll:       (*Model).copyScreen,
		keymap.CopyMarkdown:  (*Model).copyMarkdown,
		keymap.CopyJSON:      (*Model).copyJSON,
		keymap.Edit:          (*Model).editHere,
		keymap.CopyCommand:   (*Model).copyCommand,
		keymap.Save:          func(m *Model) tea.Cmd { return m.openBar(forFile, "") },
		keymap.Palette:       (*Model).openPalette,
		keymap.Help:          do((*Model).openHelp),
		keymap.Mouse:         do((*Model).toggleMouse),
		keymap.Redraw:        func(*Model) tea.Cmd { return func() tea.Msg { return redrawMsg{} } },
		keymap.Suspend:       func(*Model) tea.Cmd { return tea.Suspend },
		keymap.Quit:          (*Model).quit,
		keymap.Interrupt:     (*Model).interrupt,
	}
}

// maxPan bounds how far rows are panned, in cells.
const maxPan = 1 << 16

// do is an action that needs no command.
func do(f func(*Model)) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { f(m); return nil }
}

// act does what an action asks for: the pane that has the keys first.
func (m *Model) act(a keymap.Action) tea.Cmd {
	m.dirty = true
	if cmd, done := m.actInPane(a); done {
		return cmd
	}
	if f := m.acts[a]; f != nil {
		cmd := f(m)
		m.syncDetail()
		return cmd
	}
	return nil
}

// half is half a screen of the log.
func (m *Model) half() int { return max(m.layout().body/2, 1) }

// down moves the cursor, from the log's last row on into the strip of the
// unfinished requests.
func (m *Model) down() {
	at := m.log.Cursor()
	m.log.Move(+1)
	if m.log.Cursor() == at && m.pendingRows() > 0 {
		m.side.focus, m.side.strip = onStrip, 0
	}
}

func (m *Model) toggleFollow() {
	if m.log.Following() {
		m.log.SetFollow(false)
		return
	}
	m.log.End()
}

// toggleFreeze holds the screen still while reading goes on.
func (m *Model) toggleFreeze() tea.Cmd {
	m.frozen = !m.frozen
	if m.frozen {
		m.log.SetFollow(false)
		return nil
	}
	m.refreshState()
	return m.tickCmd()
}

// openHere opens what is under the cursor; a plain record opens its detail.
func (m *Model) openHere() tea.Cmd {
	if !m.log.Open() {
		m.toggleDetail()
	}
	return nil
}

// toggleFlat shows requests folded, or record by record. The cursor stays on
// its record.
func (m *Model) toggleFlat() {
	rec, _ := m.log.Selected()
	m.log.Flat = !m.log.Flat
	if rec != nil && !m.log.Following() {
		m.showRow(rec.Seq)
	}
	m.say("requests folded")
	if m.log.Flat {
		m.say("flat: every record has its row; zi folds again")
	}
}

func (m *Model) nextMatch(dir int) tea.Cmd {
	if m.find.dir < 0 {
		dir = -dir // n goes on in the direction of the search
	}
	return m.seek(dir, NextMatch)
}

// stepInRequest goes to the next record of the cursor's request: within an
// opened request line by line, else across the log.
func (m *Model) stepInRequest(dir int) tea.Cmd {
	if m.log.StepMember(dir) {
		return nil
	}
	at := m.log.Cursor().Seq
	return m.seekCmd(at, dir, Target{Kind: SameRequest, From: at})
}

func (m *Model) jumpBack() {
	if !m.log.JumpBack() {
		m.say("no jump to go back from")
	}
}

func (m *Model) nextMark(dir int) {
	if !m.log.NextMark(dir) {
		m.say("no mark in this direction: m marks a row")
	}
}

// back closes the nearest thing that is open: a scan, the search, a pane.
func (m *Model) back() tea.Cmd {
	switch {
	case m.stopScan():
		m.say("stopped")
	case m.side.focus != onLog || m.side.detailOpen:
		return m.closePane()
	case m.side.hist.open:
		m.side.hist.open = false
	case m.side.facet != nil:
		m.side.facet = nil
	case m.find.text != "":
		m.clearFind()
	case m.side.origin != nil:
		return m.backToTable()
	case m.side.view != streamView:
		m.showStream()
	}
	return nil
}

// quit ends the program. What cannot be read again is not thrown away by one
// key (rule 37).
func (m *Model) quit() tea.Cmd {
	if m.side.focus == onDetail || m.side.focus == onFacet {
		return m.closePane()
	}
	if m.opt.Once && m.state.Records > 0 && !m.asked {
		m.asked = true
		m.say("this input cannot be read again: q once more quits, Ctrl-s saves it first")
		return nil
	}
	m.status = 0
	return tea.Quit
}

// interrupt is Ctrl-C: it stops a scan, closes a pane, and at rest quits with
// status 130 (rule 30).
func (m *Model) interrupt() tea.Cmd {
	if m.stopScan() {
		m.say("stopped")
		return nil
	}
	m.status = 130
	return tea.Quit
}

func (m *Model) toggleMouse() {
	m.show.mouse = !m.show.mouse
	m.say("mouse off: the terminal selects text")
	if m.show.mouse {
		m.say("mouse on: M gives it back to the terminal")
	}
}

// setBaseline counts what is new from the cursor's record on, from now on
// where the log is followed (rule 37).
func (m *Model) setBaseline() {
	at, seq := m.state.MaxTime, m.state.Last
	if rec, _ := m.log.Selected(); rec != nil && !m.log.Following() && rec.Time != model.NoTime {
		at, seq = rec.Time, rec.Seq
	}
	if at == model.NoTime {
		m.say("there is no time to count from yet")
		return
	}
	m.show.baseline = at
	if b, ok := m.eng.(Baseliner); ok {
		b.SetBaseline(seq)
		m.refreshState()
	}
	m.say("new counts from " + m.minute(at) + ": errors and templates not seen before (views 3 and 6)")
}

// filter makes text the query and says why if it cannot. The query before it
// is the next one back in the filter bar's history.
func (m *Model) filter(text string) tea.Cmd {
	m.remember(forFilter, m.state.Query)
	if err := m.setQuery(text); err != nil {
		m.say(err.Error())
		return nil
	}
	return tea.Batch(m.facetsCmd(), m.tableCmd(true))
}

func (m *Model) filterOut() tea.Cmd {
	text := m.bar.query
	if q, err := query.Parse(text); err == nil {
		if _, or := q.Filter.(*query.Or); or {
			text = "(" + text + ")"
		}
	}
	if text != "" {
		text += " "
	}
	return m.openBar(forFilter, text+"-")
}

// jumpTo goes to the first row at or after an event time.
func (m *Model) jumpTo(ns int64) {
	seq := m.eng.SeqAt(ns)
	if seq == ^model.Seq(0) {
		m.log.Jump(m.state.Last)
		m.say("nothing is that new: this is the newest record")
		return
	}
	m.showStream()
	m.log.Jump(seq)
}
