package query

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ravel/model"
)

func TestRest(t *testing.T) {
	for _, c := range []struct{ filter, parent, rest string }{
		{"completed 200", "completed", "200"},
		{"completed 200", "200", "completed"},
		{"completed", "comp", "completed"},
		{"Completed", "omp", "Completed"},
		{"completed", "Comp", "?"},
		{"COMPLETED", "comp", "COMPLETED"},
		{"comp", "completed", "?"},
		{"größe", "gr", "?"},
		{"größe x", "größe", "x"},
		{"level=error timeout", "level=error", "timeout"},
		{"level=error timeout", "level>=error", "?"},
		{"-a b", "-a", "b"},
		{"-ab", "-a", "?"},
		{"a a", "a", "a"},
		{"(a or b) c", "a or b", "c"},
		{"a", "a b", "?"},
		{"a b", "b a", ""},
	} {
		got := "?"
		rest, ok := Rest(mustParse(t, c.filter).Filter, mustParse(t, c.parent).Filter)
		if ok && rest == nil {
			got = ""
		} else if ok {
			got = rest.String()
		}
		if got != c.rest {
			t.Errorf("%s within %s: got %q, want %q", c.filter, c.parent, got, c.rest)
		}
	}
}

// TestRestOfWhatTheParentFound narrows what a parent let through by the rest,
// and compares that with the whole filter.
func TestRestOfWhatTheParentFound(t *testing.T) {
	related := 0
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 17))
		l := randomLog(rng, 150)
		narrow := func(e Expr, bits model.Bits) model.Bits {
			p, err := (&Query{Filter: e}).Compile(l.env())
			if err != nil {
				t.Fatal(err)
			}
			p.Narrow(&l.batch, bits)
			return bits
		}
		for range 400 {
			parent := randomQuery(rng, 1)
			filter := parent + " " + randomQuery(rng, 1)
			if rng.IntN(2) == 0 {
				filter = randomQuery(rng, 0)
				parent = filter[:rng.IntN(len(filter)+1)]
			}
			p, err := Parse(parent)
			if err != nil || p.Filter == nil {
				continue
			}
			f := mustParse(t, filter)
			rest, ok := Rest(f.Filter, p.Filter)
			if !ok {
				continue
			}
			related++
			got := narrow(rest, narrow(p.Filter, model.NewBits(l.batch.Len())))
			if want := narrow(f.Filter, model.NewBits(l.batch.Len())); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s within %s: got %b, want %b", filter, parent, got, want)
			}
		}
	}
	if related < 500 {
		t.Errorf("only %d filters had a parent", related)
	}
}
