package cli

import (
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/output"
)

// trackerOptions say how requests are followed.
func (r *reading) trackerOptions() request.Options {
	return request.Options{
		HungAfter: r.s.hungAfter, Settle: r.s.settle, Rows: true,
		Names: r.names, Decoder: r.dec, Lifecycle: r.s.formats,
	}
}

// requestSink prints requests, each once it has settled.
func (r *reading) requestSink(env query.Env) (consumer, error) {
	p := output.NewRequestPrinter(r.a.stdio.Out, r.s.redact)
	return r.fold(env, r.s.query.Filter, p.Print, p.Flush)
}

// fold folds all records into requests and hands on those that the filter and
// --since and --until want.
func (r *reading) fold(env query.Env, filter query.Expr, emit func(*model.Request) error, flush func() error) (*folding, error) {
	wanted, err := (&query.Query{Filter: filter}).Requests(env)
	if err != nil {
		return nil, usagef("-q: %w", err)
	}
	if len(wanted.Leaves()) > output.MaxLeaves {
		return nil, tooManyLeaves()
	}
	f := &folding{r: r, emit: emit, flush: flush}
	f.from, f.to = r.s.window(env)
	f.Folder = output.NewFolder(request.New(r.trackerOptions()), []*query.RequestFilter{wanted}, f)
	return f, nil
}

func tooManyLeaves() error {
	return usagef("-q: more than %d conditions on the records of requests", output.MaxLeaves)
}

// overlaps reports whether a request has a part in [from, to). One without
// stamps has, unless a span was asked for.
func overlaps(q *model.Request, from, to int64) bool {
	if from == model.NoTime && to == 1<<63-1 {
		return true
	}
	start, end := q.Start, q.End
	if start == model.NoTime {
		start = end
	}
	if end == model.NoTime {
		end = start
	}
	return start != model.NoTime && from < to && start < to && end >= from
}

// folding is a folder that hands on what is wanted, and tells at the end what
// it could not hand on.
type folding struct {
	*output.Folder
	r        *reading
	from, to int64
	emit     func(*model.Request) error
	flush    func() error
	handed   int
}

// Batch needs nothing of the records.
func (f *folding) Batch(*model.Batch) error { return nil }

// Request hands a settled request on.
func (f *folding) Request(q *model.Request, held []bool) error {
	if !held[0] || !overlaps(q, f.from, f.to) {
		return nil
	}
	f.handed++
	return f.emit(q)
}

// Idle flushes.
func (f *folding) Idle() error { return f.flush() }

// Finish hands on the requests that have not settled.
func (f *folding) Finish() error {
	if err := f.Close(f.r.streamNow()); err != nil {
		return err
	}
	f.r.tellFolding(f.Stats())
	if f.handed == 0 {
		f.r.nothingInRange()
	}
	return nil
}

// streamNow is the stream's time at its end: the newest stamp, plus, while
// following, the time since it arrived (rule 16).
func (r *reading) streamNow() int64 {
	if r.newest == model.NoTime {
		return r.newest
	}
	if r.s.follow {
		return r.newest + int64(time.Since(r.arrived))
	}
	return r.newest
}

// tellFolding counts on standard error what rows do not show.
func (r *reading) tellFolding(st request.Stats) {
	if st.Late > 0 {
		r.a.warn("%d records came for a request that had been printed already: --settle %s would wait longer", st.Late, 2*r.s.settle)
	}
	if st.Forgot > 0 {
		r.a.warn("%d requests were given up before their end: too many were open", st.Forgot)
	}
}
