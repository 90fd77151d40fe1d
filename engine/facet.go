package engine

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// Facet counts the values of a column or field under the query without that
// facet's own clauses (rule 34), most frequent first; see ui.Engine.
func (e *Engine) Facet(ctx context.Context, field string, n int) ([]ui.Count, error) {
	r, err := e.without(field)
	if err != nil {
		return nil, err
	}
	defer r.cancel()
	ids := e.scanned(ctx, r)
	var counts map[string]uint64
	if count := columns[field]; count != nil {
		counts = e.countColumn(ids, r, count)
	} else {
		counts = e.countField(ctx, ids, r, field)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return top(counts, n), nil
}

// without is a run of the current query less the clauses on field.
func (e *Engine) without(field string) (*run, error) {
	q, err := query.Parse(e.current.Load().text)
	if err != nil {
		return nil, err
	}
	return e.compile(query.Without(q, field))
}

// columns are the facets that columns answer: each counts a chunk's hits by
// the column's number.
var columns = map[string]func(e *Engine, c *store.Chunk, hits store.Hits, add func(string, uint64)){
	"level": func(_ *Engine, c *store.Chunk, hits store.Hits, add func(string, uint64)) {
		tally(c.Level, hits, func(l model.Level, n uint64) { add(l.String(), n) })
	},
	"domain": func(e *Engine, c *store.Chunk, hits store.Hits, add func(string, uint64)) {
		tally(c.Domain, hits, func(d uint16, n uint64) { add(e.o.Names.Domains.Name(d), n) })
	},
	"source": func(e *Engine, c *store.Chunk, hits store.Hits, add func(string, uint64)) {
		tally(c.Source, hits, func(s uint16, n uint64) { add(e.o.Names.Sources.Name(s), n) })
	},
	"status": func(_ *Engine, c *store.Chunk, hits store.Hits, add func(string, uint64)) {
		tally(c.Status, hits, func(s uint16, n uint64) {
			if s == 0 {
				add("", n)
				return
			}
			add(strconv.Itoa(int(s)), n)
		})
	},
}

// tally counts the hits' values of a column and tells each once.
func tally[T ~uint8 | ~uint16](column []T, hits store.Hits, tell func(T, uint64)) {
	counts := map[T]uint64{}
	var last T
	var run uint64
	for i := hits.Next(0, len(column)); i >= 0; i = hits.Next(i+1, len(column)) {
		if column[i] != last {
			counts[last] += run
			last, run = column[i], 0
		}
		run++
	}
	counts[last] += run
	for v, n := range counts {
		if n > 0 {
			tell(v, n)
		}
	}
}

// countColumn sums a column's counts over the chunks.
func (e *Engine) countColumn(ids []uint64, r *run, count func(*Engine, *store.Chunk, store.Hits, func(string, uint64))) map[string]uint64 {
	counts := map[string]uint64{}
	for _, id := range ids {
		c, ok := e.chunk(id)
		if !ok || !c.HasColumns() {
			continue
		}
		if hits := r.hits(c); hits.N > 0 {
			count(e, c, hits, func(v string, n uint64) { counts[v] += n })
		}
	}
	return counts
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
