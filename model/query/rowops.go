package query

import (
	"cmp"
	"container/heap"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"

	"ravel/model"
)

// sortedRows is how many rows a sort without a limit keeps (R15).
const sortedRows = 10000

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

// tailer passes the last n rows.
type tailer struct {
	n    int
	ring []*row
	at   int
	next operator
}

func (t *tailer) push(r *row) error {
	switch {
	case t.n == 0:
	case len(t.ring) < t.n:
		t.ring = append(t.ring, r.keep())
	default:
		t.ring[t.at] = r.keep()
		t.at = (t.at + 1) % t.n
	}
	return nil
}

func (t *tailer) close() error {
	for i := range t.ring {
		if err := t.next.push(t.ring[(t.at+i)%len(t.ring)]); err != nil {
			return drained(err, t.next)
		}
	}
	return t.next.close()
}

// drained ends an operator whose successor stopped it: ErrDone is no failure,
// and what follows still has to close.
func drained(err error, next operator) error {
	if err == ErrDone {
		return next.close()
	}
	return err
}

// sorter passes rows in order: the best sortedRows of them, or as many as the
// limit behind it wants.
type sorter struct {
	keys   []SortKey
	env    *Env
	fields []*getter
	want   int
	rows   []sortedRow
	seen   int
	worst  atomic.Pointer[sortedRow] // of as many as are wanted; nil: they are not together
	next   operator
}

// sortedRow is a row with its keys taken out; equal rows stay in the order in
// which they came.
type sortedRow struct {
	keys []model.Value
	seq  int
	row  *row
}

// newSorter sorts for next.
func newSorter(keys []SortKey, env *Env, next operator) *sorter {
	s := &sorter{keys: keys, env: env, want: sortedRows, next: next}
	s.fields = s.getters()
	if l, ok := next.(*limiter); ok {
		s.want = min(l.n, 100*sortedRows)
	}
	return s
}

// getters are those of the keys.
func (s *sorter) getters() []*getter {
	names := make([]string, len(s.keys))
	for i, k := range s.keys {
		names[i] = k.Name
	}
	return getters(names, s.env)
}

func (s *sorter) Len() int           { return len(s.rows) }
func (s *sorter) Less(i, j int) bool { return s.before(&s.rows[j], &s.rows[i]) } // the worst on top
func (s *sorter) Swap(i, j int)      { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] }
func (s *sorter) Push(x any)         { s.rows = append(s.rows, x.(sortedRow)) }
func (s *sorter) Pop() any {
	last := s.rows[len(s.rows)-1]
	s.rows = s.rows[:len(s.rows)-1]
	return last
}

// before reports whether a comes before b.
func (s *sorter) before(a, b *sortedRow) bool {
	for i, k := range s.keys {
		x, y := a.keys[i], b.keys[i]
		if (x.Kind == model.Null) != (y.Kind == model.Null) {
			return y.Kind == model.Null // nulls last, either way
		}
		c := compareValues(k.Name, x, y)
		if k.Desc {
			c = -c
		}
		if c != 0 {
			return c < 0
		}
	}
	return a.seq < b.seq
}

// compareValues orders two values of a column: levels by severity, numbers as
// numbers before texts.
func compareValues(name string, a, b model.Value) int {
	if columnOf(name) == colLevel {
		x, ok1 := model.ParseLevel(a.Str)
		y, ok2 := model.ParseLevel(b.Str)
		if ok1 && ok2 {
			return cmp.Compare(x, y)
		}
	}
	p, q := rankOf(a), rankOf(b)
	return p.compare(&q)
}

// rank is a value as it is sorted.
type rank struct {
	quantity
	number bool
	null   int // 1: it is absent
	v      model.Value
}

// rankOf is the rank of v.
func rankOf(v model.Value) rank {
	q, ok := parseQuantity(v.Str)
	return rank{quantity: q, number: ok, null: btoi(v.Kind == model.Null), v: v}
}

// compare orders numbers as numbers before texts.
func (r *rank) compare(o *rank) int {
	switch {
	case r.number && o.number && r.whole && o.whole:
		return cmp.Compare(r.exact, o.exact)
	case r.number && o.number:
		return cmp.Compare(r.num, o.num)
	case r.number != o.number:
		return btoi(o.number) - btoi(r.number)
	}
	return strings.Compare(valueText(r.v), valueText(o.v))
}

func (s *sorter) push(r *row) error { s.pass(keysOf(s.fields, nil, r), r); return nil }

// keysOf appends the row's keys.
func keysOf(fields []*getter, dst []model.Value, r *row) []model.Value {
	for _, f := range fields {
		v, ok := f.of(r)
		if !ok {
			v = model.Value{}
		}
		dst = append(dst, v)
	}
	return dst
}

// pass takes the row with these keys.
func (s *sorter) pass(keys []model.Value, r *row) {
	s.seen++
	if s.want == 0 {
		return
	}
	e := sortedRow{keys: keys, seq: s.seen}
	full := len(s.rows) == s.want
	if full && !s.before(&e, &s.rows[0]) {
		return
	}
	e.keys = make([]model.Value, len(keys))
	for i := range keys {
		e.keys[i] = cloneValue(keys[i])
	}
	e.row = r.keep()
	if full {
		s.rows[0] = e
		heap.Fix(s, 0)
	} else {
		heap.Push(s, e)
	}
	if len(s.rows) == s.want {
		worst := s.rows[0]
		s.worst.Store(&worst)
	}
}

func (s *sorter) close() error {
	slices.SortFunc(s.rows, func(a, b sortedRow) int {
		if s.before(&a, &b) {
			return -1
		}
		return 1
	})
	for i := range s.rows {
		if err := s.next.push(s.rows[i].row); err != nil {
			return drained(err, s.next)
		}
	}
	return s.next.close()
}

// note says that rows were left out.
func (s *sorter) note() string {
	if _, limited := s.next.(*limiter); limited || s.seen <= s.want {
		return ""
	}
	return fmt.Sprintf("sort: the first %d of %d rows; add | limit N for more or fewer", s.want, s.seen)
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
