// Package canvas builds rows of the screen: runs of styled cells appended to
// one buffer, sanitised, cut to the width and without an allocation a row. It
// draws words; what they say is up to the panes.
package canvas

import (
	"strings"

	"ravel/theme"
)

// Pen is how rows look: the palette and the character set.
type Pen struct {
	Theme  *theme.Theme
	Glyphs *theme.Glyphs
}

// Line is one row being built. Begin starts it, End closes it; between them
// each Put goes behind what stands there. Its methods allocate only to grow
// their buffers, which it keeps. A Line belongs to one goroutine.
type Line struct {
	Pen
	buf       []byte
	scratch   []byte
	at, width int
	over      string  // laid over every run: the cursor's row
	find      *Finder // what to highlight, nil for nothing
}

// Begin starts a row of width cells behind what buf holds. over is laid over
// the whole row; theme.Text lays nothing.
func (l *Line) Begin(buf []byte, width int, over theme.Style) {
	l.buf, l.at, l.width, l.over = buf, 0, max(width, 0), ""
	if over != theme.Text {
		l.over = l.Theme.SGR(over)
	}
}

// Find highlights what f matches in the text of the rows to come; nil ends it.
func (l *Line) Find(f *Finder) { l.find = f }

// At is the next free column.
func (l *Line) At() int { return l.at }

// Room is how many cells are left.
func (l *Line) Room() int { return l.width - l.at }

// End closes the row and returns the buffer. A row with something laid over it
// is filled up to its width.
func (l *Line) End() []byte {
	if l.over != "" {
		l.Pad(l.width)
	}
	return l.buf
}

// Put draws s, sanitised, in what room is left; a cut shows the sign for it.
func (l *Line) Put(st theme.Style, s string) { l.PutMax(st, s, l.Room()) }

// PutMax draws s in at most limit cells.
func (l *Line) PutMax(st theme.Style, s string, limit int) {
	limit = min(limit, l.Room())
	if limit <= 0 || s == "" {
		return
	}
	out, cells, n := l.Glyphs.PrintableString(l.scratch[:0], s, limit)
	if n < len(s) {
		out, cells, _ = l.Glyphs.PrintableString(l.scratch[:0], s, limit-1)
		out = append(out, l.Glyphs.More...)
		cells++
	}
	l.scratch = out
	l.run(st, out, cells)
}

// Fit draws s in exactly cells cells: cut, or filled up with spaces.
func (l *Line) Fit(st theme.Style, s string, cells int) {
	end := l.at + cells
	l.PutMax(st, s, cells)
	l.Pad(end)
}

// Right draws s so that it ends before column end; if it is too long, it
// begins where the row stands.
func (l *Line) Right(st theme.Style, s string, end int) {
	l.Pad(end - Width(s))
	l.Put(st, s)
}

// PutBytes draws bytes that the program itself made: printable ASCII.
func (l *Line) PutBytes(st theme.Style, b []byte) {
	if n := l.Room(); len(b) > n {
		b = b[:n]
	}
	if len(b) > 0 {
		l.run(st, b, len(b))
	}
}

// RightBytes is Right for PutBytes.
func (l *Line) RightBytes(st theme.Style, b []byte, end int) {
	l.Pad(end - len(b))
	l.PutBytes(st, b)
}

// PutFrom draws s from cell skip on: what panning shows.
func (l *Line) PutFrom(st theme.Style, s string, skip int) {
	if skip > 0 {
		_, _, n := l.Glyphs.PrintableString(l.scratch[:0], s, skip)
		s = s[n:]
	}
	l.Put(st, s)
}

// Pad fills up to column col with spaces; it does nothing beyond.
func (l *Line) Pad(col int) {
	n := min(col, l.width) - l.at
	if n <= 0 {
		return
	}
	l.buf = append(l.buf, l.over...)
	for range n {
		l.buf = append(l.buf, ' ')
	}
	if l.over != "" {
		l.buf = append(l.buf, theme.Reset...)
	}
	l.at += n
}

// run appends one styled run of drawable text, highlighted where it matches.
func (l *Line) run(st theme.Style, text []byte, cells int) {
	sgr := l.Theme.SGR(st)
	if l.find != nil {
		for from := 0; ; {
			start, end := l.find.next(text, from)
			if start < 0 {
				text = text[from:]
				break
			}
			l.span(sgr, text[from:start])
			l.span(l.Theme.SGR(theme.Match), text[start:end])
			from = end
		}
	}
	l.span(sgr, text)
	l.at += cells
}

func (l *Line) span(sgr string, text []byte) {
	if len(text) == 0 {
		return
	}
	l.buf = append(l.buf, sgr...)
	l.buf = append(l.buf, l.over...)
	l.buf = append(l.buf, text...)
	if sgr != "" || l.over != "" {
		l.buf = append(l.buf, theme.Reset...)
	}
}

// Width is how many cells the drawable form of s takes.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			var room [64]byte
			cells := 0
			for s != "" {
				_, c, n := theme.Printable(room[:0], s, 12)
				if n == 0 {
					break
				}
				cells, s = cells+c, s[n:]
			}
			return cells
		}
	}
	return len(s)
}

// Fits reports whether s takes no more than cells cells. It looks at little
// more of s than that, however long s is.
func Fits(s string, cells int) bool {
	const bytesPerCell = 16 // a wide letter with all its marks
	return len(s) <= bytesPerCell*max(cells, 1) && Width(s) <= cells
}

// ShortName is a logger's name for a column: the end of a dotted name says
// more than its beginning. It allocates nothing.
func ShortName(name string, width int) string {
	if len(name) <= width {
		return name
	}
	for i := range len(name) - 1 {
		if name[i] == '.' && len(name)-i-1 <= width {
			return name[i+1:]
		}
	}
	return name[strings.LastIndexByte(strings.TrimSuffix(name, "."), '.')+1:]
}
