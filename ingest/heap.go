package ingest

import (
	"cmp"
	"slices"
	"strings"
)

// heap is the inputs that offer a record, the one to take first in front.
type heap []*input

func (h *heap) push(in *input) {
	*h = append(*h, in)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if offers(s[up], s[i]) <= 0 {
			return
		}
		s[up], s[i] = s[i], s[up]
		i = up
	}
}

// pop removes the front.
func (h *heap) pop() {
	s := *h
	n := len(s) - 1
	s[0], s[n] = s[n], nil
	*h = s[:n]
	h.down(0)
}

// down moves entry i to its place after its key has grown.
func (h heap) down(i int) {
	for {
		low := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h); c++ {
			if offers(h[c], h[low]) < 0 {
				low = c
			}
		}
		if low == i {
			return
		}
		h[i], h[low] = h[low], h[i]
		i = low
	}
}

// second is the entry after the front, nil if there is none.
func (h heap) second() *input {
	switch {
	case len(h) < 2:
		return nil
	case len(h) > 2 && offers(h[2], h[1]) < 0:
		return h[2]
	}
	return h[1]
}

// sortInputs puts inputs in the order that decides between equal stamps: the
// place on the command line, then the name, so that it is the same on every
// run.
func sortInputs(all []*input) {
	slices.SortStableFunc(all, func(a, b *input) int {
		return cmp.Or(cmp.Compare(a.s.order, b.s.order), strings.Compare(a.s.key, b.s.key))
	})
}
