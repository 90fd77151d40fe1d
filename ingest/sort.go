package ingest

import (
	"time"

	"ravel/model"
)

// sortKeys gives stampless records the sort key of their predecessor in the
// stream, through all of its batches.
type sortKeys struct {
	last    int64 // of the newest record that has a stamp, NoTime before it
	stamped bool
	came    arrivals // of a live stream's bytes, until it shows a stamp
}

// fill sets b.Sort where a record has no stamp. Those of a live stream that
// has never shown one sort by their arrival.
func (k *sortKeys) fill(b *model.Batch, live bool, arrived time.Time) {
	b.Measure()
	if z := b.Zone(); z.Stampless == 0 && z.N > 0 {
		k.last, k.stamped, k.came = b.Time[z.N-1], true, nil
		return
	}
	for i, t := range b.Time {
		if t == model.NoTime && b.Sort == nil {
			b.Sort = make([]int64, b.Len())
			copy(b.Sort, b.Time[:i])
		}
		switch {
		case t != model.NoTime:
			k.last, k.stamped = t, true
		case live && !k.stamped:
			k.last = max(k.last, k.came.of(b.Base+int64(b.Start[i]), arrived.UnixNano()))
		}
		if b.Sort != nil {
			b.Sort[i] = k.last
		}
	}
}
