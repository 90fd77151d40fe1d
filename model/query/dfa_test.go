package query

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"ravel/model"
)

// dfaExprs are expressions with every kind of instruction.
var dfaExprs = []string{
	"abc", "a|b", "[a-f].{3}x", "^ab", "ab$", "^$", "", `\bab\b`, `\Bb`, "(?i)aB+c?", "(a|ab)(c|bcd)*", "(?m)^b$", "(?s)a.b", "a.b", `\d{2,4}ms`,
	"[^a]b", "(?:x*)*y", "é|a", "[[:word:]]+-", `a\z`, `\Aa`, "(^|b)a", "$b", "(?i)k",
}

func TestDFA(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, expr := range dfaExprs {
		re := regexp.MustCompile(expr)
		d := newDFA(re)
		for range 3000 {
			var sb strings.Builder
			for range rng.IntN(12) {
				sb.WriteString(pick(rng, []string{"a", "b", "B", "c", "d", "x", "y", "1", "22", "ms", " ", "\n", "-", "é", "K", "\xff"}[:14+rng.IntN(3)]))
			}
			if text := sb.String(); d.match([]byte(text), 0) != re.MatchString(text) {
				t.Fatalf("%q on %q: %v", expr, text, !re.MatchString(text))
			}
		}
	}
}

// TestDFAOverflows checks that an expression with too many states still
// answers right.
func TestDFAOverflows(t *testing.T) {
	re := regexp.MustCompile("[a-f].{14}x")
	d := newDFA(re)
	rng := rand.New(rand.NewPCG(5, 5))
	hits := 0
	for range 5000 {
		b := make([]byte, 60)
		for i := range b {
			b[i] = "abcdefghijkl"[rng.IntN(12)]
		}
		if rng.IntN(3) == 0 {
			b[rng.IntN(60)] = 'x'
		}
		got := d.match(b, 0)
		if got != re.Match(b) {
			t.Fatalf("%q: %v", b, got)
		}
		hits += btoi(got)
	}
	if hits == 0 || len(d.sets) > maxStates {
		t.Errorf("%d hits, %d states", hits, len(d.sets))
	}
}

func FuzzDFA(f *testing.F) {
	for _, e := range dfaExprs {
		f.Add(e, "ab 12ms abc\nb")
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		re, err := regexp.Compile(expr)
		if err != nil || len(expr) > 50 || len(text) > 200 {
			return
		}
		if d := newDFA(re); d != nil && d.match([]byte(text), 0) != re.MatchString(text) {
			t.Fatalf("%q on %q: the dfa says %v", expr, text, !re.MatchString(text))
		}
	})
}

// TestDFALanes checks that records side by side are told as each alone.
func TestDFALanes(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for _, expr := range append([]string{"[a-f].{14}x"}, dfaExprs...) {
		re := regexp.MustCompile(expr)
		for n := range 12 {
			l := newTestLog()
			for range n * n * 8 {
				var sb strings.Builder
				for range rng.IntN(40) {
					sb.WriteString(pick(rng, []string{"a", "b", "B", "c", "d", "f", "x", "y", "1", "22", "ms", " ", "g", "-", "é", "K"}[:13+rng.IntN(4)]))
				}
				l.add(sb.String()+"\n", model.Record{Time: model.NoTime}, model.Meta{Dur: model.NoDur})
			}
			set, told := model.NewBits(l.batch.Len()), 0
			for i := range l.batch.Len() {
				if rng.IntN(5) == 0 {
					set.Clear(i)
				}
			}
			newDFA(re).each(&l.batch, set, func(i int, matches bool) {
				told++
				if !set.Has(i) || matches != re.Match(trimEOL(l.batch.Raw(i))) {
					t.Fatalf("%q on %q (record %d of %d): %v", expr, l.batch.Raw(i), i, l.batch.Len(), matches)
				}
			})
			if told != set.Count() {
				t.Fatalf("%q: told of %d of %d records", expr, told, set.Count())
			}
		}
	}
}
