package engine

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// Facet counts the values of a column or field under the query without that
// facet's own clauses (rule 34), most frequent first; see ui.Engine. It ends with
// an error when another query is asked: of a large file that one's answer would
// wait for the counts of the last one.
func (e *Engine) Facet(ctx context.Context, field string, n int) ([]ui.Count, error) {
	current := e.current.Load()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(current.ctx, stop)()
	r, err := e.without(current, field)
	if err != nil {
		return nil, err
	}
	counts, err := e.facet(ctx, r, field, n)
	if current.ctx.Err() != nil { // the counts are of less than the whole
		return nil, current.ctx.Err()
	}
	return counts, err
}

// facet counts the values of a column or field among what r finds, and ends r.
func (e *Engine) facet(ctx context.Context, r *run, field string, n int) ([]ui.Count, error) {
	defer r.cancel()
	ids := e.scanned(ctx, r)
	var counts map[string]uint64
	if col, ok := facetColumns[field]; ok {
		counts = e.countColumn(ctx, ids, r, col)
	} else {
		counts = e.countField(ctx, ids, r, field)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return top(counts, n), nil
}

// without is a run of current's query less the clauses on field.
func (e *Engine) without(current *run, field string) (*run, error) {
	q, err := query.Parse(current.text)
	if err != nil {
		return nil, err
	}
	return e.compile(query.Without(q, field))
}

// countColumn sums a column's counts over the chunks. Those that have given their
// columns up, and keep none of them, are parsed again, each once for a filter.
func (e *Engine) countColumn(ctx context.Context, ids []uint64, r *run, col facetColumn) map[string]uint64 {
	counts := map[uint16]uint64{}
	add := func(v uint16, n uint64) { counts[v] += n }
	t := tallies.Get().(*tally)
	defer tallies.Put(t)
	var given []uint64
	for _, id := range ids {
		c, ok := e.chunk(id)
		if !ok {
			continue
		}
		switch hits := r.hits(c); {
		case hits.N == 0:
		case col == levelColumn && hits.N == c.Len():
			for l, n := range c.Zone.Levels {
				add(uint16(l), uint64(n))
			}
		case c.Keeps() && r.settled(c):
			all := r.all.get(r.key, id)
			if all == nil {
				all = t.census(c, hits)
				r.all.put(r.key, id, all)
			}
			all.each(col, add)
		case c.Keeps():
			b, _ := c.Filterable(tallied, &t.columns)
			t.column(b, col, hits, add)
		default:
			given = append(given, id)
		}
	}
	e.takeCensus(ctx, given, r)
	for _, id := range given {
		if all := r.all.get(r.key, id); all != nil {
			all.each(col, add)
		}
	}
	told := map[string]uint64{}
	for v, n := range counts {
		if n > 0 {
			told[e.columnText(col, v)] += n
		}
	}
	return told
}

// takeCensus counts what r found in chunks without columns where that is not
// known yet.
func (e *Engine) takeCensus(ctx context.Context, ids []uint64, r *run) {
	r.all.forget(e.store.Snapshot())
	ids = slices.DeleteFunc(slices.Clone(ids), func(id uint64) bool { return r.all.get(r.key, id) != nil })
	for part := range slices.Chunk(ids, maxScan) {
		chunks := e.chunks(part)
		within := func(k int) (store.Hits, store.Narrower) {
			return r.hits(chunks[k]), counting{nil, r.all, r.key, chunks[k].ID()}
		}
		if store.ScanWithin(ctx, chunks, within, make([]store.Hits, len(chunks)), nil) != nil {
			return // ctx's, which the caller sees
		}
	}
}

// decodeAtOnce is how many chunks are kept from being given up while their hits
// are decoded, which takes milliseconds a chunk.
const decodeAtOnce = 16

// countField decodes every hit: for fields that have no column.
func (e *Engine) countField(ctx context.Context, ids []uint64, r *run, field string) map[string]uint64 {
	counts := map[string]uint64{}
	var mu sync.Mutex
	count := decoding{e, r, func(rec *model.Record) {
		text := fieldText(rec, field)
		mu.Lock()
		counts[text]++
		mu.Unlock()
	}}
	for part := range slices.Chunk(ids, decodeAtOnce) {
		chunks := e.chunks(part)
		if store.Scan(ctx, chunks, count, make([]store.Hits, len(chunks)), nil) != nil {
			break // ctx's, which the caller sees
		}
	}
	return counts
}

// decoding is a predicate that shows every hit of a run to visit; it is called
// from several goroutines.
type decoding struct {
	e     *Engine
	r     *run
	visit func(*model.Record)
}

func (d decoding) Prune(*model.Zone) model.Verdict { return model.Maybe }
func (d decoding) String() string                  { return "" }

func (d decoding) Narrow(b *model.Batch, bits model.Bits) {
	snap := d.e.store.Snapshot()
	k, _, ok := snap.Find(b.First)
	if !ok {
		return
	}
	hits := d.r.hits(snap.Chunk(k))
	var rec model.Record
	for i := hits.Next(0, b.Len()); i >= 0; i = hits.Next(i+1, b.Len()) {
		d.e.o.Decoder.Decode(b, i, &rec)
		d.visit(&rec)
	}
}

// top orders counts by frequency, then by name, and keeps n. The empty value is
// "none" (rule 34).
func top(counts map[string]uint64, n int) []ui.Count {
	list := make([]ui.Count, 0, len(counts))
	for v, c := range counts {
		if v == "" {
			v = "none"
		}
		list = append(list, ui.Count{Value: v, N: c})
	}
	slices.SortFunc(list, func(a, b ui.Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
	})
	return list[:min(n, len(list))]
}

// fieldText is a field's value as text, "" if the record has none.
func fieldText(r *model.Record, field string) string {
	v, ok := query.Lookup(r, field)
	if !ok || v.Kind == model.Null {
		return ""
	}
	return v.Str
}
