package query

import (
	"time"

	"ravel/model"
)

// The trend of a kind is its counts over equal spans of time up to the newest
// record: at most trendBins of them, each of one of 1, 2, 4 … 128 s, as few as
// hold what there is, or else the last 68 minutes.
const (
	trendBins   = 32
	maxBinWidth = 128 * int64(time.Second)
)

// calendar is how time is cut for all kinds of one summary.
type calendar struct {
	width          int64 // of a bin, ns; 0: no record had a stamp
	oldest, newest int64 // ns
}

// see takes the stamp of a record.
func (c *calendar) see(ns int64) {
	if c.width == 0 {
		*c = calendar{width: int64(time.Second), oldest: ns, newest: ns}
	}
	c.oldest, c.newest = min(c.oldest, ns), max(c.newest, ns)
	for c.width < maxBinWidth && bin(c.newest, c.width)-bin(c.oldest, c.width) >= trendBins {
		c.width *= 2
	}
}

// bin is the number of the bin of a time.
func bin(ns, width int64) int64 {
	n := ns / width
	if ns%width < 0 {
		n-- // before 1970
	}
	return n
}

// trend counts by bin: bins[n%trendBins] is bin n for the bins up to last.
type trend struct {
	width, last int64
	bins        [trendBins]uint32
}

// add counts a record at ns, which the calendar has seen.
func (t *trend) add(ns int64, c *calendar) {
	t.widen(c.width)
	n := bin(ns, c.width)
	if n > t.last {
		t.move(n)
	}
	if t.last-n < trendBins {
		t.bins[slot(n)]++
	}
}

func slot(n int64) int { return int(uint64(n) % trendBins) }

// move makes n the last bin.
func (t *trend) move(n int64) {
	for k := max(t.last+1, n-trendBins+1); k <= n; k++ {
		t.bins[slot(k)] = 0
	}
	t.last = n
}

// widen joins bins until they are of that width.
func (t *trend) widen(width int64) {
	if t.width == width {
		return
	}
	old := *t
	*t = trend{width: width, last: -1 << 62}
	if old.width == 0 {
		return
	}
	t.last = bin(old.last*old.width, width)
	for n := old.last - trendBins + 1; n <= old.last; n++ {
		if k := bin(n*old.width, width); t.last-k < trendBins {
			t.bins[slot(k)] += old.bins[slot(n)]
		}
	}
}

// values are the counts from the oldest record on, the newest last: Null if
// no record had a stamp.
func (t *trend) values(c *calendar) model.Value {
	if c.width == 0 {
		return model.Value{}
	}
	t.widen(c.width)
	last := bin(c.newest, c.width)
	v := model.Value{Kind: model.Array}
	for n := max(bin(c.oldest, c.width), last-trendBins+1); n <= last; n++ {
		count := uint32(0)
		if n <= t.last && t.last-n < trendBins {
			count = t.bins[slot(n)]
		}
		v.Items = append(v.Items, number(int64(count)))
	}
	return v
}

// step is how long each bin is.
func (c *calendar) step() model.Value {
	if c.width == 0 {
		return model.Value{}
	}
	return model.StringValue(time.Duration(c.width).String())
}
