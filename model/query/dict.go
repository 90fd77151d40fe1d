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
	passes atomic.Pointer[[]bool]
}

// table says for each number up to the dictionary's present end whether its
// name passes.
func (n *dictNode) table() []bool {
	old := n.passes.Load()
	size := n.dict.Len()
	if old != nil && len(*old) >= size {
		return *old
	}
	t := make([]bool, size)
	for i := range t {
		t[i] = n.passesName(n.dict.Name(uint16(i)))
	}
	n.passes.Store(&t) // two that race store the same or a shorter one
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
	for w := range bits {
		if bits[w] == 0 {
			continue
		}
		var keep uint64
		for k, id := range col[w*64 : min(w*64+64, len(col))] {
			if int(id) < len(t) && t[id] {
				keep |= 1 << k
			}
		}
		if n.source && s.b.Also != nil {
			keep |= n.also(s, w, t)
		}
		bits[w] &= keep
	}
}

// also is which of 64 records stand in a further source that passes (rule 12).
func (n *dictNode) also(s *scan, w int, t []bool) (keep uint64) {
	for k := range 64 {
		if slices.ContainsFunc(s.b.Also[w*64+k], func(id uint16) bool { return int(id) < len(t) && t[id] }) {
			keep |= 1 << k
		}
	}
	return keep
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

func (n *dictNode) columnar() bool { return true }
