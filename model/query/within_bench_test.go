package query

import (
	"testing"

	"ravel/model"
)

// BenchmarkNarrowMore asks for one more word where a filter asked before has
// left one record in so many.
func BenchmarkNarrowMore(b *testing.B) {
	l := benchLog(false, 32<<20)
	for _, c := range []struct {
		name string
		one  int
	}{{"all", 1}, {"half", 2}, {"quarter", 4}, {"tenth", 10}, {"hundredth", 100}} {
		for _, word := range []string{"200", "39ms", "catalogs"} {
			b.Run(word+"/"+c.name, func(b *testing.B) {
				p, err := mustParse(b, word).Compile(l.env())
				if err != nil {
					b.Fatal(err)
				}
				parent := make(model.Bits, (l.batch.Len()+63)/64)
				for i := 1; i < l.batch.Len(); i += c.one {
					parent.Set(i)
				}
				bits := make(model.Bits, len(parent))
				b.SetBytes(int64(len(l.batch.Buf)))
				b.ReportAllocs()
				for b.Loop() {
					copy(bits, parent)
					p.Narrow(&l.batch, bits)
				}
				b.ReportMetric(float64(bits.Count()), "hits")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(parent.Count()), "ns/asked")
			})
		}
	}
}
