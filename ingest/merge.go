package ingest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ravel/model"
)

// merger makes one sequence of what the streams hold: record by record the one
// whose stream has shown the lowest highest stamp, in the streams' order where
// they are equal. A stream that is read from something finite is waited for; a
// live one that has shown all it had holds the others up for holdBack only.
//
// Batches that lie before all that the other streams hold pass untouched;
// the others are copied record by record into new ones.
type merger struct {
	in      *Ingest
	consume Consumer
	seq     model.Seq // of the next record
	inputs  []*input  // by rank; those that have ended are taken out now and then
	open    int       // how many have not ended
	heads   heap      // those of them that have a record to offer
	bare    []*input  // the others
	out     builder
	held    *model.Batch // full, kept back so that copies can still be paired off with it
	pairs   pairs
}

// input is one stream as the merger sees it.
type input struct {
	s       *stream
	rank    int // place in the order of the streams
	b       *model.Batch
	i       int   // the record offered, of b
	key     int64 // highest stamp up to record i
	last    int64 // highest stamp up to the end of b
	low     int64 // lowest of b
	arrived time.Time
	taken   int64 // heard of its last parcel: the stream may still say so
	ended   bool
}

// run merges until every source has ended and all is given to the consumer.
func (m *merger) run(ctx context.Context, ended <-chan struct{}) error {
	m.out.limit = blockBytes
	begin := time.Now().Add(readyWait)
	for {
		over := isClosed(ended) // before looking: nothing is opened or written after it
		wait := time.Duration(-1)
		if over || m.in.waiting.Load() <= 0 {
			m.admit()
			var err error
			if wait, err = m.merge(ctx); err != nil {
				return err
			}
		} else if m.in.o.Live {
			if wait = time.Until(begin); wait <= 0 {
				m.in.waiting.Store(0)
				continue
			}
		}
		if over && m.open == 0 {
			return m.flush()
		}
		if err := m.sleep(ctx, ended, over, wait); err != nil {
			return err
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// sleep waits for something new, at most for wait if it is not negative.
func (m *merger) sleep(ctx context.Context, ended <-chan struct{}, over bool, wait time.Duration) error {
	if over {
		ended = nil
	}
	var due <-chan time.Time
	if wait >= 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		due = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-m.in.pulse:
	case <-ended:
	case <-due:
	}
	return nil
}

// admit takes new streams in.
func (m *merger) admit() {
	fresh := m.in.take()
	if len(fresh) == 0 {
		return
	}
	m.inputs = slices.DeleteFunc(m.inputs, func(in *input) bool { return in.ended })
	for _, s := range fresh {
		in := &input{s: s, key: model.NoTime}
		m.inputs, m.bare = append(m.inputs, in), append(m.bare, in)
	}
	m.open += len(fresh)
	sortInputs(m.inputs)
	for rank, in := range m.inputs {
		in.rank = rank
	}
	slices.SortFunc(m.heads, offers) // ranks have changed; a sorted slice is a heap
}

// merge gives on all that can be given now, and says how long the next record
// is to be held back: -1 if only news can bring one.
func (m *merger) merge(ctx context.Context) (time.Duration, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		var hard, soft bool
		if len(m.bare) > 0 {
			hard, soft = m.load()
		}
		if hard || len(m.heads) == 0 {
			if !hard {
				return -1, m.flush()
			}
			return -1, nil
		}
		bound := int64(1<<63 - 1)
		if soft {
			var wait time.Duration
			var news bool
			if bound, wait, news = m.watermark(); news {
				continue
			}
			if m.heads[0].key > bound {
				return wait, m.flush()
			}
		}
		for again := true; again; {
			bare := len(m.bare)
			if err := m.give(bound); err != nil {
				return 0, err
			}
			// With thousands of live streams, their state is not looked at for each record.
			again = soft && len(m.heads) > 0 && m.heads[0].key <= bound &&
				(len(m.bare) == bare || m.bare[bare].s.caught.Load())
		}
	}
}

// load offers a record of each input that has one. It reports whether some
// input without a record must be waited for (hard), or may be (soft). It looks
// no further than the first that must: there may be a hundred thousand others.
func (m *merger) load() (hard, soft bool) {
	for i := 0; i < len(m.bare) && !hard; {
		in := m.bare[i]
		switch {
		case in.next():
			m.heads.push(in)
		case in.ended:
			m.open--
		case in.s.caught.Load():
			soft = true
			i++
			continue
		default:
			hard = true
			m.bare[0], m.bare[i] = m.bare[i], m.bare[0] // it is asked first the next time
			continue
		}
		last := len(m.bare) - 1
		m.bare[i], m.bare[last] = m.bare[last], nil
		m.bare = m.bare[:last]
	}
	return hard, soft
}

// next takes the stream's next batch, if there is one.
func (in *input) next() bool {
	for {
		select {
		case p, ok := <-in.s.out:
			if !ok {
				in.ended = true
				return false
			}
			in.taken = p.heard
			if p.b.Len() == 0 {
				continue
			}
			in.b, in.i, in.arrived = p.b, 0, p.arrived
			in.key = max(in.key, p.b.SortKey(0))
			in.last, in.low = p.b.SortSpan(in.key)
			return true
		default:
			return false
		}
	}
}

// watermark is the highest key among the records offered that have been held
// back long enough, and how long until the next one has. Where another stream
// has bytes whose record is not finished yet, they are waited for: silence
// finishes them. news says that another stream has a batch by now, which is to
// be loaded first.
func (m *merger) watermark() (bound int64, wait time.Duration, news bool) {
	hold := holdBack
	for _, in := range m.bare {
		heard := in.s.heard.Load() // its timer may be a little late
		if heard != 0 && heard != in.taken && time.Since(time.Unix(0, heard)) < silence+flushEvery {
			hold = holdBack + silence
		} else if len(in.s.out) > 0 {
			return 0, 0, true
		}
	}
	bound, wait = model.NoTime, hold
	for _, in := range m.heads {
		left := hold - time.Since(in.arrived)
		if left <= 0 {
			bound = max(bound, in.key)
			continue
		}
		wait = min(wait, left)
	}
	return bound, wait, false
}

// give hands on the lowest record, and those after it in its batch that come
// before what the other inputs offer; none above bound.
func (m *merger) give(bound int64) error {
	in := m.heads[0]
	rival := m.heads.second()
	if in.i == 0 && in.last <= bound && m.before(in, in.last, rival) && m.alone(in) {
		b := in.b
		m.advance(in, b.Len())
		return m.pass(b)
	}
	j, key := in.i+1, in.key
	for ; j < in.b.Len(); j++ {
		k := max(key, in.b.SortKey(j))
		if k > bound || !m.before(in, k, rival) {
			break
		}
		key = k
	}
	if err := m.copy(in, in.i, j); err != nil {
		return err
	}
	m.advance(in, j)
	return nil
}

// before reports whether a record of in with that key comes before what rival
// offers.
func (m *merger) before(in *input, key int64, rival *input) bool {
	return rival == nil || key < rival.key || key == rival.key && in.rank < rival.rank
}

// alone reports whether a batch may pass although it belongs to a directory
// whose files are paired off: neither another input nor what was copied last
// holds a record of its time. Where asking all inputs would take longer than
// copying its records, it may not.
func (m *merger) alone(in *input) bool {
	if in.s.group == 0 {
		return true
	}
	if len(m.heads) > in.b.Len() || m.pairs.reaches(in.s.group, in.low) {
		return false
	}
	for _, h := range m.heads {
		if h != in && h.s.group == in.s.group && h.low <= in.last {
			return false
		}
	}
	return true
}

// advance moves in to record j of its batch.
func (m *merger) advance(in *input, j int) {
	if j == in.b.Len() {
		in.key, in.b = in.last, nil
		m.heads.pop()
		switch {
		case in.next():
			m.heads.push(in)
		case in.ended:
			m.open--
		default:
			m.bare = append(m.bare, in)
		}
		return
	}
	for k := in.i + 1; k <= j; k++ {
		in.key = max(in.key, in.b.SortKey(k))
	}
	in.i = j
	m.heads.down(0)
}

// copy adds records i to j of in's batch to the batch under construction.
func (m *merger) copy(in *input, i, j int) error {
	if in.s.group != 0 {
		for k := i; k < j; k++ {
			if err := m.copyOnce(in, k); err != nil {
				return err
			}
		}
		return nil
	}
	for i < j {
		k := j
		for !m.out.fits(size(in.b, i, k)) || m.out.b.Len()+k-i > model.MaxRecords {
			if k == i+1 {
				if err := m.turn(); err != nil {
					return err
				}
				continue
			}
			k = i + (k-i)/2
		}
		m.pairs.skip(k - i)
		m.out.add(in.b, i, k)
		i = k
	}
	return nil
}

// copyOnce adds one record, or pairs it off with a copy that stands already.
func (m *merger) copyOnce(in *input, k int) error {
	if m.pairs.match(m, in, k) {
		return nil
	}
	if !m.out.fits(size(in.b, k, k+1)) {
		if err := m.turn(); err != nil {
			return err
		}
	}
	m.pairs.note(in, k, m.out.b.Len())
	m.out.add(in.b, k, k+1)
	return nil
}

// turn keeps the full batch back and gives on the one before it.
func (m *merger) turn() error {
	held := m.held
	m.held = m.out.take()
	m.pairs.turn()
	return m.hand(held)
}

// flush gives on all that has been copied.
func (m *merger) flush() error {
	if err := m.turn(); err != nil {
		return err
	}
	return m.turn()
}

// pass gives a whole batch on.
func (m *merger) pass(b *model.Batch) error {
	if err := m.flush(); err != nil {
		return err
	}
	return m.hand(b)
}

// hand numbers a batch's records and gives it to the consumer.
func (m *merger) hand(b *model.Batch) error {
	if b == nil {
		return nil
	}
	b.First = m.seq + model.Seq(b.Skipped)
	m.seq = b.First + model.Seq(b.Len())
	return m.consume(b)
}

// offers orders inputs by what they offer.
func offers(a, b *input) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.rank, b.rank))
}
