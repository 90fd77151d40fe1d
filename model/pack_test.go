package model

import (
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
)

// someBatch makes a batch of n records, adjoining or not, whose columns are
// constant or not; if not, a few records have more than one line.
func someBatch(r *rand.Rand, n int, adjoin, constant bool) *Batch {
	b := &Batch{First: 7, Buf: make([]byte, 0, 16*n)}
	line := uint32(1)
	for i := range n {
		m := Meta{Start: uint32(len(b.Buf)), Time: int64(i), Req: r.Uint64(), Line: line, Dur: NoDur, Level: Info}
		line++
		if !constant && r.IntN(20) == 0 {
			line += uint32(r.IntN(30))
		}
		b.Buf = append(b.Buf, "0123456789"...)
		m.End = uint32(len(b.Buf))
		if !adjoin {
			b.Buf = append(b.Buf, '\n')
		}
		if !constant {
			m.Domain, m.Source, m.Status = uint16(r.IntN(5)), uint16(r.IntN(5)), uint16(r.IntN(500))
			m.Level, m.Mark, m.Format, m.Flags = Level(r.IntN(8)), Mark(r.IntN(9)), uint8(r.IntN(9)), Flags(r.IntN(9))
			m.Dur = r.Uint32()
		}
		b.Add(m)
	}
	return b
}

func TestPackKeepsValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 63, 1000, MaxRecords} {
		for mode := range 4 {
			b := someBatch(r, n, mode&1 == 0, mode&2 == 0)
			want := *b
			b.Pack()
			if n > 0 && b.Line != nil {
				t.Fatalf("n %d, mode %d: the lines are a column still", n, mode)
			}
			got := *b
			got.Line, got.lines, got.packed = b.AppendLines(nil, 0, n), lines{}, nil
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("n %d, mode %d: Pack changed a value", n, mode)
			}
			if n > 0 && &b.Time[0] == &want.Time[0] {
				t.Fatalf("n %d: Pack kept the maker's column", n)
			}
		}
	}
}

func TestPackedBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const n = 10_000
	for _, c := range []struct {
		name             string
		adjoin, constant bool
		perRecord        int64
	}{
		{"all differ", false, false, 38},
		{"adjoining", true, false, 34},
		{"adjoining and constant", true, true, 20},
	} {
		b := someBatch(r, n, c.adjoin, c.constant)
		b.Pack()
		got, want := b.Bytes()-int64(cap(b.Buf)), n*c.perRecord
		if got < want || got > want+want/40 {
			t.Errorf("%s: %d bytes of columns, want about %d", c.name, got, want)
		}
		if part := b.Slice(10, n-10); part.Bytes()-int64(cap(b.Buf)) < want*9/10-want/20 {
			t.Errorf("%s: a slice of all but 20 records counts for %d bytes of columns, the whole for %d", c.name, part.Bytes(), b.Bytes())
		}
	}
}

func TestZonesMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	b := someBatch(r, 1001, false, false)
	b.Time[7] = NoTime
	b.Dur[9] = NoDur
	b.Status[3] = 0
	want := b.Zone()
	for _, n := range []int{0, 1, 500, 1001} {
		first, last := b.Slice(0, n), b.Slice(n, b.Len())
		got := first.Zone()
		z := last.Zone()
		got.Merge(&z)
		if got != want {
			t.Errorf("cut at %d\n got %+v\nwant %+v", n, got, want)
		}
	}
	var levels [NumLevels]uint32
	var statuses [6]uint32
	for i, l := range b.Level {
		levels[l]++
		statuses[b.Status[i]/100]++
	}
	if want.Levels != levels || want.Statuses != statuses || want.Durs != 1000 || want.Stampless != 1 {
		t.Errorf("zone %+v", want)
	}
}

// TestConstantsAreFew: sources that begin at once do not each get a shared array.
func TestConstantsAreFew(t *testing.T) {
	var c constants[uint16]
	var wg sync.WaitGroup
	for v := range uint16(8 * maxConstants) {
		wg.Go(func() { c.shared([]uint16{v, v}) })
	}
	wg.Wait()
	if len(c.arrays) > maxConstants {
		t.Errorf("%d shared arrays, at most %d may be", len(c.arrays), maxConstants)
	}
}
