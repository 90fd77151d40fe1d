package request

import (
	"math/bits"
	"slices"

	"ravel/model"
)

// finish makes the rows of the clean requests.
func (s *scratch) finish(b *model.Batch, p *Partial) {
	n, more := s.ends.Count(), 0
	for k := range p.loose {
		if isEnding(p.loose[k].Mark.Event()) {
			more++
		}
	}
	p.rows = make([]model.RequestRow, n, n+more) // unlike Grow it clears no memory that is fresh
	if s.rows {
		p.more = slices.Grow(p.more, n)[:n]
	}
	p.ends.reset(n)
	now, seen, k := model.NoTime, 0, 0
	for w, word := range s.ends {
		for ; word != 0; word &= word - 1 {
			i := w<<6 + bits.TrailingZeros64(word)
			if len(s.spans) == 0 {
				now = b.Time[i]
			}
			for ; seen <= i && len(s.spans) > 0; seen++ {
				now = max(now, b.Time[seen])
			}
			p.ends.hash[k], p.ends.now[k] = b.Req[i], now
			p.ends.at[k] = s.row(b, i, &p.rows[k])
			if s.rows {
				p.more[k] = s.besides(b, i)
			}
			k++
		}
	}
	p.ends.number()
	p.newest = now
	for _, t := range b.Time[seen:] {
		p.newest = max(p.newest, t)
	}
}

// row makes the row of the clean request that ends at record i, and returns what
// block.at has of it.
func (s *scratch) row(b *model.Batch, i int, row *model.RequestRow) uint32 {
	l, first := s.of[uint16(i)], i
	start, sum, trace := b.Time[i], s.sums[l], uint32(0)
	if l != 0 {
		first = int(s.first[l])
		start = b.Time[first]
		if len(s.spans) > 0 {
			start = s.spans[l].start
		}
		if sum&hasTrace != 0 {
			trace = uint32(s.trace[l])
		}
	} else { // all of it is this record
		sum = oneRecord | 1<<b.Level[i]
		if b.Flags[i]&model.HasTraceback != 0 {
			sum, trace = sum|hasTrace, uint32(i)+1
		}
	}
	kind, state := b.Mark[first].Kind(), finished(b.Status[i], b.Mark[i].Event(), sum&crashBits != 0)
	*row = model.RequestRow{
		Start: start, At: uint32(i), Back: uint32(i - first), Records: uint32(sum >> 48), Dur: b.Dur[i],
		Outcome: model.MakeOutcome(model.Level(bits.Len8(uint8(sum))-1), state, kind),
	}
	if trace > 0 {
		row.Trace = 2 + uint32(i) - trace
	}
	return uint32(makeFinish(model.Seq(i), 0, i == first, kind, state).at)
}

// besides is what else there is to say of the clean request that ends at record i.
func (s *scratch) besides(b *model.Batch, i int) besides {
	l, m := s.of[uint16(i)], besides{stop: b.Time[i]}
	if l != 0 {
		if len(s.spans) > 0 {
			m.stop = s.spans[l].stop
		}
		if len(s.corr) > 0 {
			m.corr = uint32(s.corr[l])
		}
	} else if b.Mark[i]&model.Correlated != 0 {
		m.corr = uint32(i) + 1
	}
	return m
}

// isEnding reports whether a record with event e tells that a request is over.
func isEnding(e model.Event) bool {
	return e == model.Ended || e == model.EndedFailed || e == model.Whole || e == model.WholeFailed
}

// ends reports whether an end of kind k may close what a start of kind of
// began: an access line closes an HTTP request.
func ends(k, of model.Kind) bool {
	return k == of || of == model.KindHTTP && k == model.KindAccess
}

// finished is the state of a request that has ended (rule 17).
func finished(status uint16, e model.Event, crashed bool) model.State {
	failed := status >= 500
	if status == 0 {
		failed = crashed || e == model.EndedFailed || e == model.WholeFailed
	}
	if failed {
		return model.Failed
	}
	return model.Complete
}
