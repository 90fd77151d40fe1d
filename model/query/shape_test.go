package query

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"ravel/model"
)

// shapeExprs are expressions whose shapes differ: in length, by what may follow
// what, by characters of several bytes and of several cases, or without any.
var shapeExprs = append([]string{
	`[a-f]{3}\d[a-f]{3}`, `\d{3}-\d{4}`, "(abc|xy|b)1?", "a?b?c", "(?i)k2", "s[é-ü]x", `\x{fffd}x`, "[^a]b", "(ab)+c", "x*", "[a-z]{9}", `1\d{0,3}ms`,
	`\b[45]\d\d\b`, "[a-c][^x]y", "(?s).a", "[[:^ascii:]]b",
}, dfaExprs...)

// shapedText is random bytes, of which expressions match some.
func shapedText(rng *rand.Rand, n int) []byte {
	text := make([]byte, 0, n)
	for len(text) < n {
		text = append(text, pick(rng, []string{"a", "b", "c", "d", "f", "x", "y", "1", "2", "45", "ms", " ", "-", "K", "k", "é", "ü", "\u212a", "\xff", "\xa9", "\n", "s"}[:12+rng.IntN(11)])...)
	}
	return text[:n]
}

// TestShapeIsKept looks that what matches has the shape where it begins, and that
// the shape is found wherever it is: as it is here, and as it is where there are no
// instructions for it.
func TestShapeIsKept(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, expr := range shapeExprs {
		re := regexp.MustCompile(expr)
		sh := newShape(re)
		if sh == nil {
			continue
		}
		for range 500 {
			text := shapedText(rng, rng.IntN(300))
			has := func(at int) bool {
				for k := range sh.n {
					if at+k >= len(text) || sh.low[text[at+k]&15]&sh.high[text[at+k]>>4]>>k&1 == 0 {
						return false
					}
				}
				return true
			}
			for _, m := range re.FindAllIndex(text, -1) {
				if !has(m[0]) {
					t.Fatalf("%q matches %q at %d, which has not the shape", expr, text, m[0])
				}
			}
			from := rng.IntN(len(text) + 1)
			want := -1
			for at := from; at < len(text) && want < 0; at++ {
				if has(at) {
					want = at
				}
			}
			if got := sh.next(text, from); got != want {
				t.Fatalf("shape of %q in %q from %d: %d, want %d", expr, text, from, got, want)
			}
			if got := sh.nextByte(text, from); got != want {
				t.Fatalf("shape of %q in %q from %d, in Go: %d, want %d", expr, text, from, got, want)
			}
		}
	}
}

func TestShapes(t *testing.T) {
	for expr, n := range map[string]int{`[a-f]{3}\d[a-f]{3}`: 7, "abcdefghij": 8, "a?bc": 2, "a*": 0, "": 0, "a|bc": 1, "^ab": 2, "aéb": 2, "a.b": 2, `a[^ ]`: 2, `(?i)ks`: 1} {
		got := 0
		if sh := newShape(regexp.MustCompile(expr)); sh != nil {
			got = sh.n
		}
		if got != n {
			t.Errorf("shape of %q: %d bytes, want %d", expr, got, n)
		}
	}
}

// TestShaped compares what is found by shape with the expression asked of each
// record: of all of a batch, of few, and where what has the shape mostly does not
// match.
func TestShaped(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for _, expr := range append([]string{"abb?[cd]x?[0-9]+y1"}, shapeExprs...) {
		for _, size := range []int{3, 40, 3000} {
			l := newTestLog()
			for range size {
				text := append(shapedText(rng, rng.IntN(40)), pick(rng, []string{"", "\n", "\r\n"})...)
				l.add(string(text), model.Record{Time: model.NoTime}, model.Meta{Dur: model.NoDur})
			}
			n := newRegexpNode(regexp.MustCompile(expr))
			if n.shape == nil {
				break
			}
			p, err := mustParse(t, "x").Compile(l.env())
			if err != nil {
				t.Fatal(err)
			}
			b := &l.batch
			set := model.NewBits(b.Len())
			for i := range b.Len() {
				if rng.IntN(1+size%7) > 1 {
					set.Clear(i)
				}
			}
			s := p.start(b)
			hits, maybe := s.empty(set), s.empty(set)
			(&shaped{n: n, s: s, set: set, hits: hits, maybe: maybe}).find()
			for i := range b.Len() {
				text := trimEOL(b.Raw(i))
				loose := n.loose
				if loose == nil {
					loose = n.re
				}
				if set.Has(i) && (hits.Has(i) != n.re.Match(text) || loose.Match(text) && !maybe.Has(i)) || !set.Has(i) && (hits.Has(i) || maybe.Has(i)) {
					t.Fatalf("%q on %q, record %d of %d: %v, %v", expr, text, i, b.Len(), hits.Has(i), maybe.Has(i))
				}
			}
		}
	}
}

func BenchmarkShape(b *testing.B) {
	l := benchLog(false, 1<<20)
	for _, expr := range []string{`[a-f]{3}\d[a-f]{3}`, `[A-Z]\d\d[A-Z]`, "[!?]{2}"} {
		sh := newShape(regexp.MustCompile(expr))
		b.Run(expr, func(b *testing.B) {
			b.SetBytes(int64(len(l.batch.Buf)))
			for b.Loop() {
				for at := sh.next(l.batch.Buf, 0); at >= 0; at = sh.next(l.batch.Buf, at+1) {
				}
			}
		})
	}
}
