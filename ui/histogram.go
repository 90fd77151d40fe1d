package ui

import (
	"time"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// histogramRows is how tall the histogram is: one line, or a chart with a
// cursor once `i` has opened it.
func (m *Model) histogramRows() int {
	if m.side.hist.open {
		return chartRows + 1
	}
	return 1
}

// chartRows is the height of the opened histogram above its axis.
const chartRows = 5

// histogram is the opened chart.
type histogram struct {
	open   bool
	cursor int // column
	anchor int // other end of a selected range, -1 for none
	cols   int // as drawn
	from   int64
	to     int64
}

// drawHistogram is the line under the header: the time held in columns, then
// the counts that fit.
func (m *Model) drawHistogram(buf []byte) []byte {
	c, s := &m.canvas, &m.state
	if m.side.hist.open {
		return m.drawChart(buf)
	}
	c.Begin(buf, m.width, theme.Text)
	tail := m.levelParts()
	width := 0
	for _, p := range tail {
		width += len(p.text)
	}
	cols := m.width - width - 2*(len(m.edgeLayout())+1)
	for cols < 8 && len(tail) > 0 {
		width -= len(tail[len(tail)-1].text)
		cols += len(tail[len(tail)-1].text)
		tail = tail[:len(tail)-1]
	}
	if cols > 0 && s.MinTime != model.NoTime {
		c.Put(theme.Time, m.edge(s.MinTime))
		c.Pad(c.At() + 1)
		h := m.counted(cols)
		top, u := peak(h), usualOf(h)
		for i := range h.Cols {
			m.putBar(&h.Cols[i], top, u.style(&h.Cols[i]))
		}
		c.Pad(c.At() + 1)
		c.Put(theme.Time, m.edge(s.MaxTime))
	}
	if cols > 0 {
		c.Pad(m.width - width)
	}
	for _, p := range tail {
		c.Put(p.style, p.text)
	}
	return append(c.End(), '\n')
}

// edge is an end of the time held.
func (m *Model) edge(ns int64) string { return time.Unix(0, ns).In(m.opt.Zone).Format(m.edgeLayout()) }

// edgeLayout is what tells the ends of the time held apart: the minute, the day
// where it spans days, the second where both lie in one minute or the next.
func (m *Model) edgeLayout() string {
	switch held := time.Duration(m.state.MaxTime - m.state.MinTime); {
	case m.spansDays():
		return "01-02"
	case held < time.Minute:
		return "15:04:05"
	}
	return "15:04"
}

// spansDays reports whether a time of day alone may be that of several days.
func (m *Model) spansDays() bool {
	s := &m.state
	return s.MinTime != model.NoTime && time.Duration(s.MaxTime-s.MinTime) >= 24*time.Hour
}

// histogramEvery is how often the columns are counted anew: that looks at more
// records than any row of the screen, and columns grow slowly.
const histogramEvery = 250 * time.Millisecond

// countedColumns is the last count of the columns, and what it was a count of.
type countedColumns struct {
	Histogram
	cols    int
	query   string
	matched uint64
	first   model.Seq
	at      time.Time
}

// counted is the histogram in cols columns, counted anew if the question is
// another one, or if there is news and the last count is old enough.
func (m *Model) counted(cols int) Histogram {
	c, s := &m.show.counted, &m.state
	same := c.cols == cols && c.query == s.Query && len(c.Cols) > 0
	news := c.matched != s.Matched || c.first != s.First
	if same && (!news || m.opt.Now().Sub(c.at) < histogramEvery) {
		return c.Histogram
	}
	*c = countedColumns{m.eng.Histogram(cols), cols, s.Query, s.Matched, s.First, m.opt.Now()}
	return c.Histogram
}

// peak is the greatest column's count.
func peak(h Histogram) uint32 {
	top := uint32(0)
	for i := range h.Cols {
		top = max(top, total(&h.Cols[i]))
	}
	return top
}

func total(levels *[model.NumLevels]uint32) uint32 {
	n := uint32(0)
	for _, v := range levels {
		n += v
	}
	return n
}

// putBar draws one column: as high as its count.
func (m *Model) putBar(levels *[model.NumLevels]uint32, top uint32, st theme.Style) {
	n := total(levels)
	bars := m.pen.Glyphs.Bars
	i := 0
	if n > 0 && top > 0 {
		i = 1 + int(uint64(n)*uint64(len(bars)-1)/(uint64(top)+1))
	}
	m.canvas.Put(st, bars[min(i, len(bars)-1)])
}

// usual is the share of each severe level in the whole: what a column must
// exceed to take its colour.
type usual [model.NumLevels]float64

func usualOf(h Histogram) usual {
	var u usual
	all := 0.0
	for i := range h.Cols {
		for l, n := range h.Cols[i] {
			u[l] += float64(n)
			all += float64(n)
		}
	}
	for l := range u {
		u[l] /= max(all, 1)
	}
	return u
}

// unusual is how many times its usual share a level must have in a column to
// colour it: where every column has errors, only the spikes are red.
const unusual = 1.5

func (u *usual) style(levels *[model.NumLevels]uint32) theme.Style {
	n := float64(total(levels))
	for _, l := range []model.Level{model.Critical, model.Error, model.Warning} {
		if levels[l] > 0 && float64(levels[l]) > unusual*u[l]*n {
			return theme.Level(l)
		}
	}
	return theme.Dim
}

// levelParts is the right end of the line: on narrow screens the counts by
// level, on wide ones, where the strips have them, the latency; then the
// failed requests.
func (m *Model) levelParts() []part {
	s := &m.state
	var parts []part
	sep := "   "
	if m.width >= stripsWide && m.height >= stripsFrom {
		if s.P95 > 0 {
			parts = append(parts, part{sep + "p95 " + canvas.Took(int64(s.P95)), theme.Number})
			sep = "  "
		}
	} else {
		for _, l := range [...]model.Level{model.Error, model.Warning, model.Info, model.Debug} {
			n := s.Levels[l]
			switch l {
			case model.Error:
				n += s.Levels[model.Critical]
			case model.Info:
				n += s.Levels[model.Notice]
			case model.Debug:
				n += s.Levels[model.Trace]
			}
			parts = append(parts, part{sep + l.Short() + " " + canvas.Count(n), theme.Level(l)})
			sep = "  "
		}
		sep = "   "
	}
	if n := s.States[model.Failed]; n > 0 {
		parts = append(parts, part{sep + m.pen.Glyphs.Failed + " " + canvas.Count(n), theme.Failure})
	}
	if m.width >= stripsWide && len(parts) > 0 {
		parts[len(parts)-1].text += " "
	}
	return parts
}

// drawChart is the opened histogram: chartRows rows of bars and an axis with
// the cursor's span and counts.
func (m *Model) drawChart(buf []byte) []byte {
	c, hist := &m.canvas, &m.side.hist
	h := m.counted(m.width)
	hist.cols, hist.from, hist.to = len(h.Cols), h.From, h.To
	hist.cursor = min(max(hist.cursor, 0), max(len(h.Cols)-1, 0))
	top, u := max(peak(h), 1), usualOf(h)
	for row := range chartRows {
		c.Begin(buf, m.width, theme.Text)
		for i := range h.Cols {
			m.putChartCell(&h.Cols[i], top, chartRows-1-row, u.style(&h.Cols[i]), hist.selected(i))
		}
		buf = append(c.End(), '\n')
	}
	c.Begin(buf, m.width, theme.Text)
	if len(h.Cols) > 0 {
		lo, hi := hist.span()
		var n uint32
		var levels [model.NumLevels]uint32
		a, b := hist.ends()
		for i := a; i <= b; i++ {
			n += total(&h.Cols[i])
			for l := range levels {
				levels[l] += h.Cols[i][l]
			}
		}
		layout := "15:04:05"
		switch {
		case m.spansDays():
			layout = "01-02 15:04:05"
		case hi-lo < int64(2*time.Second):
			layout = "15:04:05.000"
		}
		from, to := time.Unix(0, lo).In(m.opt.Zone), time.Unix(0, hi).In(m.opt.Zone)
		c.Put(theme.Accent, from.Format(layout)+" to "+to.Format(layout)+"  ")
		c.Put(theme.Text, canvas.Count(uint64(n))+" rec")
		for l := model.Critical; l >= model.Warning; l-- {
			if levels[l] > 0 {
				c.Put(theme.Level(l), "  "+l.Short()+" "+canvas.Count(uint64(levels[l])))
			}
		}
	}
	return append(c.End(), '\n')
}

// putChartCell draws cell row (0 the lowest) of a column.
func (m *Model) putChartCell(levels *[model.NumLevels]uint32, top uint32, row int, st theme.Style, selected bool) {
	bars := m.pen.Glyphs.Bars
	steps := len(bars) - 1
	filled := int(uint64(total(levels)) * uint64(chartRows*steps) / uint64(top))
	if total(levels) > 0 {
		filled = max(filled, 1)
	}
	i := min(max(filled-row*steps, 0), steps)
	cell := bars[i]
	if selected {
		if st = theme.Accent; i == 0 {
			cell = m.pen.Glyphs.Divide
		}
	}
	m.canvas.Put(st, cell)
}

// ends are the first and the last selected column.
func (h *histogram) ends() (a, b int) {
	if h.anchor < 0 {
		return h.cursor, h.cursor
	}
	return min(h.cursor, h.anchor), min(max(h.cursor, h.anchor), h.cols-1)
}

func (h *histogram) selected(i int) bool {
	a, b := h.ends()
	return a <= i && i <= b
}

// span is the selected time.
func (h *histogram) span() (from, to int64) {
	a, b := h.ends()
	n := int64(max(h.cols, 1))
	each := (h.to - h.from) / n
	return h.from + int64(a)*each, h.from + int64(b+1)*each
}
