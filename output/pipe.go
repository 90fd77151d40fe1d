package output

import (
	"bufio"
	"errors"
	"io"
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/redact"
)

// Pipe runs the stages of a query over the records that its filter wants, or
// over the requests folded from all of them, and prints what they emit.
// Filtering, and what of the stages looks at one record at a time, runs on all
// cores, the rest on one.
type Pipe struct {
	o      Options
	p      *query.Pipeline
	lanes  sync.Pool // of *lane; unused where the stages share no work
	shares bool
	print  rowPrinter
	w      *bufio.Writer // of what lanes have printed
	belt   *conveyor[piece]
	follow bool
	newest int64
	rows   int
}

// piece is a batch on its way.
type piece struct {
	batch *model.Batch
	bits  model.Bits // nil: the filter says
	own   bool       // nobody else looks at the batch
	part  *query.Part
	out   []byte // what is printed of it
	rows  int    // how many rows that are
	err   error
}

// lane is a lane of the stages. Where no stage looks at more than one record, it
// prints, too.
type lane struct {
	*query.Lane
	out  []byte
	rows int
}

// rowPrinter prints what a pipeline emits, in one form.
type rowPrinter interface {
	row(*query.Row) error
	Flush() error
}

// ErrDone is returned by Consume when the stages need no more records
// (`| limit 10`): the caller stops reading and closes.
var ErrDone = query.ErrDone

// errRaw is a form that -o raw cannot have.
var errRaw = errors.New("raw prints the lines of records, but this query makes a table: use -o json, csv, logfmt or text")

// PipeOptions say how what a pipe makes is printed.
type PipeOptions struct {
	Options
	Table  Format // of what is no record: tables, requests
	Follow bool   // print spans of time as they close
}

// NewPipe prepares a pipe of q's stages that writes to w. Close ends its
// goroutines.
func NewPipe(w io.Writer, q *query.Query, env query.Env, o PipeOptions) (*Pipe, error) {
	d := &Pipe{o: o.Options, follow: o.Follow, newest: model.NoTime}
	var err error
	d.p, err = query.NewPipeline(q.Stages, env, func(r *query.Row) error {
		d.rows++
		return d.print.row(r)
	})
	if err != nil {
		return nil, err
	}
	if d.p.Shape() != query.Records {
		if o.Table == Raw {
			return nil, errRaw
		}
		d.o.Format = o.Table
	}
	d.print = newRowPrinter(w, d.p, d.o, env.Names)
	form := rowForm(d.p, d.o)
	d.shares = d.p.Shares() && (form != nil || !d.p.PerRow())
	d.w = bufio.NewWriterSize(w, 64<<10)
	d.lanes.New = func() any {
		l := &lane{}
		l.Lane = d.p.Lane(func(r *query.Row) error {
			l.rows++
			l.out = form(l.out, r)
			return nil
		})
		return l
	}
	d.belt = newConveyor(d.work, d.add)
	return d, nil
}

// work is the work on one batch.
func (d *Pipe) work(j *piece) {
	if j.bits == nil {
		j.bits = match(d.o.Filter, j.batch)
		query.DropBlank(j.batch, j.bits)
	}
	if !d.shares {
		return
	}
	l := d.lanes.Get().(*lane)
	l.out, l.rows = (*buffers.Get().(*[]byte))[:0], 0
	j.part, j.err = l.Work(j.batch, j.bits)
	j.out, j.rows, l.out = l.out, l.rows, nil
	d.lanes.Put(l)
}

// rowForm is how rows are printed one by one on any goroutine; nil if they cannot
// be.
func rowForm(p *query.Pipeline, o Options) func(dst []byte, r *query.Row) []byte {
	enc, columns := newEncoder(o), p.Columns()
	switch {
	case !p.PerRow():
		return nil
	case p.Shape() == query.Records && enc != nil:
		return func(dst []byte, r *query.Row) []byte { return appendRecord(dst, enc, o.Redact, r.Record) }
	case p.Shape() == query.Table && streams(o.Format):
		return func(dst []byte, r *query.Row) []byte {
			return appendRow(dst, o.Format, columns, maskValues(o.Redact, columns, r.Values))
		}
	}
	return nil
}

// Consume takes the next batch, whose memory is released if no stage keeps it.
func (d *Pipe) Consume(b *model.Batch) error { return d.belt.put(piece{batch: b, own: true}) }

// Selected takes the records of b in bits, whatever the filter says.
func (d *Pipe) Selected(b *model.Batch, bits model.Bits) error {
	return d.belt.put(piece{batch: b, bits: bits})
}

// add runs what is left of the stages over one batch.
func (d *Pipe) add(j *piece, more bool) error {
	if err := d.stages(j); err != nil {
		return err
	}
	if d.follow {
		for _, t := range j.batch.Time {
			d.newest = max(d.newest, t)
		}
		if err := d.p.Advance(d.newest); err != nil {
			return err
		}
	}
	if j.own && j.batch.Release != nil && (j.part != nil && d.p.PerRow() || !d.p.Keeps()) {
		j.batch.Release()
	}
	*j = piece{}
	if more {
		return nil
	}
	return d.Flush()
}

// stages gives the stages what a lane has made of a batch, or the batch.
func (d *Pipe) stages(j *piece) error {
	if !d.shares {
		return d.p.Add(j.batch, j.bits)
	}
	if j.err != nil {
		return j.err
	}
	if d.rows += j.rows; j.rows > 0 {
		if err := d.print.Flush(); err != nil { // of a header
			return err
		}
		if _, err := d.w.Write(j.out); err != nil {
			return err
		}
	}
	if out := j.out; cap(out) <= maxKept { // the pool shall not point into j
		buffers.Put(&out)
	}
	return d.p.Take(j.part)
}

// Request takes the next request, for stages that begin with requests.
func (d *Pipe) Request(q *model.Request) error {
	own := *q
	return d.p.AddRequest(&own)
}

// Flush writes what is printed already.
func (d *Pipe) Flush() error {
	if err := d.print.Flush(); err != nil {
		return err
	}
	return d.w.Flush()
}

// FromRequests reports whether the stages take requests instead of records.
func (d *Pipe) FromRequests() bool { return d.p.FromRequests() }

// Close runs the stages to their end and prints what waited for it.
func (d *Pipe) Close() error {
	if err := d.belt.close(); err != nil && !errors.Is(err, ErrDone) {
		return err
	}
	if err := d.p.Close(); err != nil && !errors.Is(err, ErrDone) {
		return err
	}
	return d.Flush()
}

// Rows is how many rows were printed; to be called after Close.
func (d *Pipe) Rows() int { return d.rows }

// Notes are what a bound of the stages cut, in words for a person.
func (d *Pipe) Notes() []string { return d.p.Notes() }

func newRowPrinter(w io.Writer, p *query.Pipeline, o Options, names *model.Names) rowPrinter {
	switch p.Shape() {
	case query.Records:
		return newRecordRows(w, o, names)
	case query.Requests:
		if o.Format == JSON {
			return requestRows{NewRequestPrinter(w, o.Redact)}
		}
		t := tableRows{NewTable(w, o.Format, o.Style), o, requestColumns}
		t.Columns(requestColumns)
		return t
	}
	t := tableRows{NewTable(w, o.Format, o.Style), o, p.Columns()}
	t.Columns(p.Columns())
	return t
}

// recordRows prints records one by one.
type recordRows struct {
	w     *bufio.Writer
	o     Options
	names *model.Names
	enc   encoder // nil: raw
	raw   rawLines
	buf   []byte
	last  byte
	cut   model.Seq // the record written last, if its line was cut; 0: it was not
}

func newRecordRows(w io.Writer, o Options, names *model.Names) *recordRows {
	p := &recordRows{w: bufio.NewWriterSize(w, 64<<10), o: o, names: names, enc: newEncoder(o), last: '\n'}
	p.raw.stamped = o.Stamped
	if o.Redact != nil {
		p.raw.mask = o.Redact.Append
	}
	if p.enc != nil {
		_, _ = p.w.Write(p.enc.header(nil)) // the writer keeps its error for Flush
	}
	return p
}

func (p *recordRows) row(r *query.Row) error {
	p.buf = p.buf[:0]
	rec := r.Record
	switch {
	case p.enc == nil && rec.Flags&model.Marker != 0: // raw holds the input's bytes only
	case p.enc == nil:
		source, _ := p.names.Sources.Find(rec.Source)
		p.buf = p.raw.record(p.buf, rec.Raw, source, rec.Flags)
	default:
		p.buf = appendRecord(p.buf, p.enc, p.o.Redact, rec)
	}
	if len(p.buf) == 0 {
		return nil
	}
	if p.last != '\n' && !(isPiece(rec.Flags) && rec.Seq == p.cut+1) {
		_ = p.w.WriteByte('\n') // the writer keeps its error
	}
	p.last, p.cut = p.buf[len(p.buf)-1], 0
	if rec.Flags&model.Cut != 0 {
		p.cut = rec.Seq
	}
	_, err := p.w.Write(p.buf)
	return err
}

// appendRecord appends a record in its printed form.
func appendRecord(dst []byte, enc encoder, r *redact.Redactor, rec *model.Record) []byte {
	if r != nil {
		own := *rec
		rec = &own
		maskRecord(r, rec)
	}
	return enc.record(dst, rec)
}

func (p *recordRows) Flush() error { return p.w.Flush() }

// requestRows prints requests as -o requests does.
type requestRows struct{ *RequestPrinter }

func (p requestRows) row(r *query.Row) error { return p.Print(r.Request) }

// tableRows prints a table; requests become rows of one.
type tableRows struct {
	*Table
	o       Options
	columns []string
}

func (p tableRows) row(r *query.Row) error {
	values := r.Values
	if r.Request != nil {
		values = requestValues(r.Request)
	}
	return p.Row(maskValues(p.o.Redact, p.columns, values))
}

// maskValues is a row with its secrets masked; r nil masks none.
func maskValues(r *redact.Redactor, columns []string, row []model.Value) []model.Value {
	if r == nil {
		return row
	}
	masked := make([]model.Value, len(row))
	for i := range row {
		masked[i] = maskValue(r, columns[i], row[i])
	}
	return masked
}

// requestColumns are the keys of rule 18.
var requestColumns = []string{
	"request_id", "correlation_id", "kind", "name", "state", "start", "end", "duration_ms",
	"method", "path", "client", "status", "level", "records", "sources", "error",
}

// requestValues are a request's columns; its error is one text.
func requestValues(q *model.Request) []model.Value {
	text := func(s string) model.Value {
		if s == "" {
			return model.Value{}
		}
		return model.StringValue(s)
	}
	stamp := func(ns int64) model.Value {
		if ns == model.NoTime {
			return model.Value{}
		}
		return model.StringValue(string(model.AppendStamp(nil, ns)))
	}
	number := func(b []byte, ok bool) model.Value {
		if !ok {
			return model.Value{}
		}
		return model.NumberValue(string(b))
	}
	level := model.Value{}
	if q.Level != model.LevelNone {
		level = model.StringValue(q.Level.String())
	}
	sources := model.Value{Kind: model.Array}
	for _, s := range q.Sources {
		sources.Items = append(sources.Items, model.StringValue(s))
	}
	failure := q.ErrorType
	if q.ErrorMessage != "" && failure != "" {
		failure += ": "
	}
	return []model.Value{
		text(q.ID), text(q.CorrelationID), text(q.Kind.String()), text(q.Name), text(q.State.String()),
		stamp(q.Start), stamp(endOf(q)), number(appendMillis(nil, q.Duration), hasDuration(q)),
		text(q.Method), text(q.Path), text(q.Client), number(appendInt(q.Status), q.Status > 0), level,
		number(appendInt(q.Records), true), sources, text(failure + q.ErrorMessage),
	}
}
