package query

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ravel/model"
)

// maxGroups bounds the groups of a stats; rows of further ones are counted and
// told of.
const maxGroups = 100_000

// grouper computes aggregates of the groups of its rows.
type grouper struct {
	stats   *Stats
	columns []string
	bin     int // index into stats.By of the first bin(…), -1 if none
	zone    *time.Location
	groups  map[string]*group
	keys    []column          // of the keys, if they are few that columns tell in full; nil: not so
	known   map[uint64]*group // by their values in the columns
	lost    int               // rows whose group was one too many
	serial  int
	first   int64 // span of all stamps seen, for rate()
	last    int64
	key     []byte
	cells   []model.Value // scratch: the key's values
	starts  []int64       // scratch: where the key's bins begin
	bins    []binned      // by key: the bin that the last row was in
	next    operator
}

// binned is a span of time and how it is shown: most rows are in the span of
// the row before.
type binned struct {
	from, to int64
	v        model.Value
}

// binOf is the bin of key i that holds t.
func (g *grouper) binOf(i int, t int64) *binned {
	for len(g.bins) <= i {
		g.bins = append(g.bins, binned{from: 1, to: 0})
	}
	b := &g.bins[i]
	if t < b.from || t >= b.to {
		width := g.stats.By[i].Bin
		b.from = binStart(t, width, g.zone)
		b.to = b.from + int64(width)
		if width%(24*time.Hour) == 0 {
			b.to = t // a day may have 23 hours
		}
		b.v, _, _ = stamp(b.from)
	}
	return b
}

// group is one group.
type group struct {
	serial int
	cells  []model.Value
	start  int64 // of its bin
	open   Expr
	aggs   []aggregate
}

// group adds a stats.
func (b *builder) group(s *Stats) {
	b.shape, b.columns = Table, nil
	bin := -1
	for i, k := range s.By {
		b.columns = append(b.columns, k.Column())
		if k.Bin > 0 && bin < 0 {
			bin = i
		}
	}
	for _, a := range s.Aggs {
		b.columns = append(b.columns, a.Column())
	}
	columns, zone := b.columns, b.p.env.zone()
	b.add(func(next operator) operator {
		return &grouper{stats: s, columns: columns, bin: bin, zone: zone, groups: map[string]*group{}, keys: keyColumns(s.By), known: map[uint64]*group{},
			first: 1<<63 - 1, last: model.NoTime, next: next}
	})
}

func (g *grouper) push(r *row) error {
	if t := r.time(); t != model.NoTime {
		g.first, g.last = min(g.first, t), max(g.last, t)
	}
	in := g.find(r)
	if in == nil {
		g.lost++
		return nil
	}
	for i := range in.aggs {
		in.aggs[i].add(&g.stats.Aggs[i], r)
	}
	return nil
}

// maxKeyColumns is how many columns of 16 bits a key of known groups has.
const maxKeyColumns = 4

// keyColumns are the columns that say to which group a record belongs; nil if
// others must be asked.
func keyColumns(by []Key) []column {
	keys := make([]column, 0, maxKeyColumns)
	for _, k := range by {
		switch c := columnOf(k.Field); {
		case k.Bin == 0 && len(keys) < maxKeyColumns && (c == colDomain || c == colSource || c == colLevel):
			keys = append(keys, c)
		default:
			return nil
		}
	}
	return keys
}

// find is the group that the row belongs to, nil if there are too many.
func (g *grouper) find(r *row) *group {
	if g.keys == nil || !r.batched || r.names != nil || len(r.extra) > 0 {
		return g.findAny(r)
	}
	key := uint64(0)
	for _, c := range g.keys {
		switch key <<= 16; c {
		case colDomain:
			key |= uint64(r.b.Domain[r.i])
		case colSource:
			key |= uint64(r.b.Source[r.i])
		default:
			key |= uint64(r.b.Level[r.i])
		}
	}
	in := g.known[key]
	if in == nil {
		if in = g.findAny(r); in != nil {
			g.known[key] = in
		}
	}
	return in
}

// findAny is find by the values themselves.
func (g *grouper) findAny(r *row) *group {
	g.key, g.cells, g.starts = g.key[:0], g.cells[:0], g.starts[:0]
	for i, k := range g.stats.By {
		var v model.Value
		start := model.NoTime
		if k.Bin > 0 {
			if t := r.time(); t != model.NoTime {
				b := g.binOf(i, t)
				start, v = b.from, b.v
			}
		} else if f, ok := r.field(k.Field); ok {
			v = f
		}
		g.starts = append(g.starts, start)
		g.cells = append(g.cells, v)
		g.key = append(g.key, byte(btoi(v.Kind != model.Null)))
		g.key = append(g.key, valueText(v)...)
		g.key = append(g.key, 0)
	}
	in := g.groups[string(g.key)]
	if in != nil || len(g.groups) >= maxGroups {
		return in
	}
	g.serial++
	in = &group{serial: g.serial, start: model.NoTime, aggs: make([]aggregate, len(g.stats.Aggs))}
	for i := range g.cells {
		in.cells = append(in.cells, cloneValue(g.cells[i]))
	}
	if g.bin >= 0 {
		in.start = g.starts[g.bin]
	}
	switch {
	case r.names != nil: // made of groups itself
	case r.req == nil:
		in.open = g.opens()
	case g.bin < 0:
		if e := g.opens(); e != nil {
			in.open = &Request{e}
		}
	}
	g.groups[string(g.key)] = in
	return in
}

// opens is the filter that finds the records of the group just made.
func (g *grouper) opens() Expr {
	var terms []Expr
	for i, k := range g.stats.By {
		v := g.cells[i]
		switch {
		case k.Bin > 0 && v.Kind == model.Null:
			terms = append(terms, Negate(&Exists{"ts"}))
		case v.Kind == model.Null:
			terms = append(terms, Negate(&Exists{k.Field}))
		case k.Bin > 0:
			end, _, _ := stamp(g.starts[i] + int64(k.Bin))
			terms = append(terms, &Test{Field: "ts", Op: Ge, Values: []Value{{Text: clone(v.Str)}}}, &Test{Field: "ts", Op: Lt, Values: []Value{{Text: end.Str}}})
		case columnOf(k.Field) == colDuration:
			terms = append(terms, &Test{Field: k.Field, Op: Eq, Values: []Value{{Text: v.Str + "ms"}}})
		default:
			value := facetValue(k.Field, clone(valueText(v)))
			if columnOf(k.Field) == noColumn {
				value.Quoted = !bareValue(value.Text) || special(value.Text) // 42 is not 42.0 here
			}
			terms = append(terms, &Test{Field: k.Field, Op: Eq, Values: []Value{value}})
		}
	}
	return All(terms...)
}

func (g *grouper) close() error {
	if len(g.stats.By) == 0 && len(g.groups) == 0 { // a count of nothing is 0
		g.groups[""] = &group{aggs: make([]aggregate, len(g.stats.Aggs))}
	}
	all := make([]*group, 0, len(g.groups))
	for _, in := range g.groups {
		all = append(all, in)
	}
	if err := g.flush(all); err != nil {
		return drained(err, g.next)
	}
	return g.next.close()
}

// advance emits and forgets the groups whose bin ended before ns.
func (g *grouper) advance(ns int64) error {
	var done []*group
	width := int64(g.stats.By[g.bin].Bin)
	for key, in := range g.groups {
		if in.start != model.NoTime && in.start+width <= ns {
			done = append(done, in)
			delete(g.groups, key)
		}
	}
	return g.flush(done)
}

// flush passes groups on: by time if they have bins, else those with the
// largest first aggregate first; groups with an absent key come last.
func (g *grouper) flush(all []*group) error {
	rows := make([][]model.Value, len(all))
	order := make([]int, len(all))
	for i, in := range all {
		order[i] = i
		rows[i] = append([]model.Value(nil), in.cells...)
		for k := range in.aggs {
			rows[i] = append(rows[i], in.aggs[k].value(&g.stats.Aggs[k], g.seconds()))
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := all[i], all[j]
		if c := cmp.Compare(hasNull(a.cells), hasNull(b.cells)); c != 0 {
			return c
		}
		if g.bin >= 0 {
			return cmp.Or(cmp.Compare(a.start, b.start), a.serial-b.serial)
		}
		x, y := rows[i][len(a.cells)], rows[j][len(a.cells)]
		if (x.Kind == model.Null) != (y.Kind == model.Null) {
			return cmp.Compare(btoi(x.Kind == model.Null), btoi(y.Kind == model.Null))
		}
		return cmp.Or(-compareValues("", x, y), a.serial-b.serial)
	})
	for _, i := range order {
		r := row{names: g.columns, values: rows[i], open: all[i].open}
		if err := g.next.push(&r); err != nil {
			return err
		}
	}
	return nil
}

// hasNull is 1 if a key's value is absent.
func hasNull(cells []model.Value) int {
	return btoi(slices.ContainsFunc(cells, func(v model.Value) bool { return v.Kind == model.Null }))
}

// seconds is what rate() divides by: the width of the bin, else the span of
// all rows.
func (g *grouper) seconds() float64 {
	if g.bin >= 0 {
		return g.stats.By[g.bin].Bin.Seconds()
	}
	return float64(g.last-g.first) / 1e9
}

// note says that groups were left out.
func (g *grouper) note() string {
	if g.lost == 0 {
		return ""
	}
	return fmt.Sprintf("stats: %d rows are of groups beyond the first %d and are not counted", g.lost, maxGroups)
}

// binStart is where the span of width that holds ns begins; spans of whole
// days begin at midnight of zone.
func binStart(ns int64, width time.Duration, zone *time.Location) int64 {
	shift := int64(0)
	if width%(24*time.Hour) == 0 {
		_, sec := time.Unix(0, ns).In(zone).Zone()
		shift = int64(sec) * 1e9
	}
	rest := (ns + shift) % int64(width)
	if rest < 0 {
		rest += int64(width)
	}
	return ns - rest
}
