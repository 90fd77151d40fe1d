package query

import (
	"fmt"
	"hash/maphash"

	"ravel/model"
)

// limiter passes the first n rows.
type limiter struct {
	n, seen int
	next    operator
}

func (l *limiter) push(r *row) error {
	if l.seen >= l.n {
		return ErrDone
	}
	l.seen++
	if err := l.next.push(r); err != nil {
		return err
	}
	if l.seen == l.n {
		return ErrDone
	}
	return nil
}

func (l *limiter) close() error { return l.next.close() }

// tailer passes the last n rows, or as many of them as there is room for.
type tailer struct {
	n, seen int
	rows    []*row
	from    int  // of rows: what stands before has been given up
	cut     bool // rows were given up for want of room
	room    *room
	next    operator
}

func (t *tailer) push(r *row) error {
	t.seen++
	if t.n == 0 {
		return nil
	}
	k := r.keep()
	t.room.take(k)
	t.rows = append(t.rows, k)
	for held := len(t.rows) - t.from; held > t.n || held > 1 && t.room.over(); held-- {
		t.cut = t.cut || held <= t.n
		t.room.free(t.rows[t.from])
		t.rows[t.from] = nil
		t.from++
	}
	if t.from > len(t.rows)/2 {
		t.rows = t.rows[:copy(t.rows, t.rows[t.from:])]
		t.from = 0
	}
	return nil
}

func (t *tailer) close() error {
	for _, r := range t.rows[t.from:] {
		t.room.free(r)
		if err := t.next.push(r); err != nil {
			return drained(err, t.next)
		}
	}
	return t.next.close()
}

// note says that rows were left out for want of room.
func (t *tailer) note() string {
	if !t.cut {
		return ""
	}
	return fmt.Sprintf("tail: the last %d of %d rows: there is no room for more", len(t.rows)-t.from, t.seen)
}

// drained ends an operator whose successor stopped it: ErrDone is no failure,
// and what follows still has to close.
func drained(err error, next operator) error {
	if err == ErrDone {
		return next.close()
	}
	return err
}

// projector chooses columns.
type projector struct {
	fields  []*getter
	columns []string
	values  []model.Value
	next    operator
}

func (p *projector) push(r *row) error {
	p.values = p.values[:0]
	for _, f := range p.fields {
		v, ok := f.of(r)
		if !ok {
			v = model.Value{}
		}
		p.values = append(p.values, v)
	}
	out := *r
	out.names, out.values = p.columns, p.values
	return p.next.push(&out)
}

func (p *projector) close() error { return p.next.close() }

// dedupBound is how many combinations of values dedup remembers at least; it
// forgets the older half of twice as many.
const dedupBound = 1 << 20

// deduper passes the first row of each combination of values.
type deduper struct {
	names    []string
	env      *Env
	fields   []*getter
	seed     maphash.Seed
	now, old map[uint64]struct{}
	forgot   bool
	next     operator
}

// newDeduper tells rows apart for next.
func newDeduper(names []string, env *Env, next operator) *deduper {
	return &deduper{names: names, env: env, fields: getters(names, env), seed: maphash.MakeSeed(), now: map[uint64]struct{}{}, next: next}
}

// sum is the hash of the row's values.
func (d *deduper) sum(fields []*getter, r *row) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	for _, f := range fields {
		if kind, text, known := f.text(r); known {
			if kind != model.Null {
				_, _ = h.Write(text) // never fails
				_ = h.WriteByte(1)
			}
		} else if v, ok := f.of(r); ok {
			_, _ = h.WriteString(valueText(v))
			_ = h.WriteByte(1)
		}
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

func (d *deduper) push(r *row) error { return d.pass(d.sum(d.fields, r), r) }

// pass passes the row with that hash of its values if it is the first.
func (d *deduper) pass(sum uint64, r *row) error {
	if _, dup := d.now[sum]; dup {
		return nil
	}
	if _, dup := d.old[sum]; dup {
		return nil
	}
	if len(d.now) >= dedupBound {
		d.forgot = d.forgot || d.old != nil
		d.now, d.old = map[uint64]struct{}{}, d.now
	}
	d.now[sum] = struct{}{}
	return d.next.push(r)
}

func (d *deduper) close() error { return d.next.close() }

// note says that repetitions may have passed.
func (d *deduper) note() string {
	if !d.forgot {
		return ""
	}
	return fmt.Sprintf("dedup: more than %d different values; some rows may be repeated", 2*dedupBound)
}
