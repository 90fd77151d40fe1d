package store

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"ravel/model"
)

// lentStore holds batches whose bytes only a file has.
func lentStore(budget int64, batches int) (*Store, *script, *model.Origin) {
	sc := &script{r: rand.New(rand.NewPCG(6, 6))}
	origin := &model.Origin{R: sc}
	s := New(Options{Budget: budget})
	for range batches {
		s.Append(lent(sc.batch(1000, true, origin)), Folding{})
	}
	return s, sc, origin
}

// inMemory tells for each chunk whether its bytes are in memory.
func inMemory(s *Store) (warm []bool) {
	for _, c := range s.Snapshot().Chunks() {
		warm = append(warm, c.inMemory() != nil)
	}
	return warm
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestWarmReadsTheNewestFirstAndHoldsTheBudget(t *testing.T) {
	s, sc, origin := lentStore(1<<20, 12)
	for s.Warm() {
		if warm := inMemory(s); !slices.IsSortedFunc(warm, func(a, b bool) int { return cmp.Compare(count(a), count(b)) }) {
			t.Fatalf("an older one is there before a newer one: %v", warm)
		}
	}
	if s.Snapshot().Chunk(0).inMemory() != nil || s.Snapshot().Chunk(11).inMemory() == nil {
		t.Errorf("the budget should hold some: %v", inMemory(s))
	}
	held := s.warmth.bytes
	if all := s.Snapshot().Bytes + held; all > s.limit {
		t.Errorf("%d bytes are held, the limit is %d", all, s.limit)
	}

	// What comes takes the place of the oldest that were read, and nothing else goes.
	s.Append(lent(sc.batch(3000, true, origin)), Folding{})
	if s.warmth.bytes >= held || s.Snapshot().Evicted > 0 || s.Snapshot().Chunk(11).inMemory() == nil {
		t.Errorf("%d bytes of %d are left, %d records are evicted: %v", s.warmth.bytes, held, s.Snapshot().Evicted, inMemory(s))
	}
	if s.Warm() {
		t.Error("what has been given up is read again")
	}
}

func TestWarmStandsInForTheFile(t *testing.T) {
	s, sc, origin := lentStore(1<<30, 3)
	for s.Warm() {
	}
	origin.Check = func() error { return errors.New("was truncated") }
	sc.oracle(t, s.Snapshot(), s.Open, map[model.Seq]bool{})
	sc.scans(t, s.Snapshot())
}

func TestWarmStopsWhereTheFileIsGone(t *testing.T) {
	s, _, origin := lentStore(1<<30, 3)
	origin.Check = func() error { return errors.New("was truncated") }
	s.Warm()
	if s.Warm() || s.warmth.bytes != 0 {
		t.Errorf("%d bytes were read of a file that is gone", s.warmth.bytes)
	}
}
