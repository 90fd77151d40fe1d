package cli

import (
	"context"

	"ravel/model"
)

// findNewest reads the sources once for nothing but the newest stamp: twice
// through a file costs less than holding it.
func (a *app) findNewest(ctx context.Context, s *settings, open opener) (int64, error) {
	in, err := open(false)
	if err != nil {
		return 0, err
	}
	quiet := &app{stdio: a.stdio, root: a.root}
	quiet.stdio.Err = discard{} // the reading that prints tells of failures
	r := quiet.newReading(s)
	if err := r.in.Run(ctx, in.sources, func(b *model.Batch) error { r.note(b); return nil }); err != nil {
		return 0, err
	}
	if r.newest == model.NoTime {
		return s.now.UnixNano(), nil
	}
	return r.newest, nil
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
