// Package grid is the table pane: the answer of a piped query in aligned
// columns, with a cursor and a sort order that live results do not disturb.
package grid

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ravel/theme"
	"ravel/ui/canvas"
)

// Table is a piped query's answer. Rows hold text as printed; Num marks the
// columns to align right; Open is the filter that finds row i's records, ""
// if there is none.
type Table struct {
	Columns []string
	Num     []bool
	Rows    [][]string
	Open    []string
	Note    string
	Main    string // in place of the pane's; "" that
}

// Pane shows a Table.
type Pane struct {
	Title string
	Main  string                   // the column that rows are read for: it keeps room where that is short
	Spare []string                 // columns that may be left out for it, the first of them first
	Show  func(cell string) string // how a cell is drawn; nil: as it is

	table   Table
	order   []int // rows as shown
	sort    int   // column, -1 for the order of the answer
	reverse bool
	cur     int // index into order
	top     int
	height  int
	widths  []int
	same    []bool // columns with one value in all rows
}

// New is an empty pane.
func New(title string) *Pane { return &Pane{Title: title, sort: -1} }

// Set gives the answer. The cursor stays on its row's first cells, if they are
// still there.
func (p *Pane) Set(t Table) {
	before := ""
	if p.cur < len(p.order) {
		before = p.key(p.order[p.cur])
	}
	p.table = t
	if p.sort >= len(t.Columns) {
		p.sort = -1
	}
	p.arrange()
	for i, r := range p.order {
		if before != "" && p.key(r) == before {
			p.cur = i
			break
		}
	}
	p.cur = min(max(p.cur, 0), max(len(p.order)-1, 0))
	p.measure()
	p.findSame()
}

// key is what a row is known by when its figures change: its cells of text.
func (p *Pane) key(row int) string {
	var b strings.Builder
	for i, cell := range p.table.Rows[row] {
		if !p.isNum(i) {
			b.WriteString(cell)
			b.WriteByte(0)
		}
	}
	return b.String()
}

// arrange sorts the rows.
func (p *Pane) arrange() {
	p.order = p.order[:0]
	for i := range p.table.Rows {
		p.order = append(p.order, i)
	}
	if p.reverse {
		slices.Reverse(p.order)
	}
	if p.sort < 0 {
		return
	}
	slices.SortStableFunc(p.order, func(i, j int) int {
		a, b := p.cell(i, p.sort), p.cell(j, p.sort)
		switch {
		case a == "" || b == "": // what has none stands last, either way
			return strings.Compare(b, a)
		case p.reverse:
			return compare(b, a)
		}
		return compare(a, b)
	})
}

func (p *Pane) cell(row, col int) string {
	if r := p.table.Rows[row]; col < len(r) {
		return r[col]
	}
	return ""
}

func (p *Pane) shown(cell string) string {
	if p.Show == nil {
		return cell
	}
	return p.Show(cell)
}

// compare orders cells as figures where both are some, with units as the
// screen writes them, else as text.
func compare(a, b string) int {
	x, okA := figure(a)
	y, okB := figure(b)
	switch {
	case okA && okB:
		return cmp.Compare(x, y)
	case okA:
		return 1
	case okB:
		return -1
	}
	return strings.Compare(a, b)
}

// units are what figures may end with.
var units = map[string]float64{"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "%": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

func figure(s string) (float64, bool) {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return f, true
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d.Seconds(), true
	}
	i := strings.LastIndexAny(s, "0123456789.")
	if i < 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(s[:i+1], 64)
	unit, ok := units[s[i+1:]]
	return f * unit, err == nil && ok
}

// Sort goes on to the next column, figures from the greatest down.
func (p *Pane) Sort() {
	p.sort++
	if p.sort >= len(p.table.Columns) {
		p.sort = -1
	}
	p.reverse = p.sort >= 0 && p.isNum(p.sort)
	p.arrange()
}

// Reverse turns the order round.
func (p *Pane) Reverse() {
	p.reverse = !p.reverse
	p.arrange()
}

// Move puts the cursor n rows down.
func (p *Pane) Move(n int) { p.cur = min(max(p.cur+n, 0), max(len(p.order)-1, 0)) }

// heading is how many lines stand above the rows.
const heading = 2

// Click puts the cursor onto line y of the pane; true if it stood there.
func (p *Pane) Click(y int) bool {
	i := p.top + y - heading
	if y < heading || i >= len(p.order) {
		return false
	}
	there := i == p.cur
	p.cur = i
	return there
}

// Page is how many rows a page has.
func (p *Pane) Page() int { return max(p.height-2, 1) }

// Open is the filter that finds the current row's records, "" if there is
// none.
func (p *Pane) Open() string {
	if p.cur >= len(p.order) || p.order[p.cur] >= len(p.table.Open) {
		return ""
	}
	return p.table.Open[p.order[p.cur]]
}

// Row is the current row's cells.
func (p *Pane) Row() []string {
	if p.cur >= len(p.order) {
		return nil
	}
	return p.table.Rows[p.order[p.cur]]
}

// Text is the whole table as aligned text, for copies.
func (p *Pane) Text() string {
	var b strings.Builder
	put := func(cells []string) {
		for i, w := range p.widths {
			cell := ""
			if i < len(cells) {
				cell = p.shown(cells[i])
			}
			pad := strings.Repeat(" ", max(w-canvas.Width(cell), 0))
			switch {
			case p.isNum(i):
				b.WriteString(pad + cell)
			case i < len(p.widths)-1:
				b.WriteString(cell + pad)
			default:
				b.WriteString(cell)
			}
			if i < len(p.widths)-1 {
				b.WriteString("  ")
			}
		}
		b.WriteByte('\n')
	}
	put(p.table.Columns)
	for _, r := range p.order {
		put(p.table.Rows[r])
	}
	return b.String()
}

// findSame finds the columns that hold the same in every row.
func (p *Pane) findSame() {
	p.same = make([]bool, len(p.table.Columns))
	for col := range p.same {
		p.same[col] = len(p.table.Rows) > 1
		for row := range p.table.Rows {
			if p.cell(row, col) != p.cell(0, col) {
				p.same[col] = false
				break
			}
		}
	}
}

// measureRows bounds how many rows the widths are taken from.
const measureRows = 500

// measure finds the columns' widths.
func (p *Pane) measure() {
	p.widths = make([]int, len(p.table.Columns))
	for i, name := range p.table.Columns {
		p.widths[i] = canvas.Width(name) + 1
	}
	for _, r := range p.table.Rows[:min(len(p.table.Rows), measureRows)] {
		for i := range min(len(r), len(p.widths)) {
			p.widths[i] = max(p.widths[i], canvas.Width(p.shown(r[i])))
		}
	}
}

// hidden is the width of a column that is left out.
const hidden = -1

// Draw appends the pane to buf: a title, the columns' names, the rows.
func (p *Pane) Draw(c *canvas.Line, buf []byte, width, height int) []byte {
	p.height = height
	if height <= 0 {
		return buf
	}
	w := p.fit(width)
	c.Begin(buf, width, theme.Text)
	c.Put(theme.Title, p.Title)
	rows := " rows"
	if len(p.order) == 1 {
		rows = " row"
	}
	c.Put(theme.Dim, "  "+strconv.Itoa(len(p.order))+rows)
	if p.table.Note != "" {
		c.Put(theme.Dim, "  "+p.table.Note)
	}
	p.drawHidden(c, w)
	buf = append(c.End(), '\n')
	if height == 1 {
		return buf
	}
	c.Begin(buf, width, theme.Text)
	c.Pad(1)
	for i, name := range p.table.Columns {
		st := theme.Key
		if i == p.sort {
			st = theme.Accent
			name += map[bool]string{false: "^", true: "v"}[p.reverse]
		}
		p.put(c, st, name, i, w)
	}
	buf = append(c.End(), '\n')
	room := height - heading
	p.top = min(max(p.top, p.cur-room+1, 0), p.cur)
	for y := range room {
		if i := p.top + y; i < len(p.order) {
			buf = p.drawRow(c, buf, width, i, w)
		}
		buf = append(buf, '\n')
	}
	return buf
}

// drawHidden names the columns that are left out.
func (p *Pane) drawHidden(c *canvas.Line, w []int) {
	without := ""
	for i := range w {
		switch {
		case w[i] != hidden:
		case !p.same[i]:
			without += " " + p.table.Columns[i]
		case p.cell(0, i) != "":
			c.Put(theme.Dim, "  all "+p.table.Columns[i]+"="+p.shown(p.cell(0, i)))
		}
	}
	if without != "" {
		c.Put(theme.Dim, "  without"+without)
	}
}

func (p *Pane) drawRow(c *canvas.Line, buf []byte, width, i int, w []int) []byte {
	over, mark := theme.Text, " "
	if i == p.cur {
		over, mark = theme.Cursor, c.Glyphs.Cursor
	}
	c.Begin(buf, width, over)
	c.Put(theme.Accent, mark)
	for col, cell := range p.table.Rows[p.order[i]] {
		if col >= len(w) {
			break
		}
		st := theme.Text
		if p.isNum(col) {
			st = theme.Number
		}
		p.put(c, st, p.shown(cell), col, w)
	}
	return c.End()
}

// put draws one cell in its column.
func (p *Pane) put(c *canvas.Line, st theme.Style, text string, col int, w []int) {
	if w[col] == hidden {
		return
	}
	end := c.At() + w[col]
	if p.isNum(col) {
		c.Pad(end - canvas.Width(text))
	}
	c.PutMax(st, text, max(end-c.At(), 0))
	if col < len(w)-1 {
		c.Pad(end + 2)
	}
}
