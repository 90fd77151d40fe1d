package model

import (
	"math/rand/v2"
	"testing"
)

// TestLines holds packed lines against the column that they stand for: through
// slices of slices, shifts and packing again.
func TestLines(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for _, c := range []struct {
		name string
		step func() uint32 // from one record's line to the next one's
		kept bool          // the column stays
	}{
		{"one line each", func() uint32 { return 1 }, false},
		{"some have more", func() uint32 { return 1 + max(uint32(r.IntN(40)), 35) - 35 }, false},
		{"interleaved", func() uint32 { return uint32(r.IntN(7)) - 3 }, true},
		{"not counted", func() uint32 { return 0 }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := someBatch(r, 1000, true, true)
			line := uint32(500)
			for i := range b.Line {
				line += c.step()
				b.Line[i] = line
			}
			want := append([]uint32(nil), b.Line...)
			b.Pack()
			if (b.Line != nil) != c.kept {
				t.Fatalf("the column stays: %v", b.Line != nil)
			}
			part := b.Slice(200, 900)
			part = part.Slice(50, 600)
			part.Pack()
			got := part.AppendLines(nil, 3, 500)
			for i, line := range got {
				if line != want[253+i] || part.LineAt(3+i) != line || part.Meta(3+i).Line != line {
					t.Fatalf("record %d of the slice: line %d, want %d", 3+i, line, want[253+i])
				}
			}
			b.ShiftLines(7)
			for i := range want {
				if b.LineAt(i) != want[i]+7 {
					t.Fatalf("record %d: line %d after the shift, want %d", i, b.LineAt(i), want[i]+7)
				}
			}
		})
	}
}
