package query

import (
	"container/heap"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"ravel/model"
)

// sortedRows is how many rows a sort without a limit keeps (R15), mostSorted how
// many one with a limit keeps at most.
const (
	sortedRows = 10_000
	mostSorted = 1_000_000
)

// sorter passes rows in order: the first sortedRows of them, or as many as the
// limit or the tail behind it wants.
type sorter struct {
	keys   []SortKey
	env    *Env
	fields []*getter
	want   int
	last   bool // a tail follows: of the rows in order the last are wanted
	named  int  // what the stage behind it names; -1: there is none
	rows   []sortedRow
	seen   int
	worst  atomic.Pointer[sortedRow] // of as many as are wanted; nil: they are not together
	room   *room
	next   operator
}

// sortedRow is a row with its keys taken out; equal rows stay in the order in
// which they came.
type sortedRow struct {
	keys []rank
	seq  int
	row  *row
}

// newSorter sorts for next.
func newSorter(keys []SortKey, env *Env, room *room, next operator) *sorter {
	s := &sorter{keys: keys, env: env, want: sortedRows, named: -1, room: room, next: next}
	s.fields = s.getters()
	switch l := next.(type) {
	case *limiter:
		s.named = l.n
	case *tailer:
		s.named, s.last = l.n, true
	}
	if s.named >= 0 {
		s.want = min(s.named, mostSorted)
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
func (s *sorter) Less(i, j int) bool { return s.better(&s.rows[j], &s.rows[i]) } // the worst on top
func (s *sorter) Swap(i, j int)      { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] }
func (s *sorter) Push(x any)         { s.rows = append(s.rows, x.(sortedRow)) }
func (s *sorter) Pop() any {
	last := s.rows[len(s.rows)-1]
	s.rows[len(s.rows)-1] = sortedRow{}
	s.rows = s.rows[:len(s.rows)-1]
	return last
}

// better reports whether a is rather wanted than b.
func (s *sorter) better(a, b *sortedRow) bool {
	if s.last {
		a, b = b, a
	}
	return s.before(a, b)
}

// before reports whether a comes before b.
func (s *sorter) before(a, b *sortedRow) bool {
	for i, k := range s.keys {
		x, y := &a.keys[i], &b.keys[i]
		if x.null != y.null {
			return x.null < y.null // nulls last, either way
		}
		c := x.compare(y)
		if k.Desc {
			c = -c
		}
		if c != 0 {
			return c < 0
		}
	}
	return a.seq < b.seq
}

// rank is a value as it is sorted.
type rank struct {
	quantity
	number bool
	null   int // 1: it is absent
	v      model.Value
}

// rankOf is the rank of v in a column; levels stand by severity.
func rankOf(v model.Value, levels bool) rank {
	r := rank{null: btoi(v.Kind == model.Null), v: v}
	if levels {
		if l, ok := model.ParseLevel(v.Str); ok {
			r.quantity, r.number = quantity{num: float64(l), exact: int64(l), whole: true}, true
			return r
		}
	}
	r.quantity, r.number = parseQuantity(v.Str)
	return r
}

// compare orders numbers as numbers before texts.
func (r *rank) compare(o *rank) int {
	switch {
	case r.number && o.number:
		return compareNumbers(&r.quantity, &o.quantity, r.v.Str, o.v.Str)
	case r.number != o.number:
		return btoi(o.number) - btoi(r.number)
	}
	return strings.Compare(valueText(r.v), valueText(o.v))
}

func (s *sorter) push(r *row) error { s.pass(s.ranks(s.fields, nil, r), r); return nil }

// ranks appends those of the row's keys.
func (s *sorter) ranks(fields []*getter, dst []rank, r *row) []rank {
	for i, f := range fields {
		v, ok := f.of(r)
		if !ok {
			v = model.Value{}
		}
		dst = append(dst, rankOf(v, columnOf(s.keys[i].Name) == colLevel))
	}
	return dst
}

// pass takes the row with these keys.
func (s *sorter) pass(keys []rank, r *row) {
	s.seen++
	if s.want == 0 {
		return
	}
	e := sortedRow{keys: keys, seq: s.seen}
	full := len(s.rows) == s.want
	if full && !s.better(&e, &s.rows[0]) {
		return
	}
	e.keys = slices.Clone(keys)
	for i := range keys {
		e.keys[i].v = cloneValue(keys[i].v)
	}
	e.row = r.keep()
	fits := s.room.take(e.row)
	heap.Push(s, e)
	for full || !fits && len(s.rows) > 1 {
		s.room.free(heap.Pop(s).(sortedRow).row)
		s.want = len(s.rows)
		full, fits = false, !s.room.over()
	}
	if len(s.rows) == s.want {
		worst := s.rows[0]
		s.worst.Store(&worst)
	}
}

func (s *sorter) close() error {
	slices.SortFunc(s.rows, func(a, b sortedRow) int {
		return btoi(s.before(&b, &a)) - btoi(s.before(&a, &b))
	})
	for i := range s.rows {
		s.room.free(s.rows[i].row) // whoever keeps it takes it anew
		if err := s.next.push(s.rows[i].row); err != nil {
			return drained(err, s.next)
		}
	}
	return s.next.close()
}

// note says that rows were left out.
func (s *sorter) note() string {
	switch {
	case s.seen <= s.want || s.want == s.named:
		return ""
	case s.last:
		return fmt.Sprintf("sort: the last %d of %d rows: there is no room for more", s.want, s.seen)
	case s.named >= 0 || s.want < sortedRows:
		return fmt.Sprintf("sort: the first %d of %d rows: there is no room for more", s.want, s.seen)
	}
	return fmt.Sprintf("sort: the first %d of %d rows; add | limit N for more or fewer", s.want, s.seen)
}
