package ingest

import (
	"bytes"
	"hash/maphash"
	"slices"

	"ravel/model"
)

// pairs finds the copies of a record that other files of its directory hold
// (rule 12): equal byte for byte, with a stamp, one to one between any two
// files. It looks among the records copied last: those of the batch under
// construction and of the one held back, which is far more than the disorder
// of stamps in files that are written at the same time.
type pairs struct {
	seed   maphash.Seed
	now    window // of the batch under construction
	before window // of the batch held back
}

// window indexes the records of one batch by a hash of their bytes.
type window struct {
	heads map[uint64]int32 // the newest record with a hash
	next  []int32          // the one before it, by record number; -1 none
	from  []*stream        // by record number; nil: takes no part
	last  map[int]int64    // the newest stamp of each directory
}

// reaches reports whether a record of that directory has been copied whose
// stamp is not older than t.
func (p *pairs) reaches(group int, t int64) bool {
	for _, w := range [...]*window{&p.now, &p.before} {
		if last, ok := w.last[group]; ok && last >= t {
			return true
		}
	}
	return false
}

// skip says that n records follow that take no part.
func (p *pairs) skip(n int) {
	if p.now.heads == nil && len(p.now.next) == 0 && len(p.before.next) == 0 {
		return // nobody takes part yet: note fills in
	}
	for range n {
		p.now.next, p.now.from = append(p.now.next, -1), append(p.now.from, nil)
	}
}

// note indexes record k of in, which becomes record i of the batch under
// construction.
func (p *pairs) note(in *input, k, i int) {
	for len(p.now.next) < i {
		p.now.next, p.now.from = append(p.now.next, -1), append(p.now.from, nil)
	}
	prev := int32(-1)
	var from *stream
	if in.b.Time[k] != model.NoTime {
		h := p.hash(in.b.Raw(k))
		if p.now.heads == nil {
			p.now.heads, p.now.last = map[uint64]int32{}, map[int]int64{}
		}
		if last, ok := p.now.last[in.s.group]; !ok || last < in.b.Time[k] {
			p.now.last[in.s.group] = in.b.Time[k]
		}
		if at, ok := p.now.heads[h]; ok {
			prev = at
		}
		p.now.heads[h], from = int32(i), in.s
	}
	p.now.next, p.now.from = append(p.now.next, prev), append(p.now.from, from)
}

func (p *pairs) hash(raw []byte) uint64 {
	if p.seed == (maphash.Seed{}) {
		p.seed = maphash.MakeSeed()
	}
	return maphash.Bytes(p.seed, trimLF(raw))
}

// trimLF takes the line end off: the last line of a file may lack it.
func trimLF(raw []byte) []byte { return bytes.TrimRight(raw, "\r\n") }

// match pairs record k of in off with a copy from another file, if there is
// one without a partner in in's: the copy then names in's file too.
func (p *pairs) match(m *merger, in *input, k int) bool {
	if in.b.Time[k] == model.NoTime || p.now.heads == nil && p.before.heads == nil {
		return false
	}
	raw := trimLF(in.b.Raw(k))
	h := maphash.Bytes(p.seed, raw)
	if m.held != nil && p.before.find(m.held, h, raw, in, k) {
		return true
	}
	return p.now.find(&m.out.b, h, raw, in, k)
}

// find looks for the oldest free copy of record k of in among b's records.
func (w *window) find(b *model.Batch, h uint64, raw []byte, in *input, k int) bool {
	at, ok := w.heads[h]
	if !ok {
		return false
	}
	found := -1
	for i := at; i >= 0; i = w.next[i] {
		s := w.from[i]
		if s == nil || s == in.s || s.group != in.s.group || b.Time[i] != in.b.Time[k] ||
			slices.Contains(b.Also[int(i)], in.b.Source[k]) || !bytes.Equal(trimLF(b.Raw(int(i))), raw) {
			continue
		}
		found = int(i)
	}
	if found < 0 {
		return false
	}
	if b.Also == nil {
		b.Also = map[int][]uint16{}
	}
	b.Also[found] = append(b.Also[found], in.b.Source[k])
	return true
}

// turn says that the batch under construction is held back from now on, and
// the one before it is gone.
func (p *pairs) turn() {
	old := p.before
	p.before = p.now
	clear(old.heads)
	clear(old.last)
	clear(old.from)
	p.now = window{heads: old.heads, last: old.last, next: old.next[:0], from: old.from[:0]}
}
