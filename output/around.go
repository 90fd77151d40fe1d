package output

import (
	"slices"

	"ravel/model"
)

// around widens selections by the n records before and after each match, over
// the borders of batches. It keeps only batches that hold one of the last n
// records.
type around struct {
	n     int
	after int // records still wanted after the last match
	past  []seen
	last  model.Seq // of the last record handed on
}

// seen is a batch that was handed on, with what of it.
type seen struct {
	batch *model.Batch
	bits  model.Bits
}

// add returns what is to be printed now that b, with its matches, is there:
// records of earlier batches first.
func (a *around) add(b *model.Batch, match model.Bits) []job {
	n := b.Len()
	wide := make(model.Bits, len(match))
	mark := func(from, to int) {
		for i := max(from, 0); i < min(to, n); i++ {
			wide.Set(i)
		}
	}
	mark(0, a.after)
	a.after = max(0, a.after-n)
	var jobs []job
	done := 0
	for i := match.Next(0); i >= 0; i = match.Next(i + 1) {
		if done == 0 && i < a.n {
			jobs = a.before(a.n - i)
		}
		mark(max(i-a.n, done), i+1+a.n)
		done = i + 1
		a.after = max(0, i+1+a.n-n)
	}
	if !wide.Empty() {
		jobs = append(jobs, a.job(b, wide))
	}
	a.keep(seen{b, slices.Clone(wide)}) // a worker reads wide
	return jobs
}

// before returns the last n records of past batches as far as they have not
// been handed on.
func (a *around) before(n int) []job {
	var jobs []job
	for k := range a.past {
		later := 0
		for _, s := range a.past[k+1:] {
			later += s.batch.Len()
		}
		s := &a.past[k]
		size := s.batch.Len()
		bits := make(model.Bits, len(s.bits))
		for i := max(0, size-(n-later)); i < size; i++ {
			if !s.bits.Has(i) {
				bits.Set(i)
				s.bits.Set(i)
			}
		}
		if !bits.Empty() {
			jobs = append(jobs, a.job(s.batch, bits))
		}
	}
	return jobs
}

func (a *around) job(b *model.Batch, bits model.Bits) job {
	first := b.First + model.Seq(bits.Next(0))
	j := job{batch: b, bits: bits, gap: a.last != 0 && first != a.last+1}
	a.last = b.First + model.Seq(bits.Prev(b.Len()-1))
	return j
}

// keep holds s and lets go of batches that no later match can reach.
func (a *around) keep(s seen) {
	a.past = append(a.past, s)
	later := 0
	for k := len(a.past) - 1; k > 0; k-- {
		later += a.past[k].batch.Len()
		if later >= a.n {
			a.past = append(a.past[:0], a.past[k:]...)
			return
		}
	}
}
