package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// pendingRows is how many rows the strip of unfinished requests takes.
func (m *Model) pendingRows() int {
	return len(m.pendingLists(inStrip))
}

// drawPending is the strip of unfinished requests (rule 22): those in flight
// by their oldest, the hung ones by their oldest with its last line.
func (m *Model) drawPending(buf []byte, rows int) []byte {
	for i, list := range m.pendingLists(inStrip) {
		if i < rows {
			buf = m.drawStanding(buf, list, m.side.focus == onStrip && m.side.strip == i)
		}
	}
	return buf
}

// How many unfinished requests of a kind are told in full: in the strip, and in
// the list of all of them.
const (
	inStrip    = 2
	maxRunning = 500
)

// pendingLists are the strip's rows: the requests in flight, the hung ones, the
// first n of each told in full.
func (m *Model) pendingLists(n int) [][]model.Request {
	flying, hung := m.eng.Pending(n)
	return slices.DeleteFunc([][]model.Request{flying, hung}, func(l []model.Request) bool { return len(l) == 0 })
}

// actInStrip takes the keys of the strip: up and down, and Enter, which opens
// the row's oldest request. Every other key is the log's again.
func (m *Model) actInStrip(a keymap.Action) (done bool) {
	lists := m.pendingLists(inStrip)
	switch {
	case a == keymap.Down:
		m.side.strip = min(m.side.strip+1, max(len(lists)-1, 0))
		return true
	case a == keymap.Up && m.side.strip > 0:
		m.side.strip--
		return true
	case a == keymap.Open && m.side.strip < len(lists):
		m.showPending(&lists[m.side.strip][0])
		return true
	}
	m.side.focus = onLog
	return a == keymap.Up || a == keymap.Back || a == keymap.Quit
}

// chooseRunning lists the unfinished requests; the chosen one opens and grows
// while it runs.
func (m *Model) chooseRunning() tea.Cmd {
	var items []item
	for _, list := range m.pendingLists(maxRunning) {
		for i := range min(len(list), maxRunning) {
			r := list[i]
			name := canvas.Span(m.age(&r).Truncate(time.Second)) + " " + r.Method
			note := m.what(&r)
			if last := m.lastLine(&r); last != "" {
				note += "  last: " + last
			}
			items = append(items, item{name, note, m.sourceLabel(&r), func(m *Model) tea.Cmd { m.showPending(&r); return nil }})
		}
	}
	if len(items) == 0 {
		m.say("no request is running for more than a second")
		return nil
	}
	return m.openList("running", items)
}

// Columns of the strip.
const (
	standingAt   = 16
	ageEnd       = 18  // on wide screens
	secondAgeEnd = 117 // of the second oldest
	ageW         = 3
)

// age is how long a request has been running, at the clock that the engine's
// figures stand at.
func (m *Model) age(r *model.Request) time.Duration {
	now := m.opt.Now().UnixNano()
	if m.state.MaxTime != model.NoTime {
		now = m.state.MaxTime + int64(m.state.Quiet)
	}
	return max(time.Duration(now-r.Start), 0)
}

func (m *Model) drawStanding(buf []byte, list []model.Request, cursor bool) []byte {
	c, g, st := &m.canvas, m.pen.Glyphs, list[0].State
	over := theme.Text
	if cursor {
		over = theme.Cursor
	}
	c.Begin(buf, m.width, over)
	sign, style, word := g.InFlight, theme.Flight, " in flight"
	if st == model.Hung {
		sign, style, word = g.Hung, theme.Stalled, " hung"
	}
	if cursor {
		sign = g.Cursor
	}
	c.Put(style, sign+" "+canvas.Count(uint64(len(list)))+word)
	if m.width >= fullHeader {
		m.putStanding(&list[0], ageEnd, true)
		if len(list) > 1 {
			m.putStanding(&list[1], max(secondAgeEnd, c.At()+3+ageW), false)
		}
		return append(c.End(), '\n')
	}
	c.Pad(standingAt)
	c.Put(theme.Dim, "oldest ")
	r := &list[0]
	label := m.sourceLabel(r)
	limit := m.width
	if label != "" {
		limit -= m.log.LabelW + 1
		if st != model.Hung {
			limit--
		}
	}
	c.Put(theme.Number, m.ageText(r)+" ")
	if r.Method != "" {
		c.PutMax(theme.Method, r.Method+" ", limit-c.At())
	}
	c.PutMax(theme.Path, m.what(r), limit-c.At())
	if last := m.lastLine(r); st == model.Hung && last != "" {
		c.Pad(c.At() + 2)
		c.PutMax(theme.Dim, "last: "+last, limit-c.At())
	}
	if label != "" {
		c.Pad(m.width - m.log.LabelW)
		c.Put(theme.Source(label), label)
	}
	return append(c.End(), '\n')
}

// putStanding is one unfinished request on a wide screen.
func (m *Model) putStanding(r *model.Request, end int, full bool) {
	c := &m.canvas
	c.Right(theme.Number, m.ageText(r), end)
	c.Pad(c.At() + 1)
	if r.Method != "" {
		c.Put(theme.Method, r.Method+" ")
	}
	c.Put(theme.Path, m.what(r))
	if full {
		c.Pad(c.At() + 2)
		c.Put(theme.Dim, strconv.Itoa(r.Records)+" rec")
	}
	if label := m.sourceLabel(r); label != "" {
		c.Pad(c.At() + 2)
		c.Put(theme.Source(label), label)
	}
	if last := m.lastLine(r); full && last != "" {
		c.Pad(c.At() + 2)
		c.PutMax(theme.Dim, "last: "+last, secondAgeEnd-ageW-3-c.At())
	}
}

// ageText is how long a request has been running, in the steps in which that
// may change.
func (m *Model) ageText(r *model.Request) string {
	shown, _ := m.show.clocks.show(r.FirstSeq, m.age(r))
	return canvas.Span(shown)
}

// clocks remembers what each running clock shows: it goes on showing that
// until it has run on by a step (rule 16). Clock 0 is the silence.
type clocks map[model.Seq]time.Duration

// maxClocks bounds how many are remembered.
const maxClocks = 64

// show is what the clock says that stands at d, and how long it will.
func (c clocks) show(id model.Seq, d time.Duration) (shown, next time.Duration) {
	shown, ok := c[id]
	if step := canvas.ClockStep(shown); !ok || d < shown || d-shown >= step {
		if len(c) >= maxClocks {
			clear(c)
		}
		shown = d.Truncate(time.Second)
		c[id] = shown
	}
	return shown, canvas.ClockStep(shown) - (d - shown)
}

// what names a request: by its path, else its name, else the first line of what
// began it.
func (m *Model) what(r *model.Request) string {
	if name := cmp.Or(r.Path, r.Name); name != "" {
		return m.safe(name)
	}
	rec, ok := m.eng.Record(r.FirstSeq)
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(rec.Message, "\n")
	return m.safe(first)
}

// lastLine is the message of a request's newest record.
func (m *Model) lastLine(r *model.Request) string {
	rec, ok := m.eng.Record(r.LastSeq)
	if !ok {
		return ""
	}
	return m.safe(rec.Message)
}

func (m *Model) sourceLabel(r *model.Request) string {
	if len(r.Sources) == 0 || m.log.LabelW == 0 {
		return ""
	}
	return m.show.labels.short[r.Sources[0]]
}

func (m *Model) safe(s string) string {
	if m.opt.Redact == nil || s == "" {
		return s
	}
	return m.opt.Redact(s)
}

// tickMsg says that a running clock may have reached its next step.
type tickMsg struct{}

// clockRest is the least time between two wakings for clocks: several that step
// at different moments make one frame.
const clockRest = time.Second

// tickCmd wakes the screen at the next step of the clocks that run on it; none
// run where nothing more may come (rule 16).
func (m *Model) tickCmd() tea.Cmd {
	if m.jobs.ticking || m.frozen || !slices.ContainsFunc(m.state.Sources, func(s SourceState) bool { return s.Live && !s.Ended }) {
		return nil
	}
	wait := time.Duration(0)
	sooner := func(d time.Duration) {
		if wait == 0 || d < wait {
			wait = d
		}
	}
	flying, hung := m.eng.Pending(inStrip)
	for _, list := range [2][]model.Request{flying, hung} {
		for i := range min(len(list), 2) {
			_, next := m.show.clocks.show(list[i].FirstSeq, m.age(&list[i]))
			sooner(next)
		}
	}
	if m.state.Records > 0 {
		next := quietFrom - m.state.Quiet
		if next <= 0 {
			_, next = m.show.clocks.show(0, m.state.Quiet)
		}
		sooner(next)
	}
	if wait == 0 {
		return nil
	}
	m.jobs.ticking = true
	return m.after(max(wait, clockRest), tickMsg{})
}

// wait is a message after a while, unless the program ends before.
func (m *Model) wait(d time.Duration, msg tea.Msg) tea.Cmd {
	ctx := m.ctx
	return func() tea.Msg {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		return msg
	}
}
