package request

import (
	"slices"

	"ravel/model"
)

// Full tells a finished request in full. row is its compact row and b the batch
// that holds its end, with its columns; get decodes a record, and reports
// false if it is held no more: then what only that record knew stays empty.
// LastSeq is the request's end; Evicted counts what get says is gone of the
// records asked for. Sources holds those of its first and its last record.
func Full(row *model.RequestRow, b *model.Batch, get func(model.Seq) (*model.Record, bool), lc model.Lifecycle) model.Request {
	i := int(row.At)
	end := b.First + model.Seq(i)
	first := end - min(model.Seq(row.Back), end-1)
	q := model.Request{
		Kind: row.Kind, State: row.State, Start: row.Start, End: b.Time[i], Duration: -1, Status: int(b.Status[i]), Level: row.Level,
		Records: int(row.Records), Hash: b.Req[i], FirstSeq: first, LastSeq: end, EndSeq: end,
	}
	switch {
	case row.Dur != model.NoDur:
		q.Duration = int64(row.Dur) * 1000
	case row.Records > 1 && row.State != model.NoStart && q.Start != model.NoTime && q.End != model.NoTime:
		q.Duration = max(0, q.End-q.Start)
	}
	seqs := []model.Seq{first}
	if end != first {
		seqs = append(seqs, end)
	}
	for _, seq := range seqs {
		r, ok := get(seq)
		if !ok {
			q.Evicted++
			continue
		}
		tell(&q, r, lc)
	}
	if row.Trace > 0 {
		if r, ok := get(end - min(model.Seq(row.Trace-1), end-1)); ok && r.Traceback != nil {
			q.ErrorType, q.ErrorMessage = r.Traceback.Type, r.Traceback.Message
		} else if !ok {
			q.Evicted++
		}
	}
	return q
}

// tell adds what record r, its start or its end, says of q.
func tell(q *model.Request, r *model.Record, lc model.Lifecycle) {
	keep(&q.ID, r.RequestID)
	keep(&q.CorrelationID, r.CorrelationID)
	if !slices.Contains(q.Sources, r.Source) {
		q.Sources = append(q.Sources, r.Source)
	}
	if lc == nil {
		return
	}
	f := lc.Facts(r)
	keep(&q.Method, f.Method)
	keep(&q.Path, f.Path)
	keep(&q.Client, f.Client)
	keep(&q.Name, f.Name)
}

func keep(s *string, v string) {
	if *s == "" {
		*s = v
	}
}
