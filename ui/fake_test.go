package ui

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"ravel/model"
	"ravel/model/query"
)

// fakeEngine answers from a few rows: enough to draw every screen, and simple
// enough to be plainly right.
type fakeEngine struct {
	bell     chan struct{}
	state    State
	rows     []Row // folded, by Seq
	members  map[model.Seq][]*model.Record
	records  map[model.Seq]*model.Record
	inFlight []model.Request
	hung     []model.Request
	facets   map[string][]Count
	hist     []uint32 // counts of the columns, spread over what is asked for
	table    Table
	queries  []string
	pipes    []string
}

func newFake() *fakeEngine {
	return &fakeEngine{
		bell: make(chan struct{}, 1), members: map[model.Seq][]*model.Record{},
		records: map[model.Seq]*model.Record{}, facets: map[string][]Count{},
		state: State{MinTime: model.NoTime, MaxTime: model.NoTime},
	}
}

// record adds a plain record as a row.
func (e *fakeEngine) record(r *model.Record) *model.Record {
	e.know(r)
	e.rows = append(e.rows, Row{Seq: r.Seq, Record: r})
	return r
}

func (e *fakeEngine) know(r *model.Record) {
	if r.Seq == 0 {
		r.Seq = model.Seq(len(e.records) + 1)
	}
	r.Raw = []byte(r.Message + "\n")
	r.Text = r.Raw
	e.records[r.Seq] = r
}

// request adds a folded request as a row that stands at its last record.
func (e *fakeEngine) request(req *model.Request, recs ...*model.Record) {
	for _, r := range recs {
		e.know(r)
	}
	last := recs[len(recs)-1]
	req.FirstSeq, req.LastSeq, req.EndSeq = recs[0].Seq, last.Seq, last.Seq
	if req.Records == 0 {
		req.Records = len(recs)
	}
	e.rows = append(e.rows, Row{Seq: last.Seq, Record: last, Request: req})
	for _, r := range recs {
		e.members[r.Seq] = recs
	}
}

func (e *fakeEngine) Changed() <-chan struct{} { return e.bell }
func (e *fakeEngine) State() State             { return e.state }

func (e *fakeEngine) SetQuery(text string) error {
	q, err := query.Parse(text)
	if err != nil {
		return err
	}
	e.queries = append(e.queries, text)
	e.state.Query = q.String()
	return nil
}

// visible are the rows of one way of looking.
func (e *fakeEngine) visible(flat bool) []Row {
	if !flat {
		return e.rows
	}
	var rows []Row
	for seq, r := range e.records {
		rows = append(rows, Row{Seq: seq, Record: r})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].Seq < rows[j].Seq })
	return rows
}

func (e *fakeEngine) Rows(from model.Seq, dir, n int, flat bool) []Row {
	rows := e.visible(flat)
	var out []Row
	if dir > 0 {
		for _, r := range rows {
			if r.Seq >= from && len(out) < n {
				out = append(out, r)
			}
		}
		return out
	}
	for _, r := range slices.Backward(rows) {
		if r.Seq <= from && len(out) < n {
			out = append(out, r)
		}
	}
	return out
}

func (e *fakeEngine) Record(seq model.Seq) (*model.Record, bool) {
	r, ok := e.records[seq]
	return r, ok
}

func (e *fakeEngine) Members(seq model.Seq, n int) []*model.Record {
	recs := e.members[seq]
	return recs[max(len(recs)-n, 0):]
}

func (e *fakeEngine) Pending(n int) (inFlight, hung []model.Request) {
	return inFull(e.inFlight, n), inFull(e.hung, n)
}

// inFull tells the first n requests in full, of the others what Pending promises.
func inFull(list []model.Request, n int) []model.Request {
	out := slices.Clone(list)
	for i := min(n, len(out)); i < len(out); i++ {
		r := &out[i]
		*r = model.Request{Kind: r.Kind, State: r.State, Start: r.Start, FirstSeq: r.FirstSeq, LastSeq: r.LastSeq, Records: r.Records, Duration: -1}
	}
	return out
}

func (e *fakeEngine) Find(_ context.Context, from model.Seq, dir int, t Target) (model.Seq, bool) {
	rows := slices.Clone(e.visible(t.Flat))
	if dir < 0 {
		slices.Reverse(rows)
	}
	for _, r := range rows {
		if dir > 0 && r.Seq <= from || dir < 0 && r.Seq >= from {
			continue
		}
		hit := false
		switch t.Kind {
		case NextError:
			hit = r.Record.Level >= model.Error || r.Record.Traceback != nil || r.Request != nil && r.Request.State == model.Failed
		case NextMatch:
			hit = strings.Contains(strings.ToLower(r.Record.Message), strings.ToLower(t.Text)) ||
				r.Request != nil && strings.Contains(r.Request.Path, t.Text)
		case NextRequest:
			hit = r.Request != nil
		case SameRequest:
			hit = r.Record.RequestID != "" && r.Record.RequestID == e.records[t.From].RequestID
		}
		if hit {
			return r.Seq, true
		}
	}
	return 0, false
}

func (e *fakeEngine) SeqAt(ts int64) model.Seq {
	for _, r := range e.rows {
		if r.Record.Time >= ts {
			return r.Seq
		}
	}
	return ^model.Seq(0)
}

func (e *fakeEngine) Facet(_ context.Context, field string, n int) ([]Count, error) {
	c := e.facets[field]
	return c[:min(len(c), n)], nil
}

func (e *fakeEngine) Histogram(cols int) Histogram {
	h := Histogram{From: e.state.MinTime, To: e.state.MaxTime, Cols: make([][model.NumLevels]uint32, cols)}
	for i := range h.Cols {
		if len(e.hist) > 0 {
			h.Cols[i][model.Info] = e.hist[i*len(e.hist)/cols]
		}
	}
	return h
}

func (e *fakeEngine) Table(_ context.Context, pipe string) (Table, error) {
	e.pipes = append(e.pipes, pipe)
	if strings.Contains(pipe, "metric") {
		return Table{Columns: e.table.Columns, Num: e.table.Num}, nil
	}
	return e.table, nil
}

func (e *fakeEngine) Complete(text string, _ int) []string {
	return []string{text + "ain=app", text + "ain=auth"}
}

// at is a moment of the day that the screens show.
func at(clock string) int64 {
	t, err := time.Parse("2006-01-02 15:04:05.999", "2025-03-20 "+clock)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}
