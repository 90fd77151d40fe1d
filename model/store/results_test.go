package store

import (
	"testing"

	"ravel/model"
)

func TestResultsForgetTheLeastRecentQuery(t *testing.T) {
	chunk := func(id uint64) *Chunk { return &Chunk{id: id, sealed: true} }
	bits := make(model.Bits, 115) // 1,000 bytes an entry
	r := NewResults(5000)
	r.Put("a", chunk(1), Hits{N: 1, Bits: bits})
	r.Put("a", chunk(2), Hits{N: 2, Bits: bits})
	r.Put("b", chunk(1), Hits{N: 3, Bits: bits})
	r.Put("b", chunk(2), Hits{N: 4, Bits: bits})
	if h, ok := r.Get("a", chunk(2)); !ok || h.N != 2 {
		t.Fatalf("Get = %v, %v", h, ok)
	}
	r.Put("c", chunk(1), Hits{N: 5, Bits: bits})
	r.Put("c", chunk(2), Hits{N: 6, Bits: bits})
	if _, ok := r.Get("b", chunk(1)); ok {
		t.Error("b was used least recently and is still there")
	}
	if _, ok := r.Get("a", chunk(1)); !ok {
		t.Error("a was used more recently than b and is gone")
	}
	if r.Bytes() != 4000 {
		t.Errorf("Bytes = %d", r.Bytes())
	}
	r.Drop(1)
	if _, ok := r.Get("c", chunk(1)); ok || r.Bytes() != 2000 {
		t.Errorf("after Drop: found %v, %d bytes", ok, r.Bytes())
	}
}

func TestResultsStayWithinTheirLimit(t *testing.T) {
	r := NewResults(10_000)
	for id := range uint64(100) {
		r.Put("one", &Chunk{id: id + 1, sealed: true}, Hits{N: 1, Bits: make(model.Bits, 115)})
	}
	if r.Bytes() != 10_000 {
		t.Errorf("Bytes = %d", r.Bytes())
	}
	r.Put("two", &Chunk{id: 1}, Hits{})
	if _, ok := r.Get("two", &Chunk{id: 1}); ok {
		t.Error("a chunk that grows was cached")
	}
}

func TestEvictionDropsResults(t *testing.T) {
	s := New(Options{Budget: 1 << 20})
	b := func() *model.Batch {
		b := &model.Batch{Buf: make([]byte, 300<<10)}
		b.Add(model.Meta{End: uint32(len(b.Buf))})
		return b
	}
	s.Append(b(), Folding{})
	first := s.Snapshot().Chunk(0)
	s.Results().Put("q", first, Hits{N: 1})
	for range 5 {
		s.Append(b(), Folding{})
	}
	if _, ok := s.Results().Get("q", first); ok || s.Results().Bytes() != 0 {
		t.Error("an evicted chunk's result is still cached")
	}
	if s.Snapshot().Evicted == 0 {
		t.Error("nothing was evicted")
	}
}
