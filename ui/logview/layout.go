package logview

import (
	"strconv"
	"strings"

	"ravel/model"
	"ravel/ui/callstack"
	"ravel/ui/canvas"
)

// layout appends the lines of one row to v.scratch order: its head, and what
// is open below it.
func (v *View) layout(dst []line, row *Row) []line {
	start := len(dst)
	if row.Request == nil {
		row.Request = access(row.Record)
	}
	if row.Request != nil && v.isFold(row) {
		k := key{row.Seq, whole}
		if row.Request.Records <= 1 {
			k = key{} // nothing to open: the record is all there is
		}
		dst = append(dst, line{kind: fold, open: k, row: row, rec: row.Record})
		if v.open[k] {
			dst = v.layoutMembers(dst, row)
		}
	} else {
		dst = v.layoutRecord(dst, row, row.Record, record, 0)
	}
	for i := start; i < len(dst); i++ {
		dst[i].spot = Spot{row.Seq, i - start}
	}
	return dst
}

// isFold reports whether the row is drawn as a request: one of HTTP that says
// what was asked for. Others are drawn as the record that they are.
func (v *View) isFold(row *Row) bool {
	return row.Request.Method != "" || row.Request.Path != "" || row.Request.Records > 1
}

func (v *View) layoutMembers(dst []line, row *Row) []line {
	recs := v.members(row)
	from := row.Request.Start
	if from == model.NoTime && len(recs) > 0 {
		from = recs[0].Time
	}
	for _, r := range recs {
		dst = v.layoutRecord(dst, row, r, member, from)
	}
	return dst
}

// layoutRecord is a record's head and its further lines. A member's traceback
// shows its exception at once; a plain record keeps all to one line until it
// is opened.
func (v *View) layoutRecord(dst []line, row *Row, r *model.Record, k kind, from int64) []line {
	first, rest, _ := strings.Cut(r.Message, "\n")
	head := line{kind: k, row: row, rec: r, text: first, from: from}
	opened := v.open[key{r.Seq, body}]
	if rest != "" || k == record && r.Traceback != nil {
		head.open = key{r.Seq, body}
	}
	if k == member && rest != "" && !opened {
		head.note = "[+" + strconv.Itoa(1+strings.Count(rest, "\n")) + " lines]"
	}
	dst = append(dst, head)
	if v.Wrap {
		dst = v.wrapMessage(dst)
	}
	if opened {
		for rest != "" {
			var s string
			s, rest, _ = strings.Cut(rest, "\n")
			dst = append(dst, line{kind: more, open: head.open, row: row, rec: r, text: s})
		}
	}
	if r.Traceback != nil && (k == member || opened) {
		dst = v.layoutTraceback(dst, row, r)
	}
	return dst
}

// wrapMessage cuts the message of the last line to the screen and adds lines
// for its rest.
func (v *View) wrapMessage(dst []line) []line {
	head := &dst[len(dst)-1]
	width := v.width - v.messageColumn(head.kind)
	rest := head.text
	if head.kind == record || width < 8 {
		width -= v.tailWidth()
	}
	if width < 8 || canvas.Fits(rest, width) {
		return dst
	}
	base := *head
	cut := func() (piece string) {
		n := v.measure(rest, width)
		piece, rest = rest[:n], rest[n:]
		return piece
	}
	head.text = cut()
	width = v.width - v.messageColumn(base.kind)
	for n := 1; rest != ""; n++ {
		next := base
		next.kind, next.note = wrapped, ""
		if next.text = rest; n < maxWrapped {
			next.text = cut()
		} else {
			rest = ""
		}
		dst = append(dst, next)
	}
	return dst
}

// maxWrapped bounds how many lines one message is wrapped to; the detail shows
// the rest.
const maxWrapped = 100

// measure is how many bytes of s fill width cells, at least one.
func (v *View) measure(s string, width int) int {
	out, _, n := v.line.Glyphs.PrintableString(v.room[:0], s, width)
	v.room = out
	return max(n, 1)
}

func (v *View) layoutTraceback(dst []line, row *Row, r *model.Record) []line {
	t := r.Traceback
	k := key{r.Seq, frames}
	text := t.Type
	if t.Message != "" {
		first, _, _ := strings.Cut(t.Message, "\n")
		text += ": " + first
	}
	head := line{kind: exception, open: k, row: row, rec: r, text: text}
	if v.open[k] {
		return v.layoutFrames(append(dst, head), row, r)
	}
	loc := v.location(t)
	if v.width >= wideFrom && canvas.Fits(text, min(v.width, placeEnd)-messageAt-2-len(loc)) {
		head.note = loc
		return append(dst, head)
	}
	dst = append(dst, head)
	if loc != "" {
		dst = append(dst, line{kind: where, open: k, row: row, rec: r, text: loc})
	}
	return dst
}

// location is the innermost application frame and how many frames there are.
func (v *View) location(t *model.Traceback) string {
	if len(t.Frames) == 0 {
		return ""
	}
	s := callstack.Sort(t, v.Libraries)
	at := ""
	switch {
	case len(s.App) > 0:
		at = frameText(s.App[0], s.App[0].File, " ")
	case len(s.Lib) > 0:
		at = frameText(s.Lib[0], callstack.ShortFile(s.Lib[0].File), " ")
	}
	n, lib := len(t.Frames), callstack.LibraryCount(t, v.Libraries)
	at += "   " + plural(n, "frame")
	switch {
	case lib == n && n > 1:
		at += ", all of libraries"
	case lib > 0:
		at += ", " + strconv.Itoa(lib) + " of libraries"
	}
	return at
}

// layoutFrames is an opened traceback: the application's frames first, the
// libraries' folded into one line, each cause as one line.
func (v *View) layoutFrames(dst []line, row *Row, r *model.Record) []line {
	t := r.Traceback
	s := callstack.Sort(t, v.Libraries)
	k := key{r.Seq, frames}
	for _, f := range s.App {
		dst = append(dst, line{kind: frame, open: k, row: row, rec: r, text: frameText(f, f.File, " in ")})
		if f.Code != "" {
			dst = append(dst, line{kind: code, open: k, row: row, rec: r, text: f.Code})
		}
	}
	if len(s.Lib) > 0 {
		kl := key{r.Seq, libs}
		dst = append(dst, line{kind: libraries, open: kl, row: row, rec: r,
			text: frameText(s.Lib[0], callstack.ShortFile(s.Lib[0].File), " "), note: "library, " + plural(len(s.Lib), "frame")})
		if v.open[kl] {
			for _, f := range s.Lib {
				dst = append(dst, line{kind: library, open: kl, row: row, rec: r, text: frameText(f, callstack.ShortFile(f.File), " in ")})
			}
		}
	}
	word := "caused by: "
	if strings.Contains(t.Text, "During handling of the above") {
		word = "during: "
	}
	for i := range t.Causes {
		c := &t.Causes[i]
		text := word + c.Type
		if c.Message != "" {
			first, _, _ := strings.Cut(c.Message, "\n")
			text += ": " + first
		}
		dst = append(dst, line{kind: cause, open: k, row: row, rec: r, text: text, note: v.causeNote(t, i)})
	}
	return dst
}

// causeNote is how many frames cause i has. Where the runtime prints the
// newest call last it prints the causes first, else they follow.
func (v *View) causeNote(t *model.Traceback, i int) string {
	n := t.Causes[i].Frames
	if n == 0 {
		return ""
	}
	at := 0
	for j := range i {
		at += t.Causes[j].Frames
	}
	if !callstack.NewestLast(t) {
		for _, c := range t.Causes {
			at -= c.Frames
		}
		at += len(t.Frames)
	}
	if at < 0 || at+n > len(t.Frames) {
		return plural(n, "frame")
	}
	for j := at; j < at+n; j++ {
		if !callstack.IsLibrary(&t.Frames[j], v.Libraries) {
			return plural(n, "frame")
		}
	}
	return plural(n, "library frame")
}

func frameText(f *model.Frame, file, in string) string {
	s := file
	if f.Line > 0 {
		s += ":" + strconv.Itoa(f.Line)
	}
	if f.Function == "" {
		return s
	}
	if s == "" {
		return f.Function
	}
	return s + in + f.Function
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}
