package query

import (
	"fmt"
	"math"

	"ravel/model"
)

// levelNode holds for the levels whose bit is in mask.
type levelNode struct {
	mask  uint16
	spans []span // the same
}

func newLevelNode(mask uint16) *levelNode {
	return &levelNode{mask, spansOf(16, func(l int) bool { return mask>>l&1 != 0 })}
}

func (n *levelNode) prune(z *model.Zone) model.Verdict {
	in := 0
	for l, k := range z.Levels {
		if n.mask>>l&1 != 0 {
			in += int(k)
		}
	}
	return verdict(in, z.N)
}

// verdict is that of a batch of which in of all records hold.
func verdict(in, all int) model.Verdict {
	switch in {
	case 0:
		return model.None
	case all:
		return model.All
	}
	return model.Maybe
}

func (n *levelNode) narrow(s *scan, bits model.Bits) { narrowSpans(s.b.Level, bits, n.spans) }

func (n *levelNode) match(u *subject) bool { return n.mask>>u.rec().Level&1 != 0 }

func (n *levelNode) cost() int { return 1 }

func (n *levelNode) needs() model.Columns { return model.LevelColumn }

// span is a range of a column, from included, to not.
type span struct{ from, to int64 }

// String is the span as a part of what results are kept by.
func (s span) String() string { return fmt.Sprintf(" @%d..%d", s.from, s.to) }

// timeNode holds for the stamps in one of its spans.
type timeNode struct {
	spans  []span
	absent bool   // it holds for records without a stamp
	column []span // what holds, of the column
}

func newTimeNode(spans []span, absent bool) *timeNode {
	n := &timeNode{spans: spans, absent: absent, column: joined(spans, model.NoTime+1, math.MaxInt64)}
	if absent {
		n.column = append([]span{{model.NoTime, model.NoTime + 1}}, n.column...)
	}
	return n
}

func (n *timeNode) prune(z *model.Zone) model.Verdict {
	if z.Stampless > 0 || z.MinTime > z.MaxTime {
		if n.absent || z.MinTime <= z.MaxTime && n.touches(z) {
			return model.Maybe
		}
		return model.None
	}
	for _, sp := range n.spans {
		if sp.from <= z.MinTime && z.MaxTime < sp.to {
			return model.All
		}
	}
	if n.touches(z) {
		return model.Maybe
	}
	return model.None
}

// touches reports whether a span overlaps with the batch's.
func (n *timeNode) touches(z *model.Zone) bool {
	for _, sp := range n.spans {
		if sp.from <= z.MaxTime && z.MinTime < sp.to {
			return true
		}
	}
	return false
}

// holds reports whether t is in a span.
func (n *timeNode) holds(t int64) bool {
	if t == model.NoTime {
		return n.absent
	}
	for _, sp := range n.spans {
		if sp.from <= t && t < sp.to {
			return true
		}
	}
	return false
}

func (n *timeNode) narrow(s *scan, bits model.Bits) { narrowSpans(s.b.Time, bits, n.column) }

func (n *timeNode) match(u *subject) bool { return n.holds(u.rec().Time) }

func (n *timeNode) cost() int { return 4 }

func (n *timeNode) needs() model.Columns { return model.OtherColumns }

// statusNode holds for the HTTP statuses in its spans.
type statusNode struct {
	spans  []span
	column []span // what holds, of the column, where 0 is none
}

func newStatusNode(spans []span) *statusNode {
	return &statusNode{spans, joined(spans, 1, math.MaxUint16+1)}
}

func (n *statusNode) prune(z *model.Zone) model.Verdict {
	for class, k := range z.Statuses {
		if class == 0 || k == 0 {
			continue
		}
		hi := int64(class)*100 + 100
		if class == 5 {
			hi = math.MaxUint16
		}
		for _, sp := range n.spans {
			if sp.from < hi && int64(class)*100 < sp.to {
				return model.Maybe
			}
		}
	}
	return model.None
}

// holds reports whether a status is in a span; 0 is none.
func (n *statusNode) holds(code int) bool {
	for _, sp := range n.spans {
		if sp.from <= int64(code) && int64(code) < sp.to {
			return code != 0
		}
	}
	return false
}

func (n *statusNode) narrow(s *scan, bits model.Bits) { narrowSpans(s.b.Status, bits, n.column) }

func (n *statusNode) match(u *subject) bool { return n.holds(u.httpStatus()) }

func (n *statusNode) cost() int { return 2 }

func (n *statusNode) needs() model.Columns { return model.StatusColumn }

// durationNode holds for logged durations in its spans, ns.
type durationNode struct {
	spans  []span
	absent bool
	column []span // what holds, of the column, as far as that can tell
}

func newDurationNode(spans []span, absent bool) *durationNode {
	n := &durationNode{spans: spans, absent: absent}
	limit := int64(model.NoDur)
	if !n.told() {
		limit = int64(model.MaxDur)
	}
	for _, sp := range spans {
		n.column = append(n.column, span{micros(sp.from), micros(sp.to)})
	}
	n.column = joined(n.column, 0, limit)
	if absent {
		n.column = append(n.column, span{int64(model.NoDur), int64(model.NoDur) + 1})
	}
	return n
}

func (n *durationNode) prune(z *model.Zone) model.Verdict {
	if n.absent {
		return model.Maybe
	}
	if z.Durs == 0 {
		return model.None
	}
	for _, sp := range n.spans {
		if sp.from <= int64(z.MaxDur)*1000 || z.MaxDur == model.MaxDur {
			return model.Maybe
		}
	}
	return model.None
}

// holds reports whether ns is in a span.
func (n *durationNode) holds(ns int64) bool {
	for _, sp := range n.spans {
		if sp.from <= ns && ns < sp.to {
			return true
		}
	}
	return false
}

func (n *durationNode) narrow(s *scan, bits model.Bits) {
	var longer model.Bits
	if !n.told() {
		longer = n.longer(s, bits)
	}
	narrowSpans(s.b.Dur, bits, n.column)
	if longer != nil {
		bits.Or(longer)
		s.free(longer)
	}
}

// longer is the records of set that are longer than the column tells and pass;
// give it back by free.
func (n *durationNode) longer(s *scan, set model.Bits) model.Bits {
	longer := s.copyBits(set)
	narrowRun(s.b.Dur, longer, model.MaxDur, 0)
	for i := longer.Next(0); i >= 0; i = longer.Next(i + 1) {
		if !n.match(s.subject(i)) {
			longer.Clear(i)
		}
	}
	return longer
}

// micros is the least duration in µs that is no less than ns.
func micros(ns int64) int64 {
	if ns <= 0 {
		return 0
	}
	return (ns-1)/1000 + 1
}

func (n *durationNode) match(u *subject) bool {
	ns, ok := u.duration()
	if !ok {
		return n.absent
	}
	return n.holds(ns)
}

func (n *durationNode) cost() int { return 2 }

func (n *durationNode) needs() model.Columns {
	if n.told() {
		return model.DurColumn
	}
	return model.DurColumn | model.TextBytes
}

// told is false where the test asks by how much a duration is longer than the
// column can tell.
func (n *durationNode) told() bool {
	const longest = int64(model.MaxDur) * 1000
	for _, sp := range n.spans {
		if sp.from > longest || sp.to > longest && sp.to != math.MaxInt64 {
			return false
		}
	}
	return true
}

// ownNode compares one of the record's own fields that its columns tell in
// full: stamps as text, seq, line.
type ownNode struct {
	col column
	c   *comparer // nil: exists
}

func (n *ownNode) prune(*model.Zone) model.Verdict { return model.Maybe }

func (n *ownNode) narrow(s *scan, bits model.Bits) {
	b := s.b
	var r model.Record
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		r.Seq, r.Line, r.Time = b.First+model.Seq(i), b.LineAt(i), b.Time[i]
		if !n.match(&subject{r: &r, b: b, i: i}) {
			bits.Clear(i)
		}
	}
}

func (n *ownNode) match(u *subject) bool {
	v, ok := u.own(n.col)
	switch {
	case n.c == nil:
		return ok
	case !ok:
		return n.c.absent
	}
	return n.c.holds(v)
}

func (n *ownNode) cost() int { return 15 }

func (n *ownNode) needs() model.Columns { return model.OtherColumns }
