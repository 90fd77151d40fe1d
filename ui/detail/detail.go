// Package detail is the pane that shows one record in full: every field with
// its type and aligned, JSON as a tree, the traceback frame by frame, the
// request around it with a waterfall, and the raw bytes.
package detail

import (
	"time"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// Tab is one side of the pane.
type Tab uint8

// The tabs in their order.
const (
	Fields Tab = iota
	Traceback
	Request
	Raw
	numTabs
)

var tabNames = [numTabs]string{"fields", "traceback", "request", "raw"}

// row is one line of a tab.
type row struct {
	depth int
	name  string // of a field; "" continues the row above
	text  string
	style theme.Style
	path  string // of the field in a query; "" where nothing can be asked for
	value string // of the field, whole
	fold  string // what Enter opens or closes here; "" for nothing
	bar   span   // of a waterfall
}

// span is a part of the pane's width, in thousandths.
type span struct{ from, to int }

// Pane shows a record. Its methods run on the program's event loop.
type Pane struct {
	Zone      *time.Location
	Redact    func(string) string // nil masks nothing
	Libraries []string

	rec     *model.Record
	req     *model.Request
	members []*model.Record
	tab     Tab
	cur     [numTabs]int
	top     [numTabs]int
	closed  map[string]bool // objects and arrays that are folded, by path
	libs    bool            // library frames are open
	rows    []row
	width   int
	height  int
	room    int // of a value, in cells
	stale   bool
}

// New is an empty pane.
func New() *Pane { return &Pane{Zone: time.UTC, closed: map[string]bool{}} }

// Set gives the record, and the request that it belongs to with its records if
// there is one. The pane keeps its tab and, for the same record, its cursor.
func (p *Pane) Set(rec *model.Record, req *model.Request, members []*model.Record) {
	if p.rec != nil && rec != nil && p.rec.Seq != rec.Seq {
		clear(p.cur[:])
		clear(p.top[:])
	}
	p.rec, p.req, p.members, p.stale = rec, req, members, true
	if !p.has(p.tab) {
		p.tab = Fields
	}
}

// Has reports whether the pane shows rec, and what is known of it: of what was
// previewed, nobody knew the line.
func (p *Pane) Has(rec *model.Record) bool {
	return p.rec != nil && p.rec.Seq == rec.Seq && p.rec.Line == rec.Line
}

// Uncounted reports whether the line of the record shown is not known.
func (p *Pane) Uncounted() bool { return p.rec != nil && p.rec.Line == 0 }

// has reports whether there is something on a tab.
func (p *Pane) has(t Tab) bool {
	switch t {
	case Traceback:
		return p.rec != nil && p.rec.Traceback != nil
	case Request:
		return p.req != nil || len(p.members) > 1
	}
	return true
}

// Next goes on to the next tab that has something, in direction dir.
func (p *Pane) Next(dir int) {
	for range numTabs {
		p.tab = (p.tab + numTabs + Tab(dir+int(numTabs))) % numTabs
		if p.has(p.tab) {
			break
		}
	}
	p.stale = true
}

// Show goes to a tab, if there is something on it.
func (p *Pane) Show(t Tab) {
	if p.has(t) {
		p.tab, p.stale = t, true
	}
}

// Move puts the cursor n rows down.
func (p *Pane) Move(n int) {
	p.build()
	p.cur[p.tab] = min(max(p.cur[p.tab]+n, 0), max(len(p.rows)-1, 0))
}

// Page is how many rows a page has.
func (p *Pane) Page() int { return max(p.height-2, 1) }

// Toggle opens or closes what is under the cursor; false if nothing opens.
func (p *Pane) Toggle() bool {
	r := p.current()
	if r == nil || r.fold == "" {
		return false
	}
	if r.fold == libraryFold {
		p.libs = !p.libs
	} else {
		p.closed[r.fold] = !p.closed[r.fold]
	}
	p.stale = true
	return true
}

func (p *Pane) current() *row {
	p.build()
	if i := p.cur[p.tab]; i < len(p.rows) {
		return &p.rows[i]
	}
	return nil
}

// Field is the field under the cursor and its value, for a query; false where
// there is none.
func (p *Pane) Field() (path, value string, ok bool) {
	if r := p.current(); r != nil && r.path != "" {
		return r.path, r.value, true
	}
	return "", "", false
}

// Text is what a copy takes: the value under the cursor, or the whole tab
// where there is no value.
func (p *Pane) Text() string {
	if r := p.current(); r != nil && r.path != "" {
		return r.value
	}
	p.build()
	text := ""
	for i := range p.rows {
		if p.rows[i].name != "" {
			text += p.rows[i].name + ": "
		}
		text += p.rows[i].text + "\n"
	}
	return text
}

// build makes the rows of the tab anew if anything has changed.
func (p *Pane) build() {
	if !p.stale {
		return
	}
	p.stale = false
	p.rows = p.rows[:0]
	if p.rec == nil {
		return
	}
	switch p.tab {
	case Fields:
		p.buildFields()
	case Traceback:
		p.buildTraceback()
	case Request:
		p.buildRequest()
	case Raw:
		p.buildRaw()
	}
	p.cur[p.tab] = min(p.cur[p.tab], max(len(p.rows)-1, 0))
}

// Draw appends the pane to buf: a rule with the tabs, then the rows. focused
// says that the pane has the keys.
func (p *Pane) Draw(c *canvas.Line, buf []byte, width, height int, focused bool) []byte {
	if width != p.width {
		p.width, p.stale = width, true
	}
	p.height = height
	if height <= 0 {
		return buf
	}
	p.build()
	buf = append(p.drawTabs(c, buf, focused), '\n')
	room := height - 1
	cur, top := p.cur[p.tab], &p.top[p.tab]
	*top = max(min(max(*top, cur-room+1), max(len(p.rows)-room, 0)), 0)
	*top = min(*top, cur)
	nameW := p.nameWidth()
	for y := range room {
		if i := *top + y; i < len(p.rows) {
			buf = p.drawRow(c, buf, i, focused && i == cur, nameW)
		}
		buf = append(buf, '\n')
	}
	return buf
}

func (p *Pane) drawTabs(c *canvas.Line, buf []byte, focused bool) []byte {
	c.Begin(buf, p.width, theme.Text)
	c.Put(theme.Dim, c.Glyphs.Rule+c.Glyphs.Rule+" ")
	for t := range numTabs {
		if !p.has(t) {
			continue
		}
		switch {
		case t == p.tab && focused:
			c.Put(theme.Accent, "["+tabNames[t]+"]")
		case t == p.tab:
			c.Put(theme.Text, "["+tabNames[t]+"]")
		default:
			c.Put(theme.Dim, " "+tabNames[t]+" ")
		}
		c.Put(theme.Dim, " ")
	}
	for c.Room() > 0 {
		c.Put(theme.Dim, c.Glyphs.Rule)
	}
	return c.End()
}

// Widths of the name column, in cells.
const (
	nameMin = 10
	nameMax = 28
)

func (p *Pane) nameWidth() int {
	w := nameMin
	for i := range p.rows {
		w = max(w, 2*p.rows[i].depth+canvas.Width(p.rows[i].name))
	}
	return min(w, nameMax)
}

func (p *Pane) drawRow(c *canvas.Line, buf []byte, i int, cursor bool, nameW int) []byte {
	r := &p.rows[i]
	over, mark := theme.Text, " "
	if cursor {
		over, mark = theme.Cursor, c.Glyphs.Cursor
	}
	c.Begin(buf, p.width, over)
	c.Put(theme.Accent, mark)
	if p.tab == Fields || r.name != "" {
		c.Pad(1 + 2*r.depth)
		c.PutMax(theme.Key, r.name, max(nameW-2*r.depth, 4))
		c.Pad(nameW + 3)
	} else {
		c.Pad(1 + 2*r.depth)
	}
	if r.bar.to > 0 {
		p.drawBar(c, r.bar)
	}
	c.Put(r.style, r.text)
	return c.End()
}

// barWidth is how wide the waterfall is, in cells.
const barWidth = 24

func (p *Pane) drawBar(c *canvas.Line, s span) {
	from, to := s.from*barWidth/1000, max(s.to*barWidth/1000, s.from*barWidth/1000+1)
	start := c.At()
	c.Pad(start + min(from, barWidth-1))
	for range min(to, barWidth) - min(from, barWidth-1) {
		c.Put(theme.Number, c.Glyphs.Bar)
	}
	c.Pad(start + barWidth + 1)
}

func (p *Pane) safe(s string) string {
	if p.Redact == nil || s == "" {
		return s
	}
	return p.Redact(s)
}
