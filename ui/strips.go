package ui

import (
	"context"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
	"ravel/model/query"
	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/facet"
)

// Count is one value of a facet.
type Count = facet.Count

// strip is one facet with its values.
type strip struct {
	field, title string
	values       []facet.Value
}

// facetFields are the facets that Tab goes through, in its order.
var facetFields = []string{"level", "domain", "source", "status", "state"}

// facetTop bounds how many values of a facet are asked for.
const facetTop = 500

// Live counts are asked for each second, and after a longer rest where one
// takes long, as where each record has to be decoded: counting takes at most
// one part in nine of the time.
const (
	countEvery = time.Second
	countRests = 8
)

// turns says when something may be counted again.
type turns struct {
	began time.Time
	rest  time.Duration // from then on
}

// wait is how long it rests yet.
func (t *turns) wait(now time.Time) time.Duration { return max(t.rest, countEvery) - now.Sub(t.began) }

func (t *turns) begin(now time.Time) { t.began, t.rest = now, 0 }

func (t *turns) end(now time.Time) { t.rest = (1 + countRests) * now.Sub(t.began) }

// jobs is what runs beside the event loop, at most one of each kind.
type jobs struct {
	ticking   bool
	facets    bool // a count runs
	facetsDue bool // and another is wanted at once
	facetsOld bool // news have come since it began
	facetTurn turns
	recount   time.Time // when the next recountMsg comes; zero: none does
	table     bool      // a table is asked for
	tableNew  bool      // and it has not shown a row yet
	tableGen  int
	tableTurn turns
	stopTable context.CancelFunc
}

// facetsMsg is the counts of the facets.
type facetsMsg struct {
	strips []strip
	err    error
}

// facetsCmd counts the facets again if they are on screen and their counts may
// have changed.
func (m *Model) facetsCmd() tea.Cmd {
	fields := m.wantedFacets()
	now := m.opt.Now()
	if len(fields) == 0 || m.jobs.facets {
		m.jobs.facetsOld = m.jobs.facets
		return nil
	}
	if wait := m.jobs.facetTurn.wait(now); wait > 0 && !m.jobs.facetsDue {
		return m.recountCmd(wait)
	}
	m.jobs.facets, m.jobs.facetsDue, m.jobs.facetsOld = true, false, false
	m.jobs.facetTurn.begin(now)
	c := counter{m.ctx, m.eng, m.opt.Source, m.state.States}
	return func() tea.Msg { return c.count(fields) }
}

// recountMsg says that counts on screen are old enough to be asked for again.
type recountMsg struct{}

// recountCmd sees to it that the last news are counted too, however short they
// came after the count before.
func (m *Model) recountCmd(wait time.Duration) tea.Cmd {
	at := m.opt.Now().Add(wait)
	if next := m.jobs.recount; !next.IsZero() && !at.Before(next) {
		return nil
	}
	m.jobs.recount = at
	return m.after(wait, recountMsg{})
}

func (m *Model) onRecount() tea.Cmd {
	m.jobs.recount = time.Time{}
	if m.frozen {
		return nil
	}
	m.jobs.facetsDue = m.jobs.facetsDue || m.jobs.facetTurn.wait(m.opt.Now()) <= 0
	m.dirty = true
	return tea.Batch(m.facetsCmd(), m.tableCmd(false))
}

// wantedFacets are the fields whose counts are on screen.
func (m *Model) wantedFacets() []string {
	var fields []string
	if m.width >= stripsWide && m.height >= stripsFrom {
		fields = append(fields, facetFields...)
	}
	if p := m.side.facet; p != nil && !slices.Contains(fields, p.Field) {
		fields = append(fields, p.Field)
	}
	return fields
}

// counter is what counting facets needs, taken off the event loop.
type counter struct {
	ctx    context.Context
	eng    Engine
	source string // heading of the source facet
	states [model.NumStates]uint64
}

func (c *counter) count(fields []string) facetsMsg {
	var msg facetsMsg
	for _, field := range fields {
		counts, err := c.values(field)
		if err != nil {
			return facetsMsg{err: err}
		}
		s := strip{field: field, title: facetTitle(field, c.source)}
		for _, v := range counts {
			s.values = append(s.values, facet.Value{Count: v})
		}
		if field == "level" {
			slices.SortStableFunc(s.values, func(a, b facet.Value) int { return severity(b.Value) - severity(a.Value) })
		}
		msg.strips = append(msg.strips, s)
	}
	return msg
}

// values asks the engine; the states of requests that have ended are in its
// figures already.
func (c *counter) values(field string) ([]Count, error) {
	if field != "state" {
		return c.eng.Facet(c.ctx, field, facetTop)
	}
	var out []Count
	flying, hung := c.eng.Pending(0)
	c.states[model.InFlight], c.states[model.Hung] = uint64(len(flying)), uint64(len(hung))
	for _, st := range [...]model.State{model.Complete, model.Failed, model.InFlight, model.Hung, model.NoStart, model.Unmarked} {
		if n := c.states[st]; n > 0 {
			out = append(out, Count{Value: st.String(), N: n})
		}
	}
	return out, nil
}

func facetTitle(field, source string) string {
	if field == "source" {
		return source
	}
	up := []byte(field)
	for i, c := range up {
		if 'a' <= c && c <= 'z' {
			up[i] = c - 'a' + 'A'
		}
	}
	return string(up)
}

func severity(level string) int {
	l, ok := model.ParseLevel(level)
	if !ok {
		return -1
	}
	return int(l)
}

func (m *Model) onFacets(msg facetsMsg) tea.Cmd {
	m.jobs.facets = false
	m.jobs.facetTurn.end(m.opt.Now())
	if msg.err == nil {
		m.show.strips = msg.strips
		m.markFacets()
		m.dirty = true
	}
	if m.jobs.facetsDue || m.jobs.facetsOld {
		return m.facetsCmd()
	}
	return nil
}

// markFacets marks the values that the query lets pass. The query is the one
// state (rule 34): marks follow it at once, counts when they are there.
func (m *Model) markFacets() {
	q, err := query.Parse(m.state.Query)
	if err != nil {
		return
	}
	for _, s := range m.show.strips {
		for i := range s.values {
			s.values[i].On = query.Shows(q, s.field, s.values[i].Value)
		}
	}
	m.fillFacet()
}

// fillFacet gives the opened facet its values.
func (m *Model) fillFacet() {
	p := m.side.facet
	if p == nil {
		return
	}
	for _, s := range m.show.strips {
		if s.field == p.Field {
			p.Set(m.labelled(s))
		}
	}
}

// domainLabel is how many cells a logger's name gets in a facet.
const domainLabel = 16

// labelled gives sources and loggers their short names.
func (m *Model) labelled(s strip) []facet.Value {
	if s.field != "source" && s.field != "domain" {
		return s.values
	}
	out := slices.Clone(s.values)
	for i := range out {
		if s.field == "source" {
			out[i].Label = m.show.labels.short[out[i].Value]
		} else {
			out[i].Label = canvas.ShortName(out[i].Value, domainLabel)
		}
	}
	return out
}

// stripLines are the rows of strips: which facets stand in each.
func (m *Model) stripLines() [][]string {
	return [][]string{{"level", "status"}, {"domain", "source"}}
}

// Where the second facet of a row begins, and the states, of 160 cells.
const (
	stripSplit = 75
	statesAt   = 115
)

// drawStrips draws the facets, two to a row; the states of the requests stand
// behind the first row.
func (m *Model) drawStrips(buf []byte) []byte {
	c := &m.canvas
	split := m.width * stripSplit / 160
	for row, fields := range m.stripLines() {
		c.Begin(buf, m.width, theme.Text)
		gap := 2 - row
		states := m.stateValues()
		end := m.width
		withStates := row == 0 && len(states) > 0 && m.width >= fullHeader
		if withStates {
			end = m.width*statesAt/160 - 3
		}
		m.putStrip(fields[0], 7, gap, split-2)
		c.Pad(split)
		m.putStrip(fields[1], 8, gap, end)
		if withStates {
			c.Pad(max(c.At()+3, end+3))
			facet.DrawStrip(c, "STATE", 6, 1, m.width, states)
		}
		buf = append(c.End(), '\n')
	}
	return buf
}

func (m *Model) putStrip(field string, titleW, gap, end int) {
	for _, s := range m.show.strips {
		if s.field != field {
			continue
		}
		values := m.labelled(s)
		if field == "status" {
			values = statusClasses(values)
		}
		facet.DrawStrip(&m.canvas, s.title, titleW, gap, end, values)
		return
	}
	m.canvas.Put(theme.Accent, facetTitle(field, m.opt.Source))
}

// statusClasses sums statuses up by class, 2xx to 5xx.
func statusClasses(values []facet.Value) []facet.Value {
	var sums [10]facet.Value
	for _, v := range values {
		code, err := strconv.Atoi(v.Value)
		if err != nil || code < 100 || code > 999 {
			continue
		}
		s := &sums[code/100]
		s.Value = strconv.Itoa(code/100) + "xx"
		s.N += v.N
		s.On = s.On || v.On
	}
	return slices.DeleteFunc(sums[:], func(v facet.Value) bool { return v.N == 0 })
}

// stateValues are the requests by state, without the states that say nothing.
func (m *Model) stateValues() []facet.Value {
	for _, s := range m.show.strips {
		if s.field == "state" {
			return slices.DeleteFunc(slices.Clone(s.values), func(v facet.Value) bool {
				return v.Value == model.Unmarked.String() || v.Value == model.InFlight.String()
			})
		}
	}
	return nil
}
