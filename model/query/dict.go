package query

import (
	"slices"
	"sync/atomic"

	"ravel/model"
)

// dictNode holds for domains or sources whose name passes: each name is tested
// once.
type dictNode struct {
	c      *comparer // nil: any name but ""
	dict   *model.Dict
	source bool // Batch.Source, else Batch.Domain
	passes atomic.Pointer[passing]
}

// passing says of the dictionary's first n numbers whether their names pass, by
// 1; it has room for all numbers there can be, so that none is checked.
type passing struct {
	n     int
	marks [1 << 16]uint8
	spans []span // the same
}

// maxSpans is up to how many spans of numbers are tested one after the other;
// looking each number up costs the same for any.
const maxSpans = 8

// table says for each number up to the dictionary's present end whether its
// name passes.
func (n *dictNode) table() *passing {
	old := n.passes.Load()
	size := n.dict.Len()
	if old != nil && old.n >= size {
		return old
	}
	t := &passing{n: size}
	for i := range size {
		t.marks[i] = uint8(btoi(n.passesName(n.dict.Name(uint16(i)))))
	}
	t.spans = spansOf(size, func(i int) bool { return t.marks[i] != 0 })
	n.passes.Store(t) // two that race store the same or a shorter one
	return t
}

func (n *dictNode) passesName(name string) bool {
	switch {
	case n.c == nil:
		return name != ""
	case name == "":
		return n.c.absent
	}
	return n.c.holds(model.StringValue(name))
}

func (n *dictNode) prune(*model.Zone) model.Verdict { return model.Maybe }

func (n *dictNode) narrow(s *scan, bits model.Bits) {
	col := s.b.Domain
	if n.source {
		col = s.b.Source
	}
	t := n.table()
	var also model.Bits
	if n.source && s.b.Also != nil {
		also = n.also(s, bits, t)
	}
	if hasVectors && len(t.spans) <= maxSpans {
		narrowSpans(col, bits, t.spans)
	} else {
		narrowMarked(col, bits, &t.marks)
	}
	if also != nil {
		bits.Or(also)
		s.free(also)
	}
}

// also is the records of set that stand in a further source that passes (rule
// 12); give it back by free.
func (n *dictNode) also(s *scan, set model.Bits, t *passing) model.Bits {
	also := s.empty(set)
	for i, ids := range s.b.Also {
		if set.Has(i) && slices.ContainsFunc(ids, func(id uint16) bool { return t.marks[id] != 0 }) {
			also.Set(i)
		}
	}
	return also
}

func (n *dictNode) match(u *subject) bool {
	if !n.source {
		return n.passesName(u.rec().Domain)
	}
	if n.passesName(u.rec().Source) {
		return true
	}
	also, ok := model.Lookup(u.rec().Fields, "also_in")
	return ok && n.c != nil && n.c.holds(also)
}

func (n *dictNode) cost() int { return 3 }

func (n *dictNode) needs() model.Columns {
	if n.source {
		return model.SourceColumn
	}
	return model.DomainColumn
}
