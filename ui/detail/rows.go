package detail

import (
	"iter"
	"strconv"
	"strings"
	"time"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/callstack"
	"ravel/ui/canvas"
)

// libraryFold is what opens the library frames.
const libraryFold = "\x00libraries"

// stampLayout is a time in full.
const stampLayout = "2006-01-02T15:04:05.000000000Z07:00"

// add appends a field whose value may take several rows: one for each of its
// lines, and as many as a long line needs.
func (p *Pane) add(r row) {
	path, value := r.path, r.value
	for text := range strings.SplitSeq(p.safe(r.text), "\n") {
		for piece := range pieces(text, p.room) {
			r.text = piece
			p.rows = append(p.rows, r)
			r = row{depth: r.depth, style: r.style, path: path, value: value}
		}
	}
}

// pieces are a line's parts that fit into room cells, at least one.
func pieces(text string, room int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for !canvas.Fits(text, room) {
			n := breakAt(text, room)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
		yield(text)
	}
}

// breakAt is how many bytes of text stand on one row of room cells: up to a
// space, if there is one in the second half.
func breakAt(text string, room int) int {
	_, _, n := theme.Printable(nil, text, room)
	if i := strings.LastIndexByte(text[:n], ' '); i > n/2 {
		return i + 1
	}
	return max(n, 1)
}

func (p *Pane) column(name, value string, style theme.Style) {
	if value != "" {
		p.add(row{name: name, text: value, style: style, path: name, value: p.safe(value)})
	}
}

// roomMin is the least room that values are broken to, in cells.
const roomMin = 20

// buildFields fills the tab twice: the names' width, which the first time
// shows, says how much room the values have.
func (p *Pane) buildFields() {
	p.room = 1 << 30
	p.fillFields()
	p.room = max(p.width-p.nameWidth()-4, roomMin)
	p.rows = p.rows[:0]
	p.fillFields()
}

// fillFields is the record's columns, then its fields as a tree.
func (p *Pane) fillFields() {
	r := p.rec
	if r.Time != model.NoTime {
		p.column("ts", time.Unix(0, r.Time).In(p.Zone).Format(stampLayout), theme.Time)
	}
	p.column("level", r.Level.String(), theme.Level(r.Level))
	p.column("domain", r.Domain, theme.Word)
	p.column("source", r.Source, theme.Source(r.Source))
	p.column("request_id", r.RequestID, theme.Word)
	p.column("correlation_id", r.CorrelationID, theme.Word)
	p.column("message", r.Message, theme.Text)
	if t := r.Traceback; t != nil {
		p.add(row{name: "traceback", text: join(t.Type, t.Message), style: theme.Exception, path: "traceback.type", value: t.Type})
	}
	for i := range r.Fields {
		p.field(&r.Fields[i])
	}
	where := "line not counted yet"
	if r.Line > 0 {
		where = "line " + strconv.FormatUint(uint64(r.Line), 10)
	}
	if r.Lines > 1 {
		where += ", " + strconv.Itoa(r.Lines) + " lines"
	}
	p.add(row{name: "record", text: strconv.FormatUint(uint64(r.Seq), 10) + ", " + where + ", " + strconv.Itoa(len(r.Raw)) + " bytes", style: theme.Dim})
	if r.Format != "" {
		p.add(row{name: "format", text: r.Format, style: theme.Dim})
	}
	if r.Flags&model.Cut != 0 {
		p.add(row{name: "cut", text: "the line cap cut bytes from this record", style: theme.Stalled})
	}
}

// field is one field; objects and arrays have their members below them.
func (p *Pane) field(f *model.Field) {
	path := f.Name
	if ownName[path] {
		path = "fields." + path
	}
	p.value(f.Name, f.Value, 0, path, path)
}

// ownName are the names that mean the record's own field in a query.
var ownName = map[string]bool{
	"seq": true, "source": true, "line": true, "lines": true, "ts": true, "level": true, "domain": true,
	"request_id": true, "correlation_id": true, "message": true, "traceback": true, "raw": true, "format": true, "template": true, "path_template": true, "duration": true,
}

// value is a value and what is in it. A query knows it by path: what stands in
// an array by the array's, of which a test holds if it does for a value in it.
// Folds know it by id.
func (p *Pane) value(name string, v model.Value, depth int, path, id string) {
	n := len(v.Items) + len(v.Keys)
	if v.Kind != model.Array && v.Kind != model.Object {
		text, style := scalar(v)
		p.add(row{depth: depth, name: name, text: text, style: style, path: path, value: p.safe(v.Str)})
		return
	}
	text := "{" + strconv.Itoa(n) + "}"
	if v.Kind == model.Array {
		text = "[" + strconv.Itoa(n) + "]"
	}
	if p.closed[id] {
		text += " ..."
	}
	p.rows = append(p.rows, row{depth: depth, name: name, text: text, style: theme.Dim, fold: id})
	if p.closed[id] {
		return
	}
	for i := range v.Items {
		p.value(strconv.Itoa(i), v.Items[i], depth+1, path, id+"."+strconv.Itoa(i))
	}
	for i := range v.Keys {
		name, inside := v.Keys[i].Name, path+"."+v.Keys[i].Name
		if path != id { // in an array
			inside = path
		}
		p.value(name, v.Keys[i].Value, depth+1, inside, id+"."+name)
	}
}

// scalar is how a value is drawn: each type looks its own, and text that could
// be taken for another type is quoted.
func scalar(v model.Value) (string, theme.Style) {
	switch v.Kind {
	case model.Null:
		return "null", theme.Literal
	case model.Bool:
		return v.Str, theme.Literal
	case model.Number:
		return v.Str, theme.Number
	}
	if _, err := strconv.ParseFloat(v.Str, 64); err == nil || v.Str == "" || v.Str == "null" || v.Str == "true" || v.Str == "false" {
		return strconv.Quote(v.Str), theme.Word
	}
	return v.Str, theme.Word
}

func join(kind, message string) string {
	if message == "" {
		return kind
	}
	return kind + ": " + message
}

// buildTraceback is the exception, the application's frames, the libraries'
// folded, and the causes as a chain.
func (p *Pane) buildTraceback() {
	t := p.rec.Traceback
	p.line(0, join(t.Type, t.Message), theme.Exception)
	if len(t.Frames) == 0 {
		p.line(1, t.Text, theme.Text)
		return
	}
	s := callstack.Sort(t, p.Libraries)
	for _, f := range s.App {
		p.frame(f, theme.Frame)
	}
	if n := len(s.Lib); n > 0 {
		word := " library frames"
		if n == 1 {
			word = " library frame"
		}
		p.rows = append(p.rows, row{depth: 1, text: strconv.Itoa(n) + word, style: theme.Dim, fold: libraryFold})
		if p.libs {
			for _, f := range s.Lib {
				p.frame(f, theme.Dim)
			}
		}
	}
	for i := range t.Causes {
		p.line(0, "from "+join(t.Causes[i].Type, t.Causes[i].Message), theme.Exception)
	}
	if t.Text != "" {
		p.line(0, "", theme.Text)
		p.line(0, t.Text, theme.Dim)
	}
}

func (p *Pane) frame(f *model.Frame, style theme.Style) {
	at := f.File
	if f.Line > 0 {
		at += ":" + strconv.Itoa(f.Line)
	}
	if f.Function != "" {
		at += " in " + f.Function
	}
	p.line(1, at, style)
	if f.Code != "" {
		p.line(3, f.Code, theme.Dim)
	}
}

// line appends text without a name, each of its lines in as many rows as it
// needs.
func (p *Pane) line(depth int, text string, style theme.Style) {
	for s := range strings.SplitSeq(p.safe(strings.TrimRight(text, "\n")), "\n") {
		for piece := range pieces(s, max(p.width-1-2*depth, roomMin)) {
			p.rows = append(p.rows, row{depth: depth, text: piece, style: style})
		}
	}
}

// buildRequest is what the request came to, then its records with how long
// after its start each came and where that stands in the whole.
func (p *Pane) buildRequest() {
	if r := p.req; r != nil {
		p.buildSummary(r)
	}
	if len(p.members) == 0 {
		return
	}
	from, to := extent(p.members)
	for i, m := range p.members {
		next := to
		if i+1 < len(p.members) && p.members[i+1].Time != model.NoTime {
			next = p.members[i+1].Time
		}
		first, _, _ := strings.Cut(m.Message, "\n")
		r := row{text: m.Level.Short() + " " + first, style: theme.Text}
		if m.Level >= model.Error {
			r.style = theme.Level(m.Level)
		}
		if m.Traceback != nil {
			r.text += "  " + join(m.Traceback.Type, m.Traceback.Message)
		}
		r.text = p.safe(r.text)
		if m.Time != model.NoTime {
			r.name = string(canvas.AppendDelta(nil, m.Time-from))
			if to > from {
				r.bar = span{int((m.Time - from) * 1000 / (to - from)), max(int((next-from)*1000/(to-from)), 1)}
			}
		}
		p.rows = append(p.rows, r)
	}
}

func (p *Pane) buildSummary(r *model.Request) {
	what := strings.TrimSpace(r.Method + " " + r.Path + r.Name)
	if r.Status > 0 {
		what += "  " + strconv.Itoa(r.Status)
	}
	p.rows = append(p.rows, row{name: r.State.String(), text: p.safe(what), style: theme.Path})
	text := strconv.Itoa(r.Records) + " records"
	if r.Records == 1 {
		text = "1 record"
	}
	if r.Duration >= 0 {
		text = canvas.Took(r.Duration) + ", " + text
	}
	if r.Client != "" {
		text += ", client " + r.Client
	}
	if r.Evicted > 0 {
		text += ", " + strconv.Itoa(r.Evicted) + " of them evicted"
	}
	p.rows = append(p.rows, row{name: "took", text: text, style: theme.Number})
	if r.ErrorType != "" {
		p.rows = append(p.rows, row{name: "error", text: p.safe(join(r.ErrorType, r.ErrorMessage)), style: theme.Exception})
	}
	if r.ID != "" {
		p.rows = append(p.rows, row{name: "request_id", text: r.ID, style: theme.Word, path: "request_id", value: r.ID})
	}
	if r.CorrelationID != "" {
		p.rows = append(p.rows, row{name: "correlation_id", text: r.CorrelationID, style: theme.Word, path: "correlation_id", value: r.CorrelationID})
	}
}

// extent is the earliest and the latest stamp of the records.
func extent(recs []*model.Record) (from, to int64) {
	from, to = 1<<63-1, model.NoTime
	for _, r := range recs {
		if r.Time != model.NoTime {
			from, to = min(from, r.Time), max(to, r.Time)
		}
	}
	return from, to
}

// buildRaw is the record's bytes, line by line.
func (p *Pane) buildRaw() {
	p.line(0, string(p.rec.Raw), theme.Text)
}
