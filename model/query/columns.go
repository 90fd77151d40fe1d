package query

import (
	"fmt"
	"math"

	"ravel/model"
)

// levelNode holds for the levels whose bit is in mask.
type levelNode struct{ mask uint16 }

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

func (n *levelNode) narrow(s *scan, bits model.Bits) {
	col, mask := s.b.Level, uint64(n.mask)
	for w := range bits {
		if bits[w] == 0 {
			continue
		}
		var keep uint64
		rest := col[w*64 : min(w*64+64, len(col))]
		k := 0
		for ; len(rest) >= 8; rest, k = rest[8:], k+8 { // no bounds checks in here
			l := (*[8]model.Level)(rest)
			keep |= (mask>>(l[0]&15)&1 | mask>>(l[1]&15)&1<<1 | mask>>(l[2]&15)&1<<2 | mask>>(l[3]&15)&1<<3 |
				mask>>(l[4]&15)&1<<4 | mask>>(l[5]&15)&1<<5 | mask>>(l[6]&15)&1<<6 | mask>>(l[7]&15)&1<<7) << k
		}
		for _, l := range rest {
			keep |= mask >> (l & 15) & 1 << k
			k++
		}
		bits[w] &= keep
	}
}

func (n *levelNode) match(u *subject) bool { return n.mask>>u.rec().Level&1 != 0 }

func (n *levelNode) cost() int { return 1 }

func (n *levelNode) columnar() bool { return true }

// span is a range of a column, from included, to not.
type span struct{ from, to int64 }

// String is the span as a part of what results are kept by.
func (s span) String() string { return fmt.Sprintf(" @%d..%d", s.from, s.to) }

// timeNode holds for the stamps in one of its spans.
type timeNode struct {
	spans  []span
	absent bool // it holds for records without a stamp
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

func (n *timeNode) narrow(s *scan, bits model.Bits) {
	if len(n.spans) == 1 && !n.absent {
		n.narrowOne(s.b.Time, bits)
		return
	}
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if !n.holds(s.b.Time[i]) {
			bits.Clear(i)
		}
	}
}

// narrowOne is narrow for the common case: one comparison a record.
func (n *timeNode) narrowOne(col []int64, bits model.Bits) {
	from := n.spans[0].from
	width := uint64(n.spans[0].to - from) // NoTime is below every from
	for w := range bits {
		if bits[w] == 0 {
			continue
		}
		var keep uint64
		for k, t := range col[w*64 : min(w*64+64, len(col))] {
			if uint64(t-from) < width {
				keep |= 1 << k
			}
		}
		bits[w] &= keep
	}
}

func (n *timeNode) match(u *subject) bool { return n.holds(u.rec().Time) }

func (n *timeNode) cost() int { return 4 }

func (n *timeNode) columnar() bool { return true }

// statusNode holds for the HTTP statuses in its spans.
type statusNode struct{ spans []span }

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

func (n *statusNode) narrow(s *scan, bits model.Bits) {
	col := s.b.Status
	for w := range bits {
		if bits[w] == 0 {
			continue
		}
		var keep uint64
		for k, code := range col[w*64 : min(w*64+64, len(col))] {
			if code != 0 && n.holds(int(code)) {
				keep |= 1 << k
			}
		}
		bits[w] &= keep
	}
}

func (n *statusNode) match(u *subject) bool { return n.holds(u.httpStatus()) }

func (n *statusNode) cost() int { return 2 }

func (n *statusNode) columnar() bool { return true }

// durationNode holds for logged durations in its spans, ns.
type durationNode struct {
	spans  []span
	absent bool
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
	col, told := s.b.Dur, n.columnar()
	for w := range bits {
		if bits[w] == 0 {
			continue
		}
		var keep uint64
		for k, d := range col[w*64 : min(w*64+64, len(col))] {
			switch {
			case d == model.NoDur:
				if n.absent {
					keep |= 1 << k
				}
			case d == model.MaxDur && !told: // longer than the column tells
				if bits[w]>>k&1 != 0 && n.match(s.subject(w*64+k)) {
					keep |= 1 << k
				}
			case n.holds(int64(d) * 1000):
				keep |= 1 << k
			}
		}
		bits[w] &= keep
	}
}

func (n *durationNode) match(u *subject) bool {
	ns, ok := u.duration()
	if !ok {
		return n.absent
	}
	return n.holds(ns)
}

func (n *durationNode) cost() int { return 2 }

// columnar is false where the test asks by how much a duration is longer than
// the column can tell.
func (n *durationNode) columnar() bool {
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
		r.Seq, r.Line, r.Time = b.First+model.Seq(i), b.Line[i], b.Time[i]
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

func (n *ownNode) columnar() bool { return true }
