package logview

import (
	"strconv"
	"time"

	"ravel/model"
)

// access is the request that a record is in itself (an access line, a
// canonical line that names method and path), nil if it is none. Its row is
// drawn like a folded request's, for that is how it is read.
func access(r *model.Record) *model.Request {
	e := r.Mark.Event()
	if e != model.Whole && e != model.WholeFailed {
		return nil
	}
	method, path := text(r, "method"), text(r, "path")
	if method == "" || path == "" {
		return nil
	}
	req := &model.Request{
		ID: r.RequestID, CorrelationID: r.CorrelationID, Kind: r.Mark.Kind(), State: model.Complete,
		Start: r.Time, End: r.Time, Duration: -1, Method: method, Path: path, Client: text(r, "client"),
		Level: r.Level, Records: 1, FirstSeq: r.Seq, LastSeq: r.Seq, EndSeq: r.Seq,
	}
	if e == model.WholeFailed {
		req.State = model.Failed
	}
	if n, err := strconv.Atoi(text(r, "status")); err == nil {
		if req.Status = n; n >= 500 {
			req.State = model.Failed
		}
	}
	if ms, err := strconv.ParseFloat(text(r, "duration_ms"), 64); err == nil && ms >= 0 {
		req.Duration = int64(ms * float64(time.Millisecond))
	}
	return req
}

// text is a field's text; the containers that loggers put fields into are
// looked through, too.
func text(r *model.Record, name string) string {
	if v, ok := model.Lookup(r.Fields, name); ok {
		return v.Str
	}
	for i := range r.Fields {
		if f := &r.Fields[i]; f.Value.Kind == model.Object {
			if v, ok := model.Lookup(f.Value.Keys, name); ok {
				return v.Str
			}
		}
	}
	return ""
}
