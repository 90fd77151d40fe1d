package output

import "ravel/model"

// Window is the span of event time from From to To, ns UTC, both included. A
// record without a stamp goes with its predecessor.
type Window struct{ From, To int64 }

// Prune implements Filter.
func (w Window) Prune(z *model.Zone) model.Verdict {
	switch {
	case z.Stampless > 0:
		return model.Maybe
	case z.MaxTime < w.From || z.MinTime > w.To:
		return model.None
	case z.MinTime >= w.From && z.MaxTime <= w.To:
		return model.All
	}
	return model.Maybe
}

// Narrow implements Filter.
func (w Window) Narrow(b *model.Batch, bits model.Bits) {
	for i := range b.Len() {
		if t := b.SortKey(i); t < w.From || t > w.To {
			bits.Clear(i)
		}
	}
}
