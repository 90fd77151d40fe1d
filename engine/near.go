package engine

import (
	"cmp"
	"slices"
	"sync"
	"weak"

	"ravel/model"
	"ravel/model/store"
)

// Under a filter that passes few records a walk along the rows goes through
// thousands of chunks in which nothing matches, for each frame. This spares it to
// look at these, and to read those of a file again in which something matches.

// promising are the chunks of a snapshot in which a run may have rows, ascending;
// they keep nothing of it alive. Safe for concurrent use.
type promising struct {
	mu     sync.Mutex
	snap   weak.Pointer[store.Snapshot]
	puts   uint64 // the run's by then
	chunks []int32
}

// next is the chunk at k or the next one in direction dir that may have rows, -1
// if there is none.
func (v *view) next(k, dir int) int {
	if v.run.pred == nil {
		if k < 0 || k >= v.snap.Len() {
			return -1
		}
		return k
	}
	if v.promising == nil {
		v.promising = v.run.promising.of(v)
	}
	i, ok := slices.BinarySearch(v.promising, int32(k))
	if dir < 0 && !ok {
		i--
	}
	if i < 0 || i >= len(v.promising) {
		return -1
	}
	return int(v.promising[i])
}

// of is the list for what v's run has found by now.
func (p *promising) of(v *view) []int32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	v.run.mu.RLock()
	puts := v.run.puts
	v.run.mu.RUnlock()
	if p.snap == weak.Make(v.snap) && p.puts == puts {
		return p.chunks
	}
	matches, puts := v.matchesBefore()
	p.snap, p.puts = weak.Make(v.snap), puts
	p.chunks = make([]int32, 0, matches[len(matches)-1])
	for k := range v.snap.Len() {
		if matches[k+1] > matches[k] || v.near(k, matches) {
			p.chunks = append(p.chunks, int32(k))
		}
	}
	return p.chunks
}

// matchesBefore says of each chunk, and of the end, how many of those before it
// have a match, and how often the run had noted what a chunk has.
func (v *view) matchesBefore() (before []uint32, puts uint64) {
	before = make([]uint32, v.snap.Len()+1)
	v.run.mu.RLock()
	defer v.run.mu.RUnlock()
	for k := range v.snap.Len() {
		before[k+1] = before[k]
		if v.run.found[v.snap.Chunk(k).ID()].hits.N > 0 {
			before[k+1]++
		}
	}
	return before, v.run.puts
}

// near reports whether a record of a request that ends in chunk k may match: a
// chunk has a match between the first record of these requests and what may have
// come late for the last one.
func (v *view) near(k int, matchesBefore []uint32) bool {
	c := v.snap.Chunk(k)
	first := k
	if reach := c.Reach(); reach < c.First {
		first, _, _ = v.snap.Find(reach)
	}
	last, settled := k, c.Zone.MaxTime+int64(v.e.o.Request.Settle)
	for n := 0; last+1 < v.snap.Len() && n <= memberReach; last++ {
		z := &v.snap.Chunk(last + 1).Zone
		if stamped(z) && stamped(&c.Zone) && z.MinTime > settled {
			break
		}
		n += z.N
	}
	return matchesBefore[last+1] > matchesBefore[first]
}

// stamped reports whether some record has a stamp.
func stamped(z *model.Zone) bool { return z.MinTime <= z.MaxTime }

// marks are the ids of a run's matches in chunks without columns, by chunk: to
// tell whether a match belongs to a request, its chunk would be parsed again.
// Safe for concurrent use.
type marks struct {
	mu   sync.Mutex
	of   map[uint64][]mark
	size int
}

// mark is the hash of a match's id.
type mark struct {
	i    int // number of the record in its chunk
	hash uint64
}

// maxMarks bounds how many are kept, of a chunk and in sum: beyond, a chunk is
// looked at itself, and the marks begin anew.
const (
	maxMarks    = 256
	maxAllMarks = 1 << 16
)

// hasID reports whether a match of c among its records lo to hi, hi included, has
// an id of that hash. A chunk that cannot be read again has none.
func (v *view) hasID(c *store.Chunk, hits store.Hits, lo, hi int, hash uint64) bool {
	i := hits.Prev(hi, c.Len())
	if i < lo {
		return false
	}
	if c.HasColumns() || hits.N > maxMarks || v.run.pred == nil || v.run.pred.UsesRequests() {
		b, err := v.e.store.Columns(c)
		for ; err == nil && i >= lo; i = hits.Prev(i-1, c.Len()) {
			if b.Req[i] == hash {
				return true
			}
		}
		return false
	}
	all := v.run.marks.get(v.e, c, hits)
	k, _ := slices.BinarySearchFunc(all, lo, func(m mark, i int) int { return cmp.Compare(m.i, i) })
	for ; k < len(all) && all[k].i <= hi; k++ {
		if all[k].hash == hash {
			return true
		}
	}
	return false
}

// get is the marks of a chunk that does not grow. Nobody waits while another's
// chunk is parsed.
func (m *marks) get(e *Engine, c *store.Chunk, hits store.Hits) []mark {
	m.mu.Lock()
	all, ok := m.of[c.ID()]
	m.mu.Unlock()
	if ok {
		return all
	}
	b, err := e.store.Columns(c)
	if err != nil {
		return nil
	}
	for i := hits.Next(0, c.Len()); i >= 0; i = hits.Next(i+1, c.Len()) {
		all = append(all, mark{i, b.Req[i]})
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size += len(all); m.of == nil || m.size > maxAllMarks {
		m.of, m.size = map[uint64][]mark{}, len(all)
	}
	m.of[c.ID()] = all
	return all
}

// maxReadRows bounds the rows of readRows, of a run and of a chunk.
const (
	maxReadRows  = 128
	maxReadChunk = 8
)

// readRows decodes the rows of matches that stand alone in a chunk without
// columns, before anybody knows of them: each is a megabyte to read and to parse
// again, which a screen of them, drawn in Update, would wait for. The goroutines
// of a scan call it, the newest chunk first.
func (r *run) readRows(e *Engine, c *store.Chunk, hits store.Hits) {
	if hits.N == 0 || hits.N > maxReadChunk || c.HasColumns() || r.read.Load() >= maxReadRows {
		return
	}
	b, err := e.store.Open(c)
	if err != nil {
		return
	}
	snap := e.store.Snapshot()
	for i := hits.Next(0, c.Len()); i >= 0; i = hits.Next(i+1, c.Len()) {
		r.read.Add(1)
		e.decode(c, i)
		if b.Req[i] == 0 {
			continue
		}
		if s, ok := finished(snap, c.First+model.Seq(i), b.Req[i], nil); ok && folds(s.row) {
			e.describe(snap, s.c, s.row)
			e.decode(s.c, int(s.row.At))
		}
	}
	if !r.pred.UsesRequests() {
		r.marks.get(e, c, hits)
	}
}
