package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
	"ravel/ui/canvas"
	"ravel/ui/logview"
)

// find is the search and the jumps that scan.
type find struct {
	text     string // as typed; "" for none
	dir      int    // of the last search
	from     model.Seq
	back     logview.Spot // where it was begun
	followed bool
	stop     context.CancelFunc // ends the scan that runs, nil if none does
	gen      int                // its number: late answers are dropped
	missed   bool               // what is being typed has been looked for in vain
}

// foundMsg is where a scan ended.
type foundMsg struct {
	gen  int
	seq  model.Seq
	ok   bool
	kind TargetKind
}

// setFind makes text what is highlighted and what n goes to.
func (m *Model) setFind(text string) error {
	f, err := canvas.NewFinder(text)
	if err != nil {
		return err
	}
	m.find.text, m.find.missed = text, false
	m.log.SetFind(f)
	m.dirty = true
	return nil
}

func (m *Model) clearFind() {
	m.find.text = ""
	m.log.SetFind(nil)
}

// openSearch begins a search where the cursor stands.
func (m *Model) openSearch() tea.Cmd {
	m.find.back, m.find.followed = m.log.Cursor(), m.log.Following()
	m.find.from, m.find.dir, m.find.missed = m.log.Cursor().Seq, +1, false
	if m.log.Following() {
		m.find.from, m.find.dir = ^model.Seq(0), -1
	}
	return m.openBar(forSearch, "")
}

// searchCmd looks for the search's next match beyond from.
func (m *Model) searchCmd(from model.Seq, dir int) tea.Cmd {
	text, re := canvas.SearchText(m.find.text)
	if text == "" {
		m.say("no search yet: / begins one")
		return nil
	}
	return m.seekCmd(from, dir, Target{Kind: NextMatch, Text: text, Regexp: re})
}

// seekCmd scans for a target off the event loop. A newer scan stops it.
func (m *Model) seekCmd(from model.Seq, dir int, t Target) tea.Cmd {
	m.stopScan()
	ctx, stop := context.WithCancel(m.ctx)
	m.find.stop = stop
	m.find.gen++
	t.Flat = m.log.Flat
	gen, eng := m.find.gen, m.eng
	return func() tea.Msg {
		defer stop()
		seq, ok := eng.Find(ctx, from, dir, t)
		return foundMsg{gen, seq, ok, t.Kind}
	}
}

// stopScan ends the scan that runs; false if none does.
func (m *Model) stopScan() bool {
	if m.find.stop == nil {
		return false
	}
	m.find.stop()
	m.find.stop = nil
	m.find.gen++
	return true
}

// seek scans from the cursor on.
func (m *Model) seek(dir int, kind TargetKind) tea.Cmd {
	from := m.log.Cursor().Seq
	if m.log.Following() && dir < 0 {
		from = ^model.Seq(0)
	}
	if kind == NextMatch {
		return m.searchCmd(from, dir)
	}
	return m.seekCmd(from, dir, Target{Kind: kind})
}

func (m *Model) onFound(msg foundMsg) tea.Cmd {
	if msg.gen != m.find.gen {
		return nil
	}
	m.find.stop = nil
	m.dirty = true
	switch {
	case msg.ok:
		m.showRow(msg.seq)
	case m.searching(): // under the prompt; what is typed next may be found
		m.find.missed = true
	default:
		m.say(notFound[msg.kind])
	}
	return nil
}

// searching reports whether the search's text is being typed.
func (m *Model) searching() bool { return m.bar.line != nil && m.bar.purpose == forSearch }

var notFound = map[TargetKind]string{
	NextError:   "no further error in this direction",
	NextMatch:   "no further match in this direction",
	NextRequest: "no further request in this direction",
	SameRequest: "no further record of this request",
	SameFlow:    "no further record with this correlation id",
}

// showRow goes to the row at seq. A record that stands inside a folded request
// is shown within its request, opened.
func (m *Model) showRow(seq model.Seq) {
	m.showStream()
	rows := m.eng.Rows(seq, +1, 1, m.log.Flat)
	if len(rows) == 1 && rows[0].Seq == seq {
		m.log.Jump(seq)
		return
	}
	for _, r := range m.eng.Rows(seq, +1, rowsAround, m.log.Flat) {
		if r.Request == nil || r.Request.FirstSeq > seq {
			continue
		}
		for _, rec := range m.eng.Members(r.Seq, rowsAround) {
			if rec.Seq == seq {
				m.log.ShowMember(r.Seq, seq)
				return
			}
		}
	}
	m.log.Jump(seq)
}

// rowsAround bounds how many rows are looked through for the request that a
// record stands in.
const rowsAround = 200
