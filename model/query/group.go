package query

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ravel/model"
)

// maxGroups bounds the groups of a stats; rows of further ones are counted and
// told of. A group takes about groupBytes, aggregateBytes for each of its
// aggregates, and twice the text of its key.
const (
	maxGroups      = 100_000
	groupBytes     = 256
	aggregateBytes = 200
)

// grouper computes aggregates of the groups of its rows, which tallies have
// grouped by batches.
type grouper struct {
	stats   *Stats
	env     *Env
	columns []string
	bin     int // index into stats.By of the first bin(…), -1 if none
	groups  map[string]*group
	lost    int // rows whose group was one too many
	most    int // groups that there have been at a time
	room    *room
	serial  int
	first   int64 // span of all stamps seen, for rate()
	last    int64
	own     *tally // of rows that come one by one; nil: none has come
	of      []*group
	next    operator
}

// group is one group.
type group struct {
	serial int
	cells  []model.Value
	starts []int64 // of bins, by key; nil: there are none
	shown  shown
	aggs   []aggregate
}

// start is where the group's first bin begins; NoTime if it has none.
func (g *grouper) start(in *group) int64 {
	if g.bin < 0 {
		return model.NoTime
	}
	return in.starts[g.bin]
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
	b.columns = unlike(b.columns)
	columns, env := b.columns, &b.p.env
	b.add(func(next operator) operator {
		return &grouper{stats: s, env: env, columns: columns, bin: bin, groups: map[string]*group{}, room: b.p.room, first: 1<<63 - 1, last: model.NoTime, next: next}
	})
}

// maxTallied is how many rows that come one by one are tallied at once.
const maxTallied = 4096

func (g *grouper) push(r *row) error {
	if g.own == nil {
		g.own = newTally(g.stats, g.env)
		g.own.begin()
	}
	if err := g.own.push(r); err != nil {
		return err
	}
	if g.own.t.rows == maxTallied {
		g.settle()
	}
	return nil
}

// settle merges what has been tallied of single rows.
func (g *grouper) settle() {
	if g.own != nil {
		g.add(g.own.take())
		g.own.begin()
	}
}

// add adds what a tally made of some rows.
func (g *grouper) add(t *tallied) {
	g.first, g.last = min(g.first, t.first), max(g.last, t.last)
	g.of = g.of[:0]
	for i := range t.groups {
		in := g.find(t, &t.groups[i])
		if g.of = append(g.of, in); in == nil {
			g.lost += t.groups[i].rows
		}
	}
	for k := range g.stats.Aggs {
		g.mergeAgg(k, t)
	}
}

// mergeAgg adds what aggregate k comes to.
func (g *grouper) mergeAgg(k int, t *tallied) {
	a, from := &g.stats.Aggs[k], &t.aggs[k]
	if a.Field == "" {
		for i, in := range g.of {
			if in != nil {
				in.aggs[k].n += int64(t.groups[i].rows)
			}
		}
		return
	}
	for i, n := range from.group {
		switch in := g.of[n]; {
		case in == nil:
		case from.nums != nil:
			in.aggs[k].count(a, &from.nums[i])
		default:
			in.aggs[k].differ(from.hashes[i])
		}
	}
	for n := range from.single {
		if in := g.of[n]; in != nil && from.single[n].n > 0 {
			in.aggs[k].join(a, &from.single[n])
		}
	}
}

// find is the group that t of from is a part of, nil if there are too many.
func (g *grouper) find(from *tallied, t *talliedGroup) *group {
	in := g.groups[t.key]
	if in != nil || len(g.groups) >= maxGroups || g.room.over() {
		return in
	}
	g.room.spend(g.size(t.key))
	g.serial++
	in = &group{serial: g.serial, cells: from.values(t, len(g.stats.By)), starts: t.starts, shown: t.shown, aggs: make([]aggregate, len(g.stats.Aggs))}
	g.groups[t.key] = in
	g.most = max(g.most, len(g.groups))
	return in
}

// size is about how many bytes a group of that key takes.
func (g *grouper) size(key string) int64 {
	return int64(groupBytes + 2*len(key) + aggregateBytes*len(g.stats.Aggs))
}

// open is the filter behind the row of a group; nil if there is none.
func (g *grouper) open(in *group) Expr {
	switch {
	case in.shown == shownGroups:
	case in.shown == shownRecords:
		return g.opens(in)
	case g.bin < 0:
		if e := g.opens(in); e != nil {
			return &Request{e}
		}
	}
	return nil
}

// opens is the filter that finds the records of a group.
func (g *grouper) opens(in *group) Expr {
	var terms []Expr
	for i, k := range g.stats.By {
		v := in.cells[i]
		switch {
		case k.Bin > 0 && v.Kind == model.Null:
			terms = append(terms, Negate(&Exists{"ts"}))
		case v.Kind == model.Null:
			terms = append(terms, Negate(&Exists{k.Field}))
		case k.Bin > 0:
			_, to := binSpan(in.starts[i], k.Bin, g.env.zone())
			end, _, _ := stamp(to)
			terms = append(terms, &Test{Field: "ts", Op: Ge, Values: []Value{{Text: v.Str}}}, &Test{Field: "ts", Op: Lt, Values: []Value{{Text: end.Str}}})
		case columnOf(k.Field) == colDuration:
			terms = append(terms, &Test{Field: k.Field, Op: Eq, Values: []Value{{Text: v.Str + "ms"}}})
		default:
			value := facetValue(k.Field, valueText(v))
			if columnOf(k.Field) == noColumn {
				value.Quoted = !bareValue(value.Text) || special(value.Text) // 42 is not 42.0 here
			}
			terms = append(terms, &Test{Field: k.Field, Op: Eq, Values: []Value{value}})
		}
	}
	return All(terms...)
}

func (g *grouper) close() error {
	g.settle()
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
	g.settle()
	var done []*group
	for key, in := range g.groups {
		start := g.start(in)
		if start == model.NoTime {
			continue
		}
		if _, to := binSpan(start, g.stats.By[g.bin].Bin, g.env.zone()); to <= ns {
			done = append(done, in)
			delete(g.groups, key)
			g.room.spend(-g.size(key))
		}
	}
	return g.flush(done)
}

// flush passes groups on: by time if they have bins, else those with the
// largest first aggregate first; groups with an absent key come last.
func (g *grouper) flush(all []*group) error {
	rows := make([]ranked, len(all))
	for i, in := range all {
		r := &rows[i]
		r.group, r.null, r.start = in, hasNull(in.cells), g.start(in)
		r.values = append(make([]model.Value, 0, len(g.columns)), in.cells...)
		for k := range in.aggs {
			r.values = append(r.values, in.aggs[k].value(&g.stats.Aggs[k], g.seconds()))
		}
		r.by = rankOf(r.values[len(in.cells)], false)
	}
	slices.SortFunc(rows, func(a, b ranked) int {
		if c := cmp.Compare(a.null, b.null); c != 0 {
			return c
		}
		if g.bin >= 0 {
			return cmp.Or(cmp.Compare(a.start, b.start), a.serial-b.serial)
		}
		if c := cmp.Compare(a.by.null, b.by.null); c != 0 {
			return c
		}
		return cmp.Or(-a.by.compare(&b.by), a.serial-b.serial)
	})
	for i := range rows {
		r := row{names: g.columns, values: rows[i].values, opens: func() Expr { return g.open(rows[i].group) }}
		if err := g.next.push(&r); err != nil {
			return err
		}
	}
	return nil
}

// ranked is a group's row with what it is sorted by.
type ranked struct {
	*group
	null   int
	start  int64
	by     rank
	values []model.Value
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
	return fmt.Sprintf("stats: %d rows are of groups beyond the first %d and are not counted", g.lost, g.most)
}

// day is how long most days are.
const day = 24 * time.Hour

// binSpan is the span of width that holds ns. Spans of whole days begin at
// midnight of zone, however long these days are.
func binSpan(ns int64, width time.Duration, zone *time.Location) (from, to int64) {
	if width%day != 0 {
		from = ns - floorMod(ns, int64(width))
		return from, from + int64(width)
	}
	y, m, d := time.Unix(0, ns).In(zone).Date()
	n, first := int64(width/day), time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/int64(day/time.Second)
	first -= floorMod(first, n)
	midnight := func(days int64) int64 { return time.Date(1970, 1, 1+int(days), 0, 0, 0, 0, zone).UnixNano() }
	return midnight(first), midnight(first + n)
}

// floorMod is what is left of a by b, never below 0.
func floorMod(a, b int64) int64 { return (a%b + b) % b }
