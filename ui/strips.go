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
var facetFields = []string{"level", "domain", "source", "status"}

// facetTop bounds how many values of a facet are asked for.
const facetTop = 500

// facetEvery is how often live counts are asked for.
const facetEvery = time.Second

// jobs is what runs beside the event loop, at most one of each kind.
type jobs struct {
	ticking   bool
	facets    bool // a count runs
	facetsDue bool // and another is wanted
	facetsAt  time.Time
	table     bool // a table is asked for
	tableGen  int
	tableAt   time.Time
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
	if len(fields) == 0 || m.jobs.facets || !m.jobs.facetsDue && now.Sub(m.jobs.facetsAt) < facetEvery {
		return nil
	}
	m.jobs.facets, m.jobs.facetsDue, m.jobs.facetsAt = true, false, now
	ctx, eng, text := m.ctx, m.eng, m.state.Query
	title := m.opt.Source
	return func() tea.Msg { return countFacets(ctx, eng, fields, text, title) }
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

func countFacets(ctx context.Context, eng Engine, fields []string, text, source string) facetsMsg {
	q, _ := query.Parse(text) // a query that runs has been parsed before
	var msg facetsMsg
	for _, field := range fields {
		counts, err := eng.Facet(ctx, field, facetTop)
		if err != nil {
			return facetsMsg{err: err}
		}
		s := strip{field: field, title: facetTitle(field, source)}
		for _, c := range counts {
			s.values = append(s.values, facet.Value{Count: c, On: passes(q, field, c.Value)})
		}
		if field == "level" {
			slices.SortStableFunc(s.values, func(a, b facet.Value) int { return severity(b.Value) - severity(a.Value) })
		}
		msg.strips = append(msg.strips, s)
	}
	return msg
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
	if msg.err == nil {
		m.show.strips = msg.strips
		m.fillFacet()
		m.dirty = true
	}
	if m.jobs.facetsDue {
		return m.facetsCmd()
	}
	return nil
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

// labelled gives the sources their short names.
func (m *Model) labelled(s strip) []facet.Value {
	if s.field != "source" {
		return s.values
	}
	out := slices.Clone(s.values)
	for i := range out {
		out[i].Label = m.show.labels.short[out[i].Value]
	}
	return out
}

// stripLines are the rows of strips: which facets stand in each.
func (m *Model) stripLines() [][]string {
	return [][]string{{"level", "status"}, {"domain", "source"}}
}

// stripSplit is where the second facet of a row begins, of 160 cells.
const stripSplit = 75

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
		if row == 0 && len(states) > 0 {
			end -= 45 * m.width / 160
		}
		m.putStrip(fields[0], 7, gap, split-2)
		c.Pad(split)
		m.putStrip(fields[1], 8, gap, end)
		if row == 0 && len(states) > 0 {
			c.Pad(max(c.At()+3, end))
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
	var out []facet.Value
	for _, st := range []model.State{model.Complete, model.Failed, model.Hung} {
		if n := m.state.States[st]; n > 0 {
			out = append(out, facet.Value{Count: facet.Count{Value: st.String(), N: n}, On: true})
		}
	}
	return out
}

// passes reports whether the query's own clauses on a field let a value
// through; "none" stands for the absent value (rule 34).
func passes(q *query.Query, field, value string) bool {
	if q == nil || q.Filter == nil {
		return true
	}
	terms := []query.Expr{q.Filter}
	if and, ok := q.Filter.(*query.And); ok {
		terms = and.Terms
	}
	for _, t := range terms {
		want := true
		if n, ok := t.(*query.Not); ok {
			t, want = n.Term, false
		}
		if test, ok := t.(*query.Test); ok && test.Field == field {
			if hit, known := testValue(test, value); known && hit != want {
				return false
			}
		}
	}
	return true
}

// testValue evaluates a clause on a value where that is plain: equality, and
// the order of levels and numbers.
func testValue(t *query.Test, value string) (hit, known bool) {
	if t.Op == query.Eq {
		return slices.ContainsFunc(t.Values, func(v query.Value) bool { return sameValue(t.Field, v.Text, value) }), true
	}
	if t.Op < query.Lt || t.Op > query.Ge || len(t.Values) != 1 {
		return false, false
	}
	var a, b float64
	if t.Field == "level" {
		a, b = float64(severity(value)), float64(severity(t.Values[0].Text))
		if value == "none" {
			a = 0
		}
	} else {
		var errA, errB error
		a, errA = strconv.ParseFloat(value, 64)
		b, errB = strconv.ParseFloat(t.Values[0].Text, 64)
		if errA != nil || errB != nil {
			return false, value == "none"
		}
	}
	switch t.Op {
	case query.Lt:
		return a < b, true
	case query.Le:
		return a <= b, true
	case query.Gt:
		return a > b, true
	}
	return a >= b, true
}

func sameValue(field, a, b string) bool {
	if field == "level" {
		return a == b || severity(a) == severity(b) && severity(a) >= 0
	}
	return a == b
}
