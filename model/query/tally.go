package query

import (
	"time"

	"ravel/model"
	"ravel/model/stats"
)

// tally groups rows for a grouper: what asks the rows themselves, so that only
// sums are left to do in their order. It belongs to one goroutine; what it makes
// of the rows of a batch is a tallied.
type tally struct {
	stats *Stats
	zone  *time.Location
	by    []*getter // nil: a bin
	aggs  []*getter // nil: of all rows
	coded []column  // of the keys, if columns of 16 bits tell all of them; nil: not so

	key   []byte // scratch: the key's values as text
	cells []tallyCell
	bins  []binned      // by key: the bin that the last row was in
	known [256]knownKey // groups by their values in the columns
	index map[string]int32
	t     *tallied
}

// knownKey is a group, 1 + its number, by the values of its coded columns.
type knownKey struct {
	key   uint64
	group int32
}

// tallied is what a tally made of some rows: groups in the order of their first
// rows, and what each aggregate adds up, in the order of the rows.
type tallied struct {
	rows        int
	first, last int64 // of their stamps
	groups      []talliedGroup
	cells       []tallyCell // of the keys of all groups
	aggs        []talliedAgg
}

// tallyCell is a value of a group's key.
type tallyCell struct {
	kind     model.ValueKind
	from, to uint32       // in key
	whole    *model.Value // of an array or object
}

// talliedGroup is a group of a tallied.
type talliedGroup struct {
	key    string
	cells  int     // where those of its key begin
	starts []int64 // of bins, by key; nil: there are none
	rows   int
	shown  shown
}

// shown says what rows a group is made of: how they are found again.
type shown uint8

const (
	shownRecords shown = iota
	shownRequests
	shownGroups
)

// talliedAgg is one aggregate of all groups of a tallied. Which of its parts is
// used depends on the function.
type talliedAgg struct {
	group  []int32 // of each number or hash
	nums   []quantity
	hashes []uint64
	single []aggregate // by group
}

// newTally makes a tally of s.
func newTally(s *Stats, env *Env) *tally {
	t := &tally{stats: s, zone: env.zone(), bins: make([]binned, len(s.By)), index: map[string]int32{}, coded: codedColumns(s.By)}
	for _, k := range s.By {
		var g *getter
		if k.Bin == 0 {
			g = newGetter(k.Field, env)
		}
		t.by = append(t.by, g)
	}
	for _, a := range s.Aggs {
		var g *getter
		if a.Field != "" {
			g = newGetter(a.Field, env)
		}
		t.aggs = append(t.aggs, g)
	}
	for i := range t.bins {
		t.bins[i] = binned{from: 1, to: 0}
	}
	return t
}

// maxCoded is how many columns of 16 bits a key has.
const maxCoded = 4

// codedColumns are the columns that say to which group a record belongs; nil if
// others must be asked.
func codedColumns(by []Key) []column {
	coded := make([]column, 0, maxCoded)
	for _, k := range by {
		switch c := columnOf(k.Field); {
		case k.Bin == 0 && len(coded) < maxCoded && (c == colDomain || c == colSource || c == colLevel):
			coded = append(coded, c)
		default:
			return nil
		}
	}
	return coded
}

// begin starts a new tallied.
func (t *tally) begin() {
	t.t = &tallied{first: 1<<63 - 1, last: model.NoTime, aggs: make([]talliedAgg, len(t.aggs))}
	clear(t.index)
	t.known = [256]knownKey{}
}

// take is the tallied of the rows since begin.
func (t *tally) take() *tallied {
	out := t.t
	t.t = nil
	return out
}

// push takes a row.
func (t *tally) push(r *row) error {
	if at := r.time(); at != model.NoTime {
		t.t.first, t.t.last = min(t.t.first, at), max(t.t.last, at)
	}
	t.t.rows++
	n := t.find(r)
	t.t.groups[n].rows++
	for k, g := range t.aggs {
		if g != nil {
			t.add(&t.stats.Aggs[k], &t.t.aggs[k], g, n, r)
		}
	}
	return nil
}

func (t *tally) close() error { return nil }

// find is the number of the group that the row belongs to.
func (t *tally) find(r *row) int32 {
	if t.coded == nil || !r.batched || r.names != nil || len(r.extra) > 0 {
		return t.findAny(r)
	}
	key := uint64(0)
	for _, c := range t.coded {
		switch key <<= 16; c {
		case colDomain:
			key |= uint64(r.b.Domain[r.i])
		case colSource:
			key |= uint64(r.b.Source[r.i])
		default:
			key |= uint64(r.b.Level[r.i])
		}
	}
	k := &t.known[key*0x9e3779b97f4a7c15>>56]
	if k.group == 0 || k.key != key {
		k.key, k.group = key, 1+t.findAny(r)
	}
	return k.group - 1
}

// findAny is find by the values themselves.
func (t *tally) findAny(r *row) int32 {
	t.key, t.cells = t.key[:0], t.cells[:0]
	for i, g := range t.by {
		t.cell(i, g, r)
		t.key = append(t.key, 0)
	}
	n, ok := t.index[string(t.key)]
	if !ok {
		n = int32(len(t.t.groups))
		t.t.groups = append(t.t.groups, t.group(r))
		t.index[t.t.groups[n].key] = n
	}
	return n
}

// cell appends the value of key i to the scratch.
func (t *tally) cell(i int, g *getter, r *row) {
	from := uint32(len(t.key) + 1)
	if g != nil {
		if kind, text, known := g.text(r); known {
			t.key = append(append(t.key, byte(btoi(kind != model.Null))), text...)
			t.cells = append(t.cells, tallyCell{kind: kind, from: from, to: uint32(len(t.key))})
			return
		}
	}
	var v model.Value
	if g == nil {
		if at := r.time(); at != model.NoTime {
			v = t.bin(i, at).v
		}
	} else if f, ok := g.of(r); ok {
		v = f
	}
	t.key = append(append(t.key, byte(btoi(v.Kind != model.Null))), valueText(v)...)
	c := tallyCell{kind: v.Kind, from: from, to: uint32(len(t.key))}
	if v.Kind == model.Array || v.Kind == model.Object {
		whole := v
		c.whole = &whole
	}
	t.cells = append(t.cells, c)
}

// group is the group of the key in the scratch, whose first row is r.
func (t *tally) group(r *row) talliedGroup {
	in := talliedGroup{key: string(t.key), cells: len(t.t.cells)}
	for i, c := range t.cells {
		if c.whole != nil {
			own := cloneValue(*c.whole)
			c.whole = &own
		}
		t.t.cells = append(t.t.cells, c)
		if t.by[i] != nil {
			continue
		}
		if in.starts == nil {
			in.starts = make([]int64, len(t.by))
		}
		if in.starts[i] = model.NoTime; r.time() != model.NoTime {
			in.starts[i] = t.bins[i].from
		}
	}
	switch {
	case r.names != nil:
		in.shown = shownGroups
	case r.req != nil:
		in.shown = shownRequests
	}
	return in
}

// values are the values of a group's key.
func (t *tallied) values(in *talliedGroup, n int) []model.Value {
	values := make([]model.Value, n)
	for i, c := range t.cells[in.cells : in.cells+n] {
		switch {
		case c.whole != nil:
			values[i] = *c.whole
		case c.kind != model.Null:
			values[i] = model.Value{Kind: c.kind, Str: in.key[c.from:c.to]}
		}
	}
	return values
}

// binned is a span of time and how it is shown: most rows are in the span of
// the row before.
type binned struct {
	from, to int64
	v        model.Value
}

// bin is the bin of key i that holds at.
func (t *tally) bin(i int, at int64) *binned {
	b := &t.bins[i]
	if at < b.from || at >= b.to {
		b.from, b.to = binSpan(at, t.stats.By[i].Bin, t.zone)
		b.v, _, _ = stamp(b.from)
	}
	return b
}

// add gives a row of group n to an aggregate.
func (t *tally) add(a *Agg, into *talliedAgg, g *getter, n int32, r *row) {
	if a.isNumeric() && g.col == colDuration && r.batched && len(r.extra) == 0 && r.names == nil {
		if d := r.b.Dur[r.i]; d < model.MaxDur {
			into.group, into.nums = append(into.group, n), append(into.nums, milli(d))
			return
		}
	}
	v, ok := g.of(r)
	switch {
	case !ok:
		return
	case a.Fn == "count_distinct":
		into.group, into.hashes = append(into.group, n), append(into.hashes, stats.Hash(valueText(v)))
		return
	case a.isNumeric():
		if q, ok := a.number(v); ok {
			into.group, into.nums = append(into.group, n), append(into.nums, q)
		}
		return
	}
	for len(into.single) <= int(n) {
		into.single = append(into.single, aggregate{})
	}
	switch one := &into.single[n]; a.Fn {
	case "min", "max":
		one.extreme(a, v)
	case "earliest", "latest":
		one.byTime(a, v, r.time())
	default:
		one.n++
	}
}
