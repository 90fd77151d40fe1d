package logview

import (
	"strconv"
	"strings"
	"time"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// Columns, in cells. Those of a record inside a request stand one to the left
// of those of a row.
const (
	timeEnd   = 13  // the time column ends here
	glyphAt   = 14  // +, x, ~, !
	levelAt   = 16  // level or status
	nameAt    = 20  // domain or method
	methodW   = 6   //
	narrowDom = 6   // width of the domain below wideFrom
	wideDom   = 8   // and from there on
	messageAt = 17  // text below a traceback's head
	wideFrom  = 100 // cells from which the wider columns are drawn
	fullFrom  = 140 // cells from which count, id and tail are drawn
	tookEnd   = 74  // the duration ends here from fullFrom on
	countEnd  = 79
	idAt      = 81
	idW       = 8
	sourceAt  = 91
	plainSrc  = 97 // the source of a record without a request, from fullFrom on
	noteEnd   = 120
	placeEnd  = 160 // of a traceback's place behind its exception
)

// dateW is how much wider the time column is with the date.
const dateW = 11

// Draw appends the pane's rows to buf, each ended by a line feed, blank ones
// where the log is shorter than the pane.
func (v *View) Draw(buf []byte) []byte {
	return v.DrawBeside(buf, func(buf []byte, _ int) []byte { return buf })
}

// DrawBeside is Draw with something drawn on the left of each row.
func (v *View) DrawBeside(buf []byte, left func(buf []byte, y int) []byte) []byte {
	before := model.NoTime
	for i := range v.height {
		buf = left(buf, i)
		if i == 0 && len(v.lines) == 0 && v.Empty != "" {
			v.line.Begin(buf, v.width, theme.Text)
			v.line.Pad(1)
			v.line.PutMax(theme.Dim, v.Empty, v.line.Room())
			buf = v.line.End()
		}
		if i < len(v.lines) {
			l := &v.lines[i]
			buf = v.drawLine(buf, l, !v.follow && l.spot == v.cur, before)
			if l.kind == fold || l.kind == record {
				before = l.rec.Time
			}
		}
		buf = append(buf, '\n')
	}
	return buf
}

func (v *View) drawLine(buf []byte, l *line, cursor bool, before int64) []byte {
	over := theme.Text
	if cursor {
		over = theme.Cursor
	}
	c := &v.line
	c.Begin(buf, v.width, over)
	glyph, st := v.mark(l, cursor)
	c.Put(st, glyph)
	switch l.kind {
	case fold:
		v.drawTime(l.rec.Time, before)
		v.drawFold(l)
	case record:
		v.drawTime(l.rec.Time, before)
		v.drawRecord(l)
	case member:
		v.drawMember(l)
	case more, wrapped:
		col := v.messageColumn(l.kind)
		if l.kind == wrapped && l.from == 0 {
			col = v.messageColumn(record)
		}
		c.Pad(col)
		c.PutFrom(theme.Text, v.safe(l.text), v.Pan)
	default:
		v.drawTrace(l)
	}
	return c.End()
}

// shift is how far the columns stand right of where the constants say.
func (v *View) shift() int {
	switch v.times() {
	case DateTime:
		return dateW
	case NoClock:
		return 1 - timeEnd
	}
	return 0
}

func (v *View) drawTime(t, before int64) {
	c := &v.line
	if v.times() == NoClock || t == model.NoTime {
		c.Pad(timeEnd + v.shift())
		return
	}
	v.numbers = v.numbers[:0]
	if v.Delta {
		if before != model.NoTime {
			v.numbers = canvas.AppendDelta(v.numbers, t-before)
		}
		c.RightBytes(theme.Time, v.numbers, timeEnd+v.shift())
		c.Pad(timeEnd + v.shift())
		return
	}
	layout := "15:04:05.000"
	if v.times() == DateTime {
		layout = "2006-01-02 15:04:05.000"
	}
	v.numbers = time.Unix(0, t).In(v.Zone).AppendFormat(v.numbers, layout)
	c.PutBytes(theme.Time, v.numbers)
	c.Pad(timeEnd + v.shift())
}

func (v *View) domainW() int {
	if v.width >= wideFrom {
		return wideDom
	}
	return narrowDom
}

// messageColumn is where a line's text begins.
func (v *View) messageColumn(k kind) int {
	switch k {
	case member:
		return nameAt - 1 + v.domainW() + 1
	case record:
		return nameAt + v.shift() + v.domainW() + 1
	}
	return messageAt
}

// tailWidth is what the source takes from a plain record's message.
func (v *View) tailWidth() int {
	if v.LabelW == 0 {
		return 0
	}
	return v.LabelW + 2
}

func (v *View) drawRecord(l *line) {
	c, sh := &v.line, v.shift()
	if l.opens() && !v.open[l.open] {
		c.Pad(glyphAt + sh)
		c.Put(theme.Dim, c.Glyphs.Folded)
	}
	c.Pad(levelAt + sh)
	c.Put(theme.Level(l.rec.Level), l.rec.Level.Short())
	c.Pad(nameAt + sh)
	c.Fit(theme.Dim, canvas.ShortName(l.rec.Domain, v.domainW()), v.domainW())
	c.Pad(v.messageColumn(record))
	v.drawMessage(l)
}

// drawMessage is a plain record's text with its source at the right. Where it
// is closed, its exception follows the text.
func (v *View) drawMessage(l *line) {
	c := &v.line
	label := v.label(l.rec.Source)
	end, limit := v.width, v.width
	if label != "" {
		limit = v.width - len(label) - 2
		if v.LabelW > 0 {
			limit = v.width - v.LabelW - 2
		}
		end = limit + 2
		if v.width >= fullFrom && l.rec.Traceback == nil && canvas.Fits(l.text, plainSrc-2-c.At()) {
			limit, end = plainSrc-2, plainSrc
		}
	}
	text := v.safe(l.text)
	if v.Pan > 0 {
		_, _, n := c.Glyphs.PrintableString(v.room[:0], text, v.Pan)
		text = text[n:]
	}
	style := theme.Text
	if l.rec.Level >= model.Error {
		style = theme.Level(model.Error)
	}
	if l.rec.Flags&model.Marker != 0 {
		style = theme.Dim
	}
	c.PutMax(style, text, limit-c.At())
	if t := l.rec.Traceback; t != nil && !v.open[l.open] {
		if text != "" {
			c.Pad(min(c.At()+2, limit))
		}
		c.PutMax(theme.Exception, t.Type, limit-c.At())
		if t.Message != "" {
			c.PutMax(theme.Exception, ": ", limit-c.At())
			c.PutMax(theme.Exception, v.safe(firstLine(t.Message)), limit-c.At())
		}
	}
	if label != "" {
		c.Pad(end)
		c.PutMax(theme.Source(l.rec.Source), label, v.LabelW)
	}
}

func (v *View) drawMember(l *line) {
	c := &v.line
	if l.rec.Time != model.NoTime && l.from != model.NoTime {
		v.numbers = canvas.AppendDelta(v.numbers[:0], l.rec.Time-l.from)
		c.RightBytes(theme.Time, v.numbers, timeEnd-1)
	}
	c.Pad(levelAt - 1)
	c.Put(theme.Level(l.rec.Level), l.rec.Level.Short())
	c.Pad(nameAt - 1)
	c.Fit(theme.Dim, canvas.ShortName(l.rec.Domain, v.domainW()), v.domainW())
	c.Pad(v.messageColumn(member))
	c.PutFrom(theme.Text, v.safe(l.text), v.Pan)
	if l.note != "" {
		c.Pad(c.At() + 1)
		c.Put(theme.Dim, l.note)
	}
}

// drawTrace is a line of a traceback.
func (v *View) drawTrace(l *line) {
	c := &v.line
	switch l.kind {
	case exception:
		c.Pad(levelAt - 1)
		sign := c.Glyphs.Folded
		if v.open[l.open] {
			sign = c.Glyphs.Opened
		}
		c.Put(theme.Dim, sign)
		c.Pad(messageAt)
		c.PutFrom(theme.Exception, v.safe(l.text), v.Pan)
		if l.note != "" {
			c.Right(theme.Frame, l.note, min(v.width, placeEnd))
		}
		return
	case code:
		c.Pad(messageAt + 4)
		c.PutFrom(theme.Dim, v.safe(l.text), v.Pan)
		return
	}
	style := theme.Frame
	c.Pad(messageAt)
	switch l.kind {
	case libraries:
		sign := c.Glyphs.Folded
		if v.open[l.open] {
			sign = c.Glyphs.Opened
		}
		c.Put(theme.Dim, sign+" ")
		style = theme.Dim
	case library:
		c.Pad(messageAt + 4)
		style = theme.Dim
	case cause:
		style = theme.Exception
	}
	end := min(v.width, noteEnd) - 1
	limit := c.Room()
	if l.note != "" {
		limit = end - len(l.note) - 2 - c.At()
	}
	c.PutMax(style, v.safe(l.text), limit)
	if l.note != "" {
		c.Right(theme.Dim, l.note, end)
	}
}

func (v *View) label(source string) string {
	if v.LabelW == 0 || v.Label == nil {
		return ""
	}
	return v.Label(source)
}

// safe masks secrets; controls are the canvas' business.
func (v *View) safe(s string) string {
	if v.Redact == nil || s == "" {
		return s
	}
	return v.Redact(s)
}

// firstLine is s up to its first line end.
func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

// count appends a number of records: "3 rec".
func (v *View) count(n int) []byte {
	v.numbers = append(strconv.AppendInt(v.numbers[:0], int64(n), 10), " rec"...)
	return v.numbers
}
