package cli

import (
	"context"
	"errors"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/output"
)

// readFirst reads the sources once before the reading r that prints: twice
// through a file costs less than holding it. That reading tells of failures.
func (r *reading) readFirst(ctx context.Context, open opener, prepare func(first *reading) (func(*model.Batch) error, error)) error {
	in, err := open(false)
	if err != nil {
		return err
	}
	quiet := *r.a
	quiet.stdio.Err = discard{}
	first := quiet.newReading(r.s, r.names)
	consume, err := prepare(first)
	if err != nil {
		return err
	}
	return first.in.Run(ctx, in.sources, consume)
}

// findNewest finds the newest stamp; now where there is none.
func (r *reading) findNewest(ctx context.Context, open opener) (int64, error) {
	var first *reading
	err := r.readFirst(ctx, open, func(f *reading) (func(*model.Batch) error, error) {
		first = f
		return func(b *model.Batch) error { f.note(b); return nil }, nil
	})
	if err != nil {
		return 0, err
	}
	if first.newest == model.NoTime {
		return r.s.now.UnixNano(), nil
	}
	return first.newest, nil
}

// findMembers finds the requests that the request(…) of a query speak of.
func (r *reading) findMembers(ctx context.Context, newest int64, set *memberSet, open opener) error {
	found := &memberSet{names: r.names}
	var first *reading
	var folder *output.Folder
	err := r.readFirst(ctx, open, func(f *reading) (func(*model.Batch) error, error) {
		first = f
		q := r.s.query.Normal()
		env := f.env(newest, found)
		if _, err := r.s.filter(q.Filter, env); err != nil {
			return nil, err
		}
		if _, err := query.NewPipeline(q.Stages, env, nil); err != nil {
			return nil, usagef("-q: %w", err)
		}
		folder = output.NewFolder(request.New(f.trackerOptions()), found.filters(), collect{found})
		return func(b *model.Batch) error { f.note(b); return folder.Consume(b) }, nil
	})
	if folder != nil {
		err = errors.Join(err, folder.Close(first.streamNow()))
	}
	for k, m := range set.all {
		m.byID, m.loose = found.all[k].byID, found.all[k].loose
	}
	return err
}

// discard is a writer for nobody.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// held keeps the batches of input that can be read only once until its newest
// record is known. Past the budget it gives the oldest up, and says so.
type held struct {
	budget int64
	warn   func(string, ...any)
	open   func(newest int64) (consumer, error)

	batches []*model.Batch
	bytes   int64
	newest  int64
	lost    int
}

// Consume keeps b.
func (h *held) Consume(b *model.Batch) error {
	if len(h.batches) == 0 && h.lost == 0 {
		h.newest = model.NoTime
	}
	h.batches = append(h.batches, b)
	h.bytes += heldBytes(b)
	for _, t := range b.Time {
		h.newest = max(h.newest, t)
	}
	for h.bytes > h.budget && len(h.batches) > 1 {
		h.bytes -= heldBytes(h.batches[0])
		h.lost += h.batches[0].Len()
		h.batches[0] = nil
		h.batches = h.batches[1:]
	}
	return nil
}

// Finish prints what is held.
func (h *held) Finish() error {
	if h.lost > 0 {
		h.warn("the newest record of a pipe is known only at its end: %d older records did not fit --buffer and were given up", h.lost)
	}
	sink, err := h.open(h.newest)
	if err != nil {
		return err
	}
	for _, b := range h.batches {
		if err := sink.Consume(b); err != nil {
			return err
		}
	}
	return sink.Finish()
}

// heldBytes is what a batch takes: its bytes and about 50 a record of columns.
func heldBytes(b *model.Batch) int64 { return int64(cap(b.Buf)) + 50*int64(cap(b.Start)) }
