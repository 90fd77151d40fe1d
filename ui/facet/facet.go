// Package facet draws one facet: the values of a field with how many records
// have each under the query, as a strip of one row or as a pane in which a
// value is looked for and toggled. What a toggle means is up to the screen.
package facet

import (
	"strings"

	"github.com/sahilm/fuzzy"

	"ravel/theme"
	"ravel/ui/canvas"
)

// Count is one value of a facet.
type Count struct {
	Value string
	N     uint64
}

// Value is a Count with whether the query lets it through.
type Value struct {
	Count
	On    bool
	Label string // drawn in place of the value, if set
}

func (v *Value) label() string {
	if v.Label != "" {
		return v.Label
	}
	return v.Value
}

// Pane is one facet opened beside the log. It keeps its cursor on a value, not
// on a row, so that live counts do not move it.
type Pane struct {
	Field  string
	Title  string
	Pinned bool

	all    []Value
	seen   []Value // those that the search leaves
	find   string
	cursor string
	top    int
	height int
}

// New is a pane for a field.
func New(field, title string) *Pane { return &Pane{Field: field, Title: title} }

// Set gives the values, most frequent first.
func (p *Pane) Set(values []Value) {
	p.all = values
	p.sift()
}

// Find keeps the values that hold the letters of text in their order; "" keeps
// all.
func (p *Pane) Find(text string) {
	p.find = text
	p.sift()
	if len(p.seen) > 0 && text != "" {
		p.cursor = p.seen[0].Value
	}
}

func (p *Pane) sift() {
	p.seen = p.all
	if p.find == "" {
		return
	}
	labels := make([]string, len(p.all))
	for i := range p.all {
		labels[i] = p.all[i].label()
	}
	p.seen = nil
	for _, i := range Match(p.find, labels) {
		p.seen = append(p.seen, p.all[i])
	}
}

// index is the row of the cursor.
func (p *Pane) index() int {
	for i := range p.seen {
		if p.seen[i].Value == p.cursor {
			return i
		}
	}
	return 0
}

// Move puts the cursor n rows down.
func (p *Pane) Move(n int) {
	if len(p.seen) > 0 {
		p.cursor = p.seen[min(max(p.index()+n, 0), len(p.seen)-1)].Value
	}
}

// Click puts the cursor onto line y of the pane; true if it stood there.
func (p *Pane) Click(y int) bool {
	i := p.top + y - 1
	if y < 1 || i >= len(p.seen) {
		return false
	}
	there := i == p.index()
	p.cursor = p.seen[i].Value
	return there
}

// Current is the value under the cursor; false if there is none.
func (p *Pane) Current() (Value, bool) {
	if len(p.seen) == 0 {
		return Value{}, false
	}
	return p.seen[p.index()], true
}

// Draw appends the pane's rows, each filled up to width, to rows.
func (p *Pane) Draw(c *canvas.Line, width, height int, rows [][]byte) [][]byte {
	p.height = height
	line := func(draw func()) {
		c.Begin(nil, width, theme.Text)
		draw()
		c.Pad(width)
		rows = append(rows, c.End())
	}
	line(func() {
		title := p.Title
		if p.find != "" {
			title += "  ~" + p.find
		}
		if p.Pinned {
			title += "  pinned"
		}
		c.Put(theme.Title, title)
	})
	at, room := p.index(), max(height-1, 1)
	p.top = min(max(p.top, at-room+1), at)
	for i := range height - 1 {
		i += p.top
		if i >= len(p.seen) {
			line(func() {})
			continue
		}
		over := theme.Text
		if i == at {
			over = theme.Cursor
		}
		c.Begin(nil, width, over)
		p.drawValue(c, &p.seen[i], i == at, width)
		c.Pad(width)
		rows = append(rows, c.End())
	}
	return rows
}

func (p *Pane) drawValue(c *canvas.Line, v *Value, here bool, width int) {
	mark := " "
	if here {
		mark = c.Glyphs.Cursor
	}
	c.Put(theme.Accent, mark)
	on, st := sign(c, v)
	n := canvas.Count(v.N)
	c.Put(st, on)
	c.PutMax(st, v.label(), width-len(n)-4)
	c.Right(theme.Number, n, width-1)
}

// DrawStrip draws the facet as one run of a row: its title, then the values
// that fit before column end, then how many more there are.
func DrawStrip(c *canvas.Line, title string, titleW, gap, end int, vs []Value) {
	c.Put(theme.Accent, title)
	start := c.At() - canvas.Width(title) + titleW
	c.Pad(max(start, c.At()+1))
	for i := range vs {
		v := &vs[i]
		n := canvas.Count(v.N)
		need := 2 + canvas.Width(v.label()) + len(n)
		rest := 0
		if i < len(vs)-1 {
			rest = gap + len("+99")
		}
		lead := gap
		if i == 0 {
			lead = 0
		}
		if i == 0 && need+rest > end-c.At() && end-c.At() > len(n)+8 {
			on, st := sign(c, v)
			c.PutMax(st, on+v.label(), end-c.At()-len(n)-1-rest)
			c.Put(theme.Number, " "+n)
			continue
		}
		if c.At()+lead+need+rest > end {
			if c.At()+gap+3 <= end+1 {
				c.Pad(c.At() + gap)
				c.Put(theme.Dim, "+"+canvas.Count(uint64(len(vs)-i)))
			}
			return
		}
		c.Pad(c.At() + lead)
		on, st := sign(c, v)
		c.Put(st, on+v.label()+" ")
		c.Put(theme.Number, n)
	}
}

// sign says whether the query lets a value through.
func sign(c *canvas.Line, v *Value) (string, theme.Style) {
	if v.On {
		return c.Glyphs.On, theme.Text
	}
	return c.Glyphs.Off, theme.Dim
}

// Match is which of the texts hold the letters of find in their order: those
// that hold find itself first, in the order given, then the best; all of them
// if find is blank.
func Match(find string, texts []string) []int {
	if strings.TrimSpace(find) == "" {
		out := make([]int, len(texts))
		for i := range texts {
			out[i] = i
		}
		return out
	}
	var out, loose []int
	want := strings.ToLower(strings.TrimSpace(find))
	for i, t := range texts {
		if strings.Contains(strings.ToLower(t), want) {
			out = append(out, i)
		}
	}
	for _, m := range fuzzy.Find(find, texts) {
		if !strings.Contains(strings.ToLower(texts[m.Index]), want) {
			loose = append(loose, m.Index)
		}
	}
	return append(out, loose...)
}
