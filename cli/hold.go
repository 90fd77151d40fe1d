package cli

import (
	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/output"
)

// holding prints records by a filter that speaks of requests, from input that
// can be read only once: it holds a request's records until that has settled
// (rule 20). What is held is bounded by --buffer.
type holding struct {
	*output.Folder
	r      *reading
	set    *memberSet
	filter output.Filter
	out    selector
	budget int64

	ring  []heldBatch
	bytes int64
	lost  int // records given up before their request settled
}

// selector prints chosen records of batches.
type selector interface {
	consumer
	Selected(*model.Batch, model.Bits) error
}

// heldBatch is a batch with the records that are not decided yet.
type heldBatch struct {
	b    *model.Batch
	left model.Bits
}

var _ output.FoldTaker = (*holding)(nil)

// newHolding holds records for out; set are the request(…) of the filter.
func (r *reading) newHolding(set *memberSet, filter output.Filter, out selector) *holding {
	h := &holding{r: r, set: set, filter: filter, out: out, budget: r.s.buffer}
	h.Folder = output.NewFolder(request.New(r.trackerOptions()), set.filters(), h)
	return h
}

// Batch decides the records that belong to no request, and holds the others.
func (h *holding) Batch(b *model.Batch) error {
	now, left := model.NewBits(b.Len()), model.NewBits(b.Len())
	for i := range b.Len() {
		if b.Req[i] != 0 || b.Mark[i] != 0 {
			now.Clear(i)
		} else {
			left.Clear(i)
		}
	}
	h.ring = append(h.ring, heldBatch{b, left})
	h.bytes += heldBytes(b)
	for h.bytes > h.budget && len(h.ring) > 1 {
		h.lost += h.ring[0].left.Count()
		h.bytes -= heldBytes(h.ring[0].b)
		h.ring[0] = heldBatch{}
		h.ring = h.ring[1:]
	}
	return h.print(b, now)
}

// print prints those of the records that the filter wants.
func (h *holding) print(b *model.Batch, bits model.Bits) error {
	if bits.Empty() {
		return nil
	}
	query.DropBlank(b, bits)
	h.filter.Narrow(b, bits)
	if bits.Empty() {
		return nil
	}
	return h.out.Selected(b, bits)
}

// Request decides the records of a settled request.
func (h *holding) Request(q *model.Request, held []bool) error {
	h.set.add(q, held)
	defer func() {
		for _, m := range h.set.all {
			m.drop(q)
		}
	}()
	for k := range h.ring {
		hb := &h.ring[k]
		first, last := hb.b.First, hb.b.First+model.Seq(hb.b.Len()-1)
		if last < q.FirstSeq {
			continue
		}
		if first > q.LastSeq {
			break
		}
		bits := make(model.Bits, len(hb.left))
		if q.Hash == 0 {
			for _, seq := range looseRecords(q) {
				if first <= seq && seq <= last && hb.left.Has(int(seq-first)) {
					bits.Set(int(seq - first))
				}
			}
		} else {
			from, to := max(q.FirstSeq, first), min(q.LastSeq, last)
			for i := hb.left.Next(int(from - first)); i >= 0 && i <= int(to-first); i = hb.left.Next(i + 1) {
				if hb.b.Req[i] == q.Hash {
					bits.Set(i)
				}
			}
		}
		hb.left.AndNot(bits)
		if err := h.print(hb.b, bits); err != nil {
			return err
		}
	}
	return nil
}

// Idle does nothing: printing flushes by itself.
func (h *holding) Idle() error { return nil }

// Finish decides what is left, and tells what had to be given up.
func (h *holding) Finish() error {
	if err := h.Close(h.r.streamNow()); err != nil {
		return enough(err)
	}
	for _, hb := range h.ring {
		if err := h.print(hb.b, hb.left); err != nil {
			return err
		}
	}
	if h.lost > 0 {
		h.r.a.warn("%d records of requests that had not ended did not fit --buffer and are missing: give it more, or read from a file", h.lost)
	}
	return h.out.Finish()
}
