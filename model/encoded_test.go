package model

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// encodable is a batch of n records whose columns have as many values as of
// names.
func encodable(r *rand.Rand, n, values int) *Batch {
	b := &Batch{}
	for range n {
		m := Meta{
			Level: Level(r.IntN(min(values, int(NumLevels)))), Domain: uint16(r.IntN(values)), Source: uint16(1<<16 - 1 - r.IntN(values)),
			Status: uint16(r.IntN(values)), Dur: NoDur,
		}
		switch r.IntN(3) {
		case 0:
			m.Dur = r.Uint32()
			if n%2 == 0 {
				m.Dur = 1000 * r.Uint32N(1<<16)
			}
		case 1:
			if n == 1000 {
				m.Dur = MaxDur
			}
		}
		b.Add(m)
	}
	return b
}

func TestEncodedIsWhatItWas(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var d Batch // used again: what one batch left must not show in the next
	for _, values := range []int{1, 2, 3, 4, 5, 16, 17, 254, 255, 256, 257, 65536} {
		for _, n := range []int{0, 1, 2, 7, 8, 9, 63, 1000, MaxRecords} {
			b := encodable(r, n, values)
			x := Encode(b)
			x.Decode(&d, EncodedColumns)
			if !slices.Equal(d.Level, b.Level) || !slices.Equal(d.Domain, b.Domain) || !slices.Equal(d.Source, b.Source) ||
				!slices.Equal(d.Status, b.Status) || !slices.Equal(d.Dur, b.Dur) {
				t.Errorf("%d records of %d values differ once encoded", n, values)
			}
		}
	}
}

// TestEncodedDecodesWhatIsAsked: the columns that nobody asked for stay.
func TestEncodedDecodesWhatIsAsked(t *testing.T) {
	x := Encode(encodable(rand.New(rand.NewPCG(3, 4)), 100, 9))
	for _, set := range []Columns{0, LevelColumn, DurColumn | StatusColumn, EncodedColumns &^ SourceColumn} {
		var d Batch
		x.Decode(&d, set)
		got := Columns(0)
		for c, n := range map[Columns]int{
			LevelColumn: len(d.Level), DomainColumn: len(d.Domain), SourceColumn: len(d.Source),
			StatusColumn: len(d.Status), DurColumn: len(d.Dur),
		} {
			if n == 100 {
				got |= c
			}
		}
		if got != set {
			t.Errorf("asked for columns %b, got %b", set, got)
		}
	}
}

// TestEncodedIsSmall: four levels, eight domains, nine statuses, a duration in
// every fourth record.
func TestEncodedIsSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	b := &Batch{}
	for range 8000 {
		m := Meta{Level: Level(r.IntN(4)), Domain: uint16(r.IntN(8)), Source: 7, Status: uint16(r.IntN(9)), Dur: NoDur}
		if r.IntN(4) == 0 {
			m.Dur = 1000 * r.Uint32N(1<<16)
		}
		b.Add(m)
	}
	if got := float64(Encode(b).Bytes()) / 8000; got > 2.2 {
		t.Errorf("%.2f bytes a record", got)
	}
}

func BenchmarkEncode(b *testing.B) {
	batch := encodable(rand.New(rand.NewPCG(7, 8)), 8000, 9)
	b.ReportAllocs()
	for b.Loop() {
		Encode(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/8000/float64(b.N), "ns/record")
}

func BenchmarkDecode(b *testing.B) {
	x := Encode(encodable(rand.New(rand.NewPCG(7, 8)), 8000, 9))
	var d Batch
	for _, set := range []Columns{LevelColumn, DurColumn, EncodedColumns} {
		b.Run([]string{LevelColumn: "level", DurColumn: "durations", EncodedColumns: "all"}[set], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Decode(&d, set)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/8000/float64(b.N), "ns/record")
		})
	}
}
