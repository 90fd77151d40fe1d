package logview

import (
	"slices"
	"time"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// TimeStyle is what stands in the time column.
type TimeStyle uint8

// The styles, in the order in which the key goes through them.
const (
	Clock    TimeStyle = iota // 12:18:59.140
	DateTime                  // 2025-03-20 12:18:59.140
	NoClock                   // nothing
	numTimeStyles
)

// View is the log pane. Its methods run on the program's event loop. The
// exported fields may be set at any time; Refresh makes them seen.
type View struct {
	Source    Source
	Zone      *time.Location
	Label     func(source string) string // a source's short name; "" hides the column
	LabelW    int                        // the widest of them, 0 hides the column
	Redact    func(string) string        // masks secrets in what is drawn; nil masks nothing
	Libraries []string                   // further marks of library frames

	Flat  bool
	Wrap  bool
	Delta bool
	Empty string // what is told where there is no row
	Days  bool   // the records are of several days: their dates are shown until NextTimeStyle has chosen
	Pan   int

	style         TimeStyle
	chosen        bool // by NextTimeStyle
	follow        bool
	top, cur      Spot
	held          bool // the cursor is held where it was while a scan fills the log
	home          Spot // there
	homeRow       int  // and on that line of the screen
	width, height int
	open          map[key]bool
	recs          map[model.Seq]memberCache
	marks         map[model.Seq]string // with their notes
	jumps         []Spot
	lines         []line
	rows          []Row
	line          canvas.Line
	room          []byte
	numbers       []byte
}

type memberCache struct {
	held int // Request.Records when they were asked for
	recs []*model.Record
}

// New is a pane that follows.
func New(src Source, pen canvas.Pen) *View {
	return &View{
		Source: src, Zone: time.UTC, follow: true, line: canvas.Line{Pen: pen},
		open: map[key]bool{}, recs: map[model.Seq]memberCache{}, marks: map[model.Seq]string{},
	}
}

// SetPen changes the look.
func (v *View) SetPen(pen canvas.Pen) { v.line.Pen = pen }

// SetFind highlights what f finds; nil ends it.
func (v *View) SetFind(f *canvas.Finder) { v.line.Find(f) }

// SetSize gives the pane its cells.
func (v *View) SetSize(w, h int) { v.width, v.height = max(w, 0), max(h, 0) }

// Following reports whether the pane shows the newest rows as they come.
func (v *View) Following() bool { return v.follow }

// SetFollow starts or ends following.
func (v *View) SetFollow(on bool) { v.follow = on }

// Cursor is where the cursor stands; Seq 0 if there is nothing to stand on.
func (v *View) Cursor() Spot { return v.cur }

// Refresh asks for the rows on screen anew. It is called once a frame, after
// whatever has changed.
func (v *View) Refresh() {
	if v.height == 0 {
		v.lines = v.lines[:0]
		return
	}
	switch {
	case v.follow:
		v.lines = v.tail(^model.Seq(0), v.height)
	case v.held:
		v.cur = v.home
		v.lines = v.from(v.walk(v.home, -v.homeRow))
	default:
		v.lines = v.from(v.top)
	}
	if len(v.lines) == 0 {
		return // nothing yet: where one stood is kept
	}
	if !v.follow && v.cur.Seq != 0 {
		v.reveal()
	}
	v.top = v.lines[0].spot
	if v.follow {
		v.cur = v.lines[len(v.lines)-1].spot
	}
	v.settleCursor()
}

// reveal scrolls to the cursor where it has left the screen: the pane has
// become smaller, or rows have come between.
func (v *View) reveal() {
	var at Spot
	switch {
	case v.cur.before(v.lines[0].spot):
		at = v.cur
	case v.lines[len(v.lines)-1].spot.before(v.cur):
		at = v.walk(v.cur, 1-v.height)
	default:
		return
	}
	if lines := v.from(at); len(lines) > 0 {
		v.lines = lines
	}
}

// Hold keeps the cursor's record at its place on screen while the rows around
// it come and go, as after a change of the query until its scan has ended. Any
// move lets go of it.
func (v *View) Hold() {
	if v.held || v.follow {
		return
	}
	if i := v.index(); i >= 0 {
		v.held, v.home, v.homeRow = true, v.cur, i
	}
}

// Release ends Hold.
func (v *View) Release() { v.held = false }

// tail is the last n lines up to row seq, in order.
func (v *View) tail(seq model.Seq, n int) []line {
	rows := v.Source.Rows(seq, -1, n, v.Flat)
	slices.Reverse(rows)
	v.rows = rows
	lines := v.lines[:0]
	for i := range rows {
		lines = v.layout(lines, &rows[i])
	}
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return lines
}

// from is a screen of lines from spot on; where the log ends before the screen
// does, older lines fill it.
func (v *View) from(at Spot) []line {
	rows := v.Source.Rows(at.Seq, +1, v.height, v.Flat)
	v.rows = rows
	lines := v.lines[:0]
	for i := range rows {
		n := len(lines)
		lines = v.layout(lines, &rows[i])
		if i == 0 && rows[0].Seq == at.Seq {
			skip := min(at.Line, len(lines)-n-1)
			lines = lines[:copy(lines, lines[skip:])]
		}
		if len(lines) >= v.height {
			return lines[:v.height]
		}
	}
	last := ^model.Seq(0)
	if len(rows) > 0 {
		last = rows[len(rows)-1].Seq
	}
	return v.tail(last, v.height)
}

// settleCursor puts the cursor onto a line that exists: its own, else the
// nearest before it in its row, else the row's place.
func (v *View) settleCursor() {
	first, last := v.lines[0].spot, v.lines[len(v.lines)-1].spot
	switch {
	case v.cur.before(first):
		v.cur = first
	case last.before(v.cur):
		v.cur = last
	default:
		best := first
		for i := range v.lines {
			if v.cur.before(v.lines[i].spot) {
				break
			}
			best = v.lines[i].spot
		}
		v.cur = best
	}
}

// index is where on screen the cursor stands, or -1.
func (v *View) index() int {
	return slices.IndexFunc(v.lines, func(l line) bool { return l.spot == v.cur })
}

// current is the cursor's line, nil if there is none.
func (v *View) current() *line {
	if i := v.index(); i >= 0 {
		return &v.lines[i]
	}
	return nil
}

// walk is the spot n lines below at, or above it where n is negative; the
// first or last line if there are not so many.
func (v *View) walk(at Spot, n int) Spot {
	dir, count := +1, n
	if n < 0 {
		dir, count = -1, -n
	}
	rows := v.Source.Rows(at.Seq, dir, count+1, v.Flat)
	if len(rows) == 0 {
		return at
	}
	if dir < 0 {
		slices.Reverse(rows)
	}
	var lines []line
	for i := range rows {
		lines = v.layout(lines, &rows[i])
	}
	here := 0
	for i := range lines {
		if !at.before(lines[i].spot) {
			here = i
		}
	}
	return lines[min(max(here+n, 0), len(lines)-1)].spot
}

// members are the records of an opened request, asked for again when the
// request has got more of them.
func (v *View) members(row *Row) []*model.Record {
	c, ok := v.recs[row.Seq]
	if !ok || c.held != row.Request.Records {
		c = memberCache{row.Request.Records, v.Source.Members(row.Seq, maxMembers)}
		v.recs[row.Seq] = c
	}
	return c.recs
}

// Forget drops what is remembered of records that the store has given up.
func (v *View) Forget(first model.Seq) {
	for k := range v.open {
		if k.Seq < first {
			delete(v.open, k)
		}
	}
	for s := range v.recs {
		if s < first {
			delete(v.recs, s)
		}
	}
	for s := range v.marks {
		if s < first {
			delete(v.marks, s)
		}
	}
}

func (v *View) marked(seq model.Seq) bool {
	_, ok := v.marks[seq]
	return ok
}

// mark is what stands in the first column of a line.
func (v *View) mark(l *line, cursor bool) (string, theme.Style) {
	g := v.line.Glyphs
	switch {
	case cursor:
		return g.Cursor, theme.Accent
	case l.spot.Line == 0 && v.marked(l.spot.Seq):
		return g.Marked, theme.Mark
	case (l.kind == fold || l.kind == record && l.opens()) && v.open[l.open]:
		return g.Opened, theme.Dim
	}
	return " ", theme.Text
}

// NextTimeStyle goes on to the next style of the time column.
func (v *View) NextTimeStyle() { v.chosen, v.style = true, (v.times()+1)%numTimeStyles }

// times is what the time column shows.
func (v *View) times() TimeStyle {
	if !v.chosen && v.Days {
		return DateTime
	}
	return v.style
}
