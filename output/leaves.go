package output

import (
	"ravel/model"
	"ravel/model/query"
)

// MaxLeaves bounds the leaves of a request filter: they are kept as bits.
const MaxLeaves = 64

// leafMark says which leaves a record satisfies.
type leafMark struct {
	record int
	mask   uint64
}

// leafMarks runs the leaves over a batch.
func leafMarks(leaves []*query.Predicate, b *model.Batch) []leafMark {
	if len(leaves) == 0 {
		return nil
	}
	masks := make([]uint64, b.Len())
	for k, leaf := range leaves {
		bits := match(leaf, b)
		for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
			masks[i] |= 1 << k
		}
	}
	var marks []leafMark
	for i, m := range masks {
		if m != 0 && (b.Req[i] != 0 || b.Mark[i] != 0) {
			marks = append(marks, leafMark{i, m})
		}
	}
	return marks
}

// leafMemory remembers, for the requests that are open, which leaves of a
// filter some record of theirs satisfied.
type leafMemory struct {
	byID  map[uint64][]leafRun // by Batch.Req
	bySeq map[model.Seq]uint64 // of marked records without an id
	order []model.Seq          // of bySeq, oldest first
}

// leafRun is records of one id that satisfied the same leaves, with none of
// the id between them that satisfied others.
type leafRun struct {
	first, last model.Seq
	mask        uint64
}

// Bounds of what is remembered: records without an id, and ids, of which the
// late ones are never asked for.
const (
	maxLoose = 1 << 16
	maxIDs   = 1 << 20
)

func newLeafMemory() leafMemory {
	return leafMemory{byID: map[uint64][]leafRun{}, bySeq: map[model.Seq]uint64{}}
}

// add remembers the marks of a batch.
func (l *leafMemory) add(b *model.Batch, marks []leafMark) {
	for _, m := range marks {
		seq := b.First + model.Seq(m.record)
		id := b.Req[m.record]
		if id == 0 {
			l.bySeq[seq] = m.mask
			l.order = append(l.order, seq)
			continue
		}
		runs := l.byID[id]
		if n := len(runs); n > 0 && runs[n-1].mask == m.mask {
			runs[n-1].last = seq
			continue
		}
		l.byID[id] = append(runs, leafRun{seq, seq, m.mask})
	}
	for id := range l.byID {
		if len(l.byID) <= maxIDs {
			break
		}
		delete(l.byID, id)
	}
	for len(l.order) > maxLoose {
		delete(l.bySeq, l.order[0])
		l.order = l.order[1:]
	}
}

// some reports whether a record of q satisfied a leaf.
func (l *leafMemory) some(q *model.Request, leaf int) bool {
	if q.Hash == 0 {
		return (l.bySeq[q.FirstSeq]|l.bySeq[q.EndSeq]|l.bySeq[q.LastSeq])>>leaf&1 != 0
	}
	for _, r := range l.byID[q.Hash] {
		if r.mask>>leaf&1 != 0 && r.first <= q.LastSeq && r.last >= q.FirstSeq {
			return true
		}
	}
	return false
}

// forget drops what was remembered of q: an id that starts again is another
// request.
func (l *leafMemory) forget(q *model.Request) {
	if q.Hash == 0 {
		delete(l.bySeq, q.FirstSeq)
		delete(l.bySeq, q.EndSeq)
		delete(l.bySeq, q.LastSeq)
		return
	}
	runs := l.byID[q.Hash]
	for len(runs) > 0 && runs[0].last <= q.LastSeq {
		runs = runs[1:]
	}
	if len(runs) == 0 {
		delete(l.byID, q.Hash)
		return
	}
	l.byID[q.Hash] = runs
}
