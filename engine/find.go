package engine

import (
	"context"
	"slices"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// Find is the nearest record or row that the target wants; see ui.Engine.
func (e *Engine) Find(ctx context.Context, from model.Seq, dir int, t ui.Target) (model.Seq, bool) {
	if p := e.previewAt(from); p != nil {
		if at, ok := p.eng.Find(ctx, from, dir, t); ok || dir > 0 {
			return at, ok
		}
		from = p.first // the nearest of what has been read
	}
	v := e.view(t.Flat)
	switch t.Kind {
	case ui.NextMatch:
		return v.findText(ctx, from, dir, t)
	case ui.SameRequest:
		return v.findHash(ctx, from, dir, v.hashOf(t.From))
	case ui.SameFlow:
		return v.findFlow(ctx, from, dir, t.From)
	case ui.NextRequest:
		return v.findRow(ctx, from, dir, func(c *store.Chunk, i int) bool {
			r := c.RequestAt(i)
			return r != nil && (v.flat || folds(r))
		})
	}
	return v.findError(ctx, from, dir)
}

// findError is the nearest row that `e` stops at (rule 8): of level>=ERROR, with
// any traceback, of a failed request.
func (v *view) findError(ctx context.Context, from model.Seq, dir int) (model.Seq, bool) {
	var in *store.Chunk
	var b *model.Batch // its columns, nil where they tell no error
	return v.findRow(ctx, from, dir, func(c *store.Chunk, i int) bool {
		if c != in && ctx.Err() == nil {
			in, b = c, nil
			if z := &c.Zone; z.Levels[model.Error]+z.Levels[model.Critical] > 0 || z.Flags&model.HasTraceback != 0 {
				b = v.columns(c)
			}
		}
		if b != nil && (b.Level[i] >= model.Error || b.Flags[i]&model.HasTraceback != 0) {
			return true
		}
		r := c.RequestAt(i)
		return r != nil && (r.State() == model.Failed || !v.flat && folds(r) && (r.Level() >= model.Error || r.Trace > 0))
	})
}

// findRow walks the rows beyond from until one is wanted.
func (v *view) findRow(ctx context.Context, from model.Seq, dir int, wanted func(*store.Chunk, int) bool) (model.Seq, bool) {
	start, ok := beyond(from, dir)
	if !ok {
		return 0, false
	}
	var at model.Seq
	v.walk(start, dir, func(c *store.Chunk, i int) bool {
		if i&1023 == 0 && ctx.Err() != nil {
			return false
		}
		if wanted(c, i) {
			at = c.First + model.Seq(i)
			return false
		}
		return true
	})
	return at, at != 0
}

// columns are those of c, parsed again if they have been given up; nil where
// they cannot be.
func (v *view) columns(c *store.Chunk) *model.Batch {
	b, err := v.e.store.Columns(c)
	if err != nil {
		return nil
	}
	return b
}

// beyond is the record next to from in direction dir.
func beyond(from model.Seq, dir int) (model.Seq, bool) {
	if dir < 0 {
		return from - 1, from > 1
	}
	return from + 1, from != ^model.Seq(0)
}

// eachHit calls visit for the records beyond from that p matches, in order,
// until it returns false. The nearest hit is near, mostly: chunks are narrowed
// one by one at first, then more at a time, on all cores.
func (v *view) eachHit(ctx context.Context, from model.Seq, dir int, p store.Narrower, visit func(*store.Chunk, int) bool) {
	start, ok := beyond(from, dir)
	if !ok {
		return
	}
	n, i, held := v.snap.Find(start)
	if dir < 0 && !held {
		n, i = n-1, 1<<30
	}
	ids := v.snap.IDs()
	if n < 0 || n >= len(ids) {
		return
	}
	if ids = ids[n:]; dir < 0 {
		ids = v.snap.IDs()[:n+1]
		slices.Reverse(ids)
	}
	defer v.e.finding.Store(0)
	for done, size := 0, 1; done < len(ids) && ctx.Err() == nil; size = min(2*size, maxScan) {
		v.snap = v.e.store.Snapshot() // not the first one: it would keep what is given up
		part := ids[done:min(done+size, len(ids))]
		chunks := v.e.chunks(part)
		hits := v.narrowed(ctx, chunks, p)
		if hits == nil {
			return
		}
		for k, c := range chunks {
			if c.ID() != ids[0] { // the others are looked at from their first on
				i = 0
				if dir < 0 {
					i = c.Len() - 1
				}
			}
			if !eachOf(c, hits[k], min(i, c.Len()-1), dir, visit) {
				return
			}
		}
		done += len(part)
		v.e.findsOn(done, len(ids))
	}
}

// findsOn tells the screen how far a search has come.
func (e *Engine) findsOn(done, all int) {
	if pct := int32(100 * done / max(all, 1)); e.finding.Swap(pct) != pct {
		ringOne(e.bell)
	}
}

// eachOf calls visit for what matched in a chunk from record i on, and reports
// whether it goes on.
func eachOf(c *store.Chunk, h store.Hits, i, dir int, visit func(*store.Chunk, int) bool) bool {
	next := func(i int) int { return h.Next(i, c.Len()) }
	if dir < 0 {
		next = func(i int) int { return h.Prev(i, c.Len()) }
	}
	for i = next(i); i >= 0; i = next(i + dir) {
		if !visit(c, i) {
			return false
		}
	}
	return true
}

// narrowed is what p matches in chunks, by what has been found before where it
// was asked before; nil once ctx is done.
func (v *view) narrowed(ctx context.Context, chunks []*store.Chunk, p store.Narrower) []store.Hits {
	cache, key := v.e.store.Results(), p.String()
	hits := make([]store.Hits, len(chunks))
	var fresh []*store.Chunk
	var at []int
	for k, c := range chunks {
		h, ok := cache.Get(key, c)
		if hits[k] = h; !ok {
			fresh, at = append(fresh, c), append(at, k)
		}
	}
	found := make([]store.Hits, len(fresh))
	err := store.Scan(ctx, fresh, p, found, func(k int, err error) {
		if err == nil {
			cache.Put(key, fresh[k], found[k])
		}
	})
	if err != nil {
		return nil
	}
	for k := range fresh {
		hits[at[k]] = found[k]
	}
	return hits
}

// findText is the nearest visible row that holds the text. A match inside a
// folded request is found at the request's row.
func (v *view) findText(ctx context.Context, from model.Seq, dir int, t ui.Target) (model.Seq, bool) {
	var want query.Expr = &query.Text{Word: t.Text}
	if t.Regexp {
		pat, err := query.PatternOf(t.Text)
		if err != nil {
			return 0, false
		}
		want = &query.Regexp{Pattern: pat}
	}
	p, err := (&query.Query{Filter: want}).Compile(v.e.env())
	if err != nil {
		return 0, false
	}
	var at model.Seq
	v.eachHit(ctx, from, dir, p, func(c *store.Chunk, i int) bool {
		seq := c.First + model.Seq(i)
		if !v.flat && c.Folded(i) {
			s, ok := v.foldOf(c, i)
			if !ok || dir > 0 && s.end <= from || dir < 0 && s.end >= from {
				return true
			}
			seq = s.end
		}
		if !v.visible(seq) {
			return true
		}
		at = seq
		return false
	})
	return at, at != 0
}

// foldOf is the finished request into which record i of c is folded.
func (v *view) foldOf(c *store.Chunk, i int) (standing, bool) {
	b, err := v.e.store.Columns(c)
	if err != nil {
		return standing{}, false
	}
	seq := c.First + model.Seq(i)
	if s, ok := finished(v.snap, seq, b.Req[i], nil); ok {
		return s, true
	}
	return v.e.joined(v.snap, seq, b.Req[i], nil)
}

// visible reports whether a record has a row.
func (v *view) visible(seq model.Seq) bool {
	k, i, ok := v.snap.Find(seq)
	if !ok {
		return false
	}
	return v.shown(k, v.snap.Chunk(k)).hits.Has(i)
}

// hashOf is the hash of the request that a record belongs to, 0 if none.
func (v *view) hashOf(seq model.Seq) uint64 {
	k, i, ok := v.snap.Find(seq)
	if !ok {
		return 0
	}
	if b := v.columns(v.snap.Chunk(k)); b != nil {
		return b.Req[i]
	}
	return 0
}

// findHash is the nearest record of a request, folded or not.
func (v *view) findHash(ctx context.Context, from model.Seq, dir int, hash uint64) (model.Seq, bool) {
	start, ok := beyond(from, dir)
	if !ok || hash == 0 {
		return 0, false
	}
	k, i, held := v.snap.Find(start)
	if dir < 0 && !held {
		k, i = k-1, 1<<30
	}
	defer v.e.finding.Store(0)
	all, done := v.snap.Len()-k, 0
	if dir < 0 {
		all = k + 1
	}
	for ; k >= 0 && k < v.snap.Len() && ctx.Err() == nil; k += dir {
		v.e.findsOn(done, all)
		done++
		c := v.snap.Chunk(k)
		b := v.columns(c)
		if dir < 0 {
			i = min(i, c.Len()-1)
		}
		for ; b != nil && i >= 0 && i < c.Len(); i += dir {
			if b.Req[i] == hash {
				return c.First + model.Seq(i), true
			}
		}
		i = 0
		if dir < 0 {
			i = 1 << 30
		}
	}
	return 0, false
}

// findFlow is the nearest record with the same correlation id.
func (v *view) findFlow(ctx context.Context, from model.Seq, dir int, of model.Seq) (model.Seq, bool) {
	r, ok := v.e.Record(of)
	if !ok || r.CorrelationID == "" {
		return 0, false
	}
	same := &query.Test{Field: "correlation_id", Op: query.Eq, Values: []query.Value{{Text: r.CorrelationID, Quoted: true}}}
	p, err := (&query.Query{Filter: same}).Compile(v.e.env())
	if err != nil {
		return 0, false
	}
	var at model.Seq
	v.eachHit(ctx, from, dir, p, func(c *store.Chunk, i int) bool {
		at = c.First + model.Seq(i)
		return false
	})
	return at, at != 0
}

// SeqAt is the first record at or after an event time, ^0 if there is none.
func (e *Engine) SeqAt(ts int64) model.Seq {
	if p := e.ahead.Load(); p != nil && p.from <= ts {
		return p.eng.SeqAt(ts)
	}
	snap := e.store.Snapshot()
	for k := range snap.Len() {
		c := snap.Chunk(k)
		if c.Zone.MinTime > c.Zone.MaxTime || c.Zone.MaxTime < ts {
			continue
		}
		b := (&view{e: e}).columns(c)
		if b == nil {
			return c.First
		}
		for i, t := range b.Time {
			if t != model.NoTime && t >= ts {
				return c.First + model.Seq(i)
			}
		}
	}
	return ^model.Seq(0)
}
