package logview

import (
	"strconv"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// StateSign is the glyph and the look of a request's state.
func StateSign(g *theme.Glyphs, r *model.Request) (string, theme.Style) {
	switch r.State {
	case model.Failed:
		return g.Failed, theme.Failure
	case model.InFlight:
		return g.InFlight, theme.Flight
	case model.Hung:
		return g.Hung, theme.Stalled
	case model.NoStart:
		return g.NoStart, theme.Dim
	}
	if r.Records <= 1 {
		return " ", theme.Text
	}
	return g.Folded, theme.Dim
}

func (v *View) drawFold(l *line) {
	c, sh, r := &v.line, v.shift(), l.row.Request
	sign, st := StateSign(c.Glyphs, r)
	c.Pad(glyphAt + sh)
	c.Put(st, sign)
	c.Pad(levelAt + sh)
	if r.Status > 0 {
		v.numbers = strconv.AppendInt(v.numbers[:0], int64(r.Status), 10)
		c.PutBytes(theme.Status(r.Status), v.numbers)
	} else {
		c.Put(theme.Level(r.Level), r.Level.Short())
	}
	c.Pad(nameAt + sh)
	c.Fit(theme.Method, r.Method, methodW)
	c.Pad(nameAt + sh + methodW + 1)
	path := r.Path
	if path == "" {
		path = r.Name
	}
	if path == "" { // its start is not held: what its end says
		path = firstLine(l.rec.Message)
	}
	switch {
	case v.width >= fullFrom:
		v.drawFoldFull(l, path)
	case v.open[l.open]:
		v.drawOpened(r, path)
	case r.ErrorType != "" || r.ErrorMessage != "":
		v.drawFailed(r, path)
	default:
		v.drawFoldNarrow(l, path)
	}
}

// drawFoldNarrow is the path, the duration and the source.
func (v *View) drawFoldNarrow(l *line, path string) {
	c, r := &v.line, l.row.Request
	end := v.width
	if v.LabelW > 0 {
		end -= v.LabelW + 2
	}
	v.numbers = v.took(r)
	limit := end - len(v.numbers) - 1 - c.At()
	c.PutMax(theme.Path, v.safe(path), limit)
	c.RightBytes(theme.Number, v.numbers, end)
	v.drawSource(l, end+2)
}

// drawFailed gives the exception the room to the edge.
func (v *View) drawFailed(r *model.Request, path string) {
	c := &v.line
	c.PutMax(theme.Path, v.safe(path), max(c.Room()-30, 16))
	v.numbers = v.took(r)
	c.Pad(c.At() + 2)
	c.PutBytes(theme.Number, v.numbers)
	c.Pad(c.At() + 2)
	v.drawError(r)
}

func (v *View) drawError(r *model.Request) {
	c := &v.line
	c.Put(theme.Exception, r.ErrorType)
	if r.ErrorMessage != "" {
		if r.ErrorType != "" {
			c.Put(theme.Exception, ": ")
		}
		c.Put(theme.Exception, v.safe(firstLine(r.ErrorMessage)))
	}
}

// drawOpened is the head of an opened request where the room is small.
func (v *View) drawOpened(r *model.Request, path string) {
	c := &v.line
	c.PutMax(theme.Path, v.safe(path), max(c.Room()-37, 16))
	v.numbers = v.took(r)
	c.Pad(c.At() + 2)
	c.PutBytes(theme.Number, v.numbers)
	c.Pad(c.At() + 2)
	c.PutBytes(theme.Dim, v.count(r.Records))
	c.Pad(c.At() + 2)
	c.Put(theme.Dim, "id ")
	c.PutMax(theme.Dim, shortID(r.ID), idW)
	c.Pad(c.At() + 2)
	c.Put(theme.Dim, "corr ")
	c.PutMax(theme.Dim, shortID(r.CorrelationID), idW)
}

// drawFoldFull is every column, and what went wrong behind them.
func (v *View) drawFoldFull(l *line, path string) {
	c, sh, r := &v.line, v.shift(), l.row.Request
	v.numbers = v.took(r)
	limit := tookEnd + sh - len(v.numbers) - 1 - c.At()
	c.PutMax(theme.Path, v.safe(path), limit)
	c.RightBytes(theme.Number, v.numbers, tookEnd+sh)
	v.numbers = strconv.AppendInt(v.numbers[:0], int64(r.Records), 10)
	c.RightBytes(theme.Dim, v.numbers, countEnd+sh)
	c.Pad(idAt + sh)
	if r.ID != "" {
		c.PutMax(theme.Dim, shortID(r.ID), idW)
	}
	end := sourceAt + sh
	if v.LabelW > 0 {
		v.drawSource(l, end)
		end += v.LabelW + 2
	}
	c.Pad(end)
	switch {
	case v.open[l.open]:
		c.Put(theme.Dim, "corr ")
		c.Put(theme.Dim, shortID(r.CorrelationID))
		if r.Client != "" {
			c.Pad(c.At() + 3)
			c.Put(theme.Dim, "client ")
			c.Put(theme.Dim, r.Client)
		}
	case r.ErrorType != "" || r.ErrorMessage != "":
		v.drawError(r)
	case l.row.Note != "":
		c.Put(theme.Dim, v.safe(firstLine(l.row.Note)))
	}
}

// drawSource is the source at column at: the first of the request's where they
// are several, with a plus.
func (v *View) drawSource(l *line, at int) {
	if v.LabelW == 0 {
		return
	}
	c, r := &v.line, l.row.Request
	name := l.rec.Source
	if len(r.Sources) > 0 {
		name = r.Sources[0]
	}
	c.Pad(at)
	label := v.label(name)
	if len(r.Sources) > 1 && len(label) >= v.LabelW {
		label = label[:v.LabelW-1]
	}
	c.PutMax(theme.Source(name), label, v.LabelW)
	if len(r.Sources) > 1 {
		c.Put(theme.Dim, "+")
	}
}

func (v *View) took(r *model.Request) []byte {
	if r.Duration < 0 {
		return v.numbers[:0]
	}
	return canvas.AppendTook(v.numbers[:0], r.Duration)
}

// shortID is an id's first cells, "-" for none.
func shortID(id string) string {
	if id == "" {
		return "-"
	}
	if len(id) > idW {
		return id[:idW]
	}
	return id
}
