package cli

import (
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/output"
	"ravel/parse/lifecycle"
)

// trackerOptions say how requests are followed.
func (r *reading) trackerOptions() request.Options {
	return request.Options{
		HungAfter: r.s.hungAfter, Settle: r.s.settle, Rows: true,
		Names: r.names, Decoder: r.dec, Lifecycle: lifecycle.Builtin(),
	}
}

// requestSink prints requests, each once it has settled.
func (r *reading) requestSink(env query.Env) (consumer, error) {
	filter, err := (&query.Query{Filter: r.s.query.Filter}).Requests(env)
	if err != nil {
		return nil, usagef("-q: %w", err)
	}
	p := output.NewRequestPrinter(r.a.stdio.Out, r.s.redact)
	from, to := r.s.window(env)
	printed := 0
	emit := func(q *model.Request) error {
		if !overlaps(q, from, to) {
			return nil
		}
		printed++
		return p.Print(q)
	}
	f := &requests{Folder: output.NewFolder(request.New(r.trackerOptions()), filter, emit, p.Flush), r: r, printed: &printed}
	return f, nil
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
	return start != model.NoTime && start < to && end >= from
}

// requests is a folder that tells at the end what it could not print.
type requests struct {
	*output.Folder
	r       *reading
	printed *int
}

// Finish prints the requests that have not settled.
func (f *requests) Finish() error {
	if err := f.Close(f.r.streamNow()); err != nil {
		return err
	}
	f.r.tellFolding(f.Stats())
	if *f.printed == 0 {
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
