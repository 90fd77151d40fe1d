package engine

import (
	"sync"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/store"
	"ravel/ui"
)

// view is the records of one moment through one run: what a row walk sees.
type view struct {
	e    *Engine
	snap *store.Snapshot
	run  *run
	flat bool

	hung      map[model.Seq]bool // first records of hung requests, once unwait has asked
	promising []int32            // chunks that may have rows, once next has asked
}

func (e *Engine) view(flat bool) view {
	return view{e: e, snap: e.store.Snapshot(), run: e.current.Load(), flat: flat}
}

// Rows walks the Stream view; see ui.Engine.
func (e *Engine) Rows(from model.Seq, dir, n int, flat bool) []ui.Row {
	if p := e.previewAt(from); p != nil {
		return p.eng.Rows(from, dir, n, flat)
	}
	v := e.view(flat)
	rows := make([]ui.Row, 0, n)
	v.walk(from, dir, func(c *store.Chunk, i int) bool {
		rows = append(rows, v.row(c, i))
		return len(rows) < n
	})
	return rows
}

// walk calls visit for each row from the one at seq in direction dir, until
// visit returns false.
func (v *view) walk(seq model.Seq, dir int, visit func(*store.Chunk, int) bool) {
	k, i, ok := v.snap.Find(seq)
	if dir < 0 && !ok {
		k, i = k-1, 1<<30
	}
	if to := v.next(k, dir); to != k {
		if k, i = to, 0; dir < 0 {
			i = 1 << 30
		}
	}
	for ; k >= 0; k = v.next(k+dir, dir) {
		c := v.snap.Chunk(k)
		if dir < 0 {
			i = min(i, c.Len()-1)
		}
		shown := v.shown(k, c)
		for i = shown.step(i, dir); i >= 0; i = shown.step(i+dir, dir) {
			if !visit(c, i) {
				return
			}
		}
		i = 0
		if dir < 0 {
			i = 1 << 30
		}
	}
}

// shown are the records of chunk k that have a row.
type shown struct{ hits store.Hits }

// step is the row at i or the next one in direction dir, -1 if there is none.
func (s shown) step(i, dir int) int {
	if i < 0 || s.hits.N == 0 {
		return -1
	}
	if dir < 0 {
		return s.hits.Bits.Prev(i)
	}
	if i >= 64*len(s.hits.Bits) {
		return -1
	}
	return s.hits.Bits.Next(i)
}

// shown computes the rows of chunk k. A folded request has one where some
// record of it matches: it stands at the record that ended it.
func (v *view) shown(k int, c *store.Chunk) shown {
	hits := v.run.hits(c)
	if hits.N == 0 {
		return v.shownAcross(k, c)
	}
	bits := hits.Set(nil, c.Len())
	v.hideBlank(c, bits)
	if v.flat {
		return shown{store.Hits{N: bits.Count(), Bits: bits}}
	}
	c.Unfold(bits)
	if v.run.pred == nil {
		c.Unwait(bits)
	} else {
		v.unwait(c, bits)
		v.showRequests(k, c, hits, bits)
	}
	return shown{store.Hits{N: bits.Count(), Bits: bits}}
}

// showRequests adds the ends, in chunk k, of the requests of which another record
// matches.
func (v *view) showRequests(k int, c *store.Chunk, hits store.Hits, bits model.Bits) {
	last, next := -1, hits.Next(0, c.Len()) // the last match up to a request's end, and the one behind it
	for j := range c.Requests {
		r := &c.Requests[j]
		at := int(r.At)
		for next >= 0 && next <= at {
			last, next = next, hits.Next(next+1, c.Len())
		}
		if last == at || !folds(r) {
			continue
		}
		if r.Back > r.At || r.Joined() > 0 || last >= at-int(r.Back) && last >= 0 {
			if v.anyMember(k, j) {
				bits.Set(at)
			}
		}
	}
}

// unwait takes the records out of the matches of c that wait for the end of a
// request, as Chunk.Unwait does of all records. They stay where that end is not
// looked for any more: the request hangs, or nothing is followed. Else what
// waits could not be found.
func (v *view) unwait(c *store.Chunk, bits model.Bits) {
	if !v.e.o.Live {
		return
	}
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if c.Waiting(i) && !v.hangs(c, i) {
			bits.Clear(i)
		}
	}
}

// hangs reports whether record i of c belongs to a hung request.
func (v *view) hangs(c *store.Chunk, i int) bool {
	if v.hung == nil {
		v.hung = map[model.Seq]bool{}
		_, hung, _ := v.e.pending(0)
		for k := range hung {
			v.hung[hung[k].FirstSeq] = true
		}
	}
	if len(v.hung) == 0 {
		return false
	}
	seq := c.First + model.Seq(i)
	if v.hung[seq] {
		return true
	}
	b, err := v.e.store.Columns(c)
	if err != nil {
		return true // it shall not be hidden
	}
	q, ok := v.running(b.Req[i])
	return ok && v.hung[q.FirstSeq]
}

// shownAcross is shown for a chunk in which nothing matches: only a request
// that reaches back into an earlier chunk can have a row. A walk under a rare
// filter passes through many such chunks.
func (v *view) shownAcross(k int, c *store.Chunk) shown {
	if v.flat || v.run.pred == nil || k == 0 || v.run.get(c).n == 0 {
		return shown{} // not scanned: nothing is known to match
	}
	var bits model.Bits
	for j := range c.Requests {
		r := &c.Requests[j]
		if r.Back <= r.At && r.Joined() == 0 || !folds(r) || !v.anyMember(k, j) {
			continue
		}
		if bits == nil {
			bits = make(model.Bits, (c.Len()+63)/64)
		}
		bits.Set(int(r.At))
	}
	if bits == nil {
		return shown{}
	}
	return shown{store.Hits{N: bits.Count(), Bits: bits}}
}

// hideBlank takes the records of blank lines before a source's first out
// (rule 2).
func (v *view) hideBlank(c *store.Chunk, bits model.Bits) {
	if c.Zone.Flags&model.Blank == 0 || !c.HasColumns() {
		return
	}
	for i, f := range c.Flags {
		if f&model.Blank != 0 {
			bits.Clear(i)
		}
	}
}

// folds reports whether a request is drawn as one row in the stream: only HTTP
// requests of several records are (rule 22).
func folds(r *model.RequestRow) bool {
	return r.Kind() == model.KindHTTP && (r.Records > 1 || r.Joined() > 0)
}

// row is the row at record i of c.
func (v *view) row(c *store.Chunk, i int) ui.Row {
	row := ui.Row{Seq: c.First + model.Seq(i), Record: v.e.decode(c, i)}
	if v.flat {
		return row
	}
	if r := c.RequestAt(i); r != nil && folds(r) {
		req := v.e.describe(v.snap, c, r)
		row.Request = &req
	}
	return row
}

// decode is record i of c in full. It is called from Update: where the chunk's
// bytes were given up it reads a megabyte of the file and parses it again,
// which takes under 5 ms (BenchmarkScreen/file/jump), once for the rows of a screen or
// two: the store keeps what was opened last, and the records are kept, too, for
// under a filter each row may stand in another chunk.
func (e *Engine) decode(c *store.Chunk, i int) *model.Record {
	seq := c.First + model.Seq(i)
	if !c.Resident() {
		if r := e.decoded.get(seq); r != nil {
			return r
		}
	}
	r := new(model.Record)
	b, err := e.store.Open(c)
	if err != nil {
		unreadable(r, c, i, err)
		return r
	}
	e.o.Decoder.Decode(b, i, r)
	if !c.Resident() && c.Sealed() {
		e.decoded.put(seq, r)
	}
	return r
}

// decoded keeps records that have been decoded of chunks that must be read
// again. Safe for concurrent use; its records are shared: read only.
type decoded struct {
	mu sync.Mutex
	of map[model.Seq]*model.Record
}

// maxDecoded bounds how many are kept, of at most maxKept bytes each; beyond it
// they begin anew.
const (
	maxDecoded = 1024
	maxKept    = 4 << 10
)

func (d *decoded) get(seq model.Seq) *model.Record {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.of[seq]
}

// put keeps a copy of r that needs nothing of its chunk.
func (d *decoded) put(seq model.Seq, r *model.Record) {
	if len(r.Raw) > maxKept {
		return
	}
	own := query.CloneRecord(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil || len(d.of) >= maxDecoded {
		d.of = map[model.Seq]*model.Record{}
	}
	d.of[seq] = own
}

// unreadable makes r say why record i of c cannot be shown.
func unreadable(r *model.Record, c *store.Chunk, i int, err error) {
	*r = model.Record{Seq: c.First + model.Seq(i), Time: model.NoTime, Message: err.Error(), Flags: model.Marker}
}

// Record decodes one record.
func (e *Engine) Record(seq model.Seq) (*model.Record, bool) {
	if p := e.previewAt(seq); p != nil {
		return p.eng.Record(seq)
	}
	snap := e.store.Snapshot()
	k, i, ok := snap.Find(seq)
	if !ok {
		return nil, false
	}
	return e.decode(snap.Chunk(k), i), true
}
