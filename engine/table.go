package engine

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// maxTableRows bounds a table: more is no table for a screen.
const maxTableRows = 10_000

// Table runs a piped query over the records, or requests, that match the
// current filter; see ui.Engine.
func (e *Engine) Table(ctx context.Context, pipe string) (ui.Table, error) {
	q, err := query.Parse(pipe)
	if err != nil {
		return ui.Table{}, err
	}
	current := e.current.Load()
	switch {
	case q.Filter == nil:
		q.Filter = current.q.Filter
	case current.q.Filter != nil:
		q.Filter = &query.And{Terms: []query.Expr{current.q.Filter, q.Filter}}
	}
	q = q.Normal() // filters that are its first stages are asked as filters are
	t := &table{e: e, zone: e.o.Zone}
	p, err := query.NewPipeline(q.Stages, e.env(), t.add)
	if err != nil {
		return ui.Table{}, err
	}
	t.begin(p)
	if p.FromRequests() {
		err = e.feedRequests(ctx, q, p)
	} else {
		err = e.feedRecords(ctx, current, q, p)
	}
	if err != nil && !errors.Is(err, query.ErrDone) && !errors.Is(err, errFull) {
		return ui.Table{}, err
	}
	if err := p.Close(); err != nil && !errors.Is(err, errFull) {
		return ui.Table{}, err
	}
	if err := ctx.Err(); err != nil {
		return ui.Table{}, err
	}
	notes := append(p.Notes(), t.note()...)
	if p.FromRequests() {
		notes = append(notes, e.keptNote(q)...)
	}
	t.Note = strings.Join(notes, "; ")
	return t.Table, nil
}

// errFull ends a pipeline whose table has as many rows as may be.
var errFull = errors.New("the table is full")

// feedRecords gives the pipeline the records that q's filter matches and that
// are still held when their turn comes.
func (e *Engine) feedRecords(ctx context.Context, current *run, q *query.Query, p *query.Pipeline) error {
	r, err := e.compile(&query.Query{Filter: q.Filter})
	if err != nil {
		return err
	}
	defer r.cancel()
	if r.text == current.text {
		r = current // its hits are known already
	}
	ids := e.scanned(ctx, r)
	var buf []byte
	var bits model.Bits
	for _, id := range ids {
		c, ok := e.chunk(id)
		if !ok {
			continue
		}
		hits := r.hits(c)
		if hits.N == 0 {
			continue
		}
		if !goesOn(ctx, 0) {
			return ctx.Err()
		}
		b, err := c.Load(&buf)
		if err != nil {
			continue // counted by the run: the file has changed under it
		}
		bits = hits.Set(bits, c.Len())
		query.DropBlank(&b, bits)
		if err := p.Add(&b, bits); err != nil {
			return err
		}
	}
	return nil
}

// scanned brings r up to date and returns the chunks that it has seen.
func (e *Engine) scanned(ctx context.Context, r *run) []uint64 {
	ids := e.store.Snapshot().IDs()
	if r.pred != nil {
		r.catchUp(ctx, e, func() {})
	}
	return ids
}

// chunk is the chunk with that ID as it is now, if it is still held.
func (e *Engine) chunk(id uint64) (*store.Chunk, bool) {
	snap := e.store.Snapshot()
	if k, ok := snap.ByID(id); ok {
		return snap.Chunk(k), true
	}
	return nil, false
}

// chunks are those of the IDs that are still held.
func (e *Engine) chunks(ids []uint64) []*store.Chunk {
	chunks := make([]*store.Chunk, 0, len(ids))
	for _, id := range ids {
		if c, ok := e.chunk(id); ok {
			chunks = append(chunks, c)
		}
	}
	return chunks
}

// feedRequests gives the pipeline the requests for which q's filter holds:
// newest first, so that a table cut short shows what is new.
func (e *Engine) feedRequests(ctx context.Context, q *query.Query, p *query.Pipeline) error {
	f, err := (&query.Query{Filter: q.Filter}).Requests(e.env())
	if err != nil {
		return err
	}
	m := e.members(f)
	add := func(r *model.Request) error {
		v := e.view(false)
		if !f.Match(r, func(leaf int) bool { return m.some(&v, leaf, r) }) {
			return nil
		}
		return p.AddRequest(r)
	}
	kept := e.keeper.kept.Newest() // first: what is given up meanwhile shall not be told twice
	running, unmarked := e.unfinished()
	if err := e.eachUnfinished(ctx, running, add); err != nil {
		return err
	}
	if err := e.eachRequest(ctx, startTells(q), add); err != nil {
		return err
	}
	if len(f.Leaves()) == 0 { // what is asked of records nobody can tell any more
		if err := kept(add); err != nil {
			return err
		}
	}
	return e.eachUnfinished(ctx, unmarked, add)
}

// keptNote says what a table of requests tells of those whose records have been
// given up.
func (e *Engine) keptNote(q *query.Query) []string {
	f, err := (&query.Query{Filter: q.Filter}).Requests(e.env())
	held, _, _ := e.keeper.kept.Stats()
	gone := e.store.Snapshot().RequestsGone
	lost := gone - min(held, gone)
	var notes []string
	switch {
	case err != nil || gone == 0:
	case len(f.Leaves()) > 0:
		notes = append(notes, strconv.FormatUint(gone, 10)+" evicted ones not asked: the filter asks their records")
	default:
		notes = append(notes, strconv.FormatUint(held, 10)+" of evicted records")
		if lost > 0 {
			notes = append(notes, strconv.FormatUint(lost, 10)+" more not kept")
		}
	}
	return notes
}

// table collects a pipeline's rows as text.
type table struct {
	ui.Table
	e       *Engine
	zone    *time.Location
	numbers []bool // columns that have held nothing but numbers
	cut     bool
}

var requestColumns = []string{"start", "state", "status", "method", "path", "duration", "level", "records", "source", "error"}

var recordColumns = []string{"ts", "level", "domain", "message", "source"}

// begin names the columns.
func (t *table) begin(p *query.Pipeline) {
	switch p.Shape() {
	case query.Requests:
		t.Columns = requestColumns
	case query.Records:
		t.Columns = recordColumns
	default:
		t.Columns = p.Columns()
	}
	t.Num = make([]bool, len(t.Columns))
	for i, name := range t.Columns {
		t.Num[i] = p.Shape() == query.Requests && (name == "status" || name == "duration" || name == "records")
	}
	t.numbers = make([]bool, len(t.Columns))
	for i := range t.numbers {
		t.numbers[i] = true
	}
}

// add takes a row.
func (t *table) add(row *query.Row) error {
	if len(t.Rows) >= maxTableRows {
		t.cut = true
		return errFull
	}
	var cells []string
	open := row.Open()
	switch {
	case row.Request != nil:
		cells, open = t.request(row.Request), openRequest(row.Request)
	case row.Record != nil:
		r := row.Record
		cells = []string{t.clock(r.Time), r.Level.String(), r.Domain, strings.Clone(r.Message), r.Source}
		open = &query.Test{Field: "seq", Op: query.Eq, Values: []query.Value{{Text: strconv.FormatUint(uint64(r.Seq), 10)}}}
	default:
		cells = make([]string, len(row.Values))
		for i, v := range row.Values {
			cells[i] = strings.Clone(valueText(v))
			t.numbers[i] = t.numbers[i] && (v.Kind == model.Number || v.Kind == model.Null)
		}
	}
	t.Rows = append(t.Rows, cells)
	text := ""
	if open != nil {
		text = (&query.Query{Filter: open}).String()
	}
	t.Open = append(t.Open, text)
	if row.Request == nil && row.Record == nil {
		copy(t.Num, t.numbers)
	}
	return nil
}

// request is a request's row.
func (t *table) request(r *model.Request) []string {
	status, duration, failure := "", "", r.ErrorType
	if r.Status != 0 {
		status = strconv.Itoa(r.Status)
	}
	if r.Duration >= 0 {
		duration = time.Duration(r.Duration).Round(time.Microsecond).String()
	}
	if r.ErrorMessage != "" {
		failure += ": " + r.ErrorMessage
	}
	path := r.Path
	if path == "" {
		path = r.Name
	}
	return []string{
		t.clock(r.Start), r.State.String(), status, r.Method, path, duration,
		r.Level.String(), strconv.Itoa(r.Records), strings.Join(r.Sources, " "), failure,
	}
}

// openRequest finds a request's records; nil if all have been given up.
func openRequest(r *model.Request) query.Expr {
	if r.Evicted >= r.Records {
		return nil
	}
	field, id := "request_id", r.ID
	if id == "" {
		field, id = "correlation_id", r.CorrelationID
	}
	if id == "" {
		field, id = "seq", strconv.FormatUint(uint64(max(r.EndSeq, r.FirstSeq)), 10)
	}
	return &query.Test{Field: field, Op: query.Eq, Values: []query.Value{{Text: id, Quoted: field != "seq"}}}
}

// clock is a stamp in the shown zone.
func (t *table) clock(ns int64) string {
	if ns == model.NoTime {
		return ""
	}
	return time.Unix(0, ns).In(t.zone).Format("2006-01-02 15:04:05.000")
}

// note says what the table leaves out.
func (t *table) note() []string {
	if !t.cut {
		return nil
	}
	return []string{"the first " + strconv.Itoa(maxTableRows) + " rows: narrow the filter for the others"}
}

// valueText is a value as a cell shows it.
func valueText(v model.Value) string {
	switch v.Kind {
	case model.Array:
		parts := make([]string, len(v.Items))
		for i := range v.Items {
			parts[i] = valueText(v.Items[i])
		}
		return strings.Join(parts, ", ")
	case model.Object:
		parts := make([]string, len(v.Keys))
		for i := range v.Keys {
			parts[i] = v.Keys[i].Name + "=" + valueText(v.Keys[i].Value)
		}
		return strings.Join(parts, " ")
	case model.Null:
		return ""
	}
	return v.Str
}
