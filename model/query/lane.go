package query

import (
	"math"

	"ravel/model"
)

// Lane does the part of a pipeline's work that looks at one row at a time, so
// that batches are worked on by several goroutines at once; Take does the rest
// in their order. It belongs to one goroutine at a time.
type Lane struct {
	scan  scan
	first operator
	share share // what the rows come to; nil: they are emitted
}

// Part is what a lane made of the records of a batch.
type Part struct {
	batch *model.Batch
	rows  int      // that were there
	some  []picked // of them
	t     *tallied
}

// picked is a row that may count, with what was asked of it.
type picked struct {
	i    int
	sum  uint64
	keys []rank
}

// sharer is an operator a part of whose work lanes do.
type sharer interface {
	operator
	share() share
	// merge does the rest, of one batch after the other.
	merge(p *Part, s *scan) error
}

// share ends a lane.
type share interface {
	operator
	begin()
	finish(p *Part)
}

// Shares reports whether lanes do a part of the pipeline's work.
func (p *Pipeline) Shares() bool { return p.shared != nil || p.PerRow() }

// PerRow reports whether no stage looks at more than one record: then lanes do
// all, and Take nothing.
func (p *Pipeline) PerRow() bool {
	return !p.fromReq && len(p.single) == len(p.ops)
}

// Lane makes a lane of p, which Shares. What a lane of a PerRow pipeline makes
// of a batch goes to emit, whose error ends its work.
func (p *Pipeline) Lane(emit func(*Row) error) *Lane {
	l := &Lane{}
	l.scan.p = p.scan.p
	if p.shared != nil {
		l.share = p.shared.share()
		l.first = l.share
	} else {
		l.first = &sink{shape: p.shape, emit: emit}
	}
	for i := len(p.single) - 1; i >= 0; i-- {
		l.first = p.single[i](l.first)
	}
	return l
}

// Work does its part for the records of b that are in bits.
func (l *Lane) Work(b *model.Batch, bits model.Bits) (*Part, error) {
	p := &Part{batch: b}
	if l.share != nil {
		l.share.begin()
	}
	if err := l.scan.pushAll(b, bits, l.first); err != nil {
		return nil, err
	}
	if l.share != nil {
		l.share.finish(p)
	}
	return p, nil
}

// Take does the rest of the work on a batch: parts come in the order of their
// records.
func (p *Pipeline) Take(part *Part) error {
	if p.shared == nil {
		return nil
	}
	return p.shared.merge(part, &p.scan)
}

// eachPicked calls pass for each row that was picked.
func (s *scan) eachPicked(p *Part, pass func(k *picked, r *row) error) error {
	s.b, s.at = p.batch, -1
	defer func() { s.rec, s.b = model.Record{}, nil }()
	r := row{batched: true}
	for i := range p.some {
		r.subject = subject{b: p.batch, i: p.some[i].i, s: s}
		if err := pass(&p.some[i], &r); err != nil {
			return err
		}
	}
	return nil
}

func (g *grouper) share() share { return newTally(g.stats, g.env) }

func (g *grouper) merge(p *Part, _ *scan) error {
	g.add(p.t)
	return nil
}

func (t *tally) finish(p *Part) { p.t = t.take() }

// picker asks rows what a deduper or sorter wants to know, and leaves out those
// that surely do not count.
type picker struct {
	fields []*getter
	d      *deduper
	s      *sorter
	rows   int
	some   []picked
	seen   [1024]uint64 // hashes in this batch, by their first bits
	keys   []rank
}

func (k *picker) begin() {
	k.rows, k.some, k.seen = 0, nil, [1024]uint64{}
}

func (k *picker) finish(p *Part) { p.rows, p.some, k.some = k.rows, k.some, nil }

func (k *picker) close() error { return nil }

func (k *picker) push(r *row) error {
	k.rows++
	if k.d != nil {
		sum := k.d.sum(k.fields, r)
		if at := &k.seen[sum>>54]; *at != sum || sum == 0 {
			*at = sum
			k.some = append(k.some, picked{i: r.i, sum: sum})
		}
		return nil
	}
	k.keys = k.s.ranks(k.fields, k.keys[:0], r)
	if worst := k.s.worst.Load(); worst != nil && !k.s.better(&sortedRow{keys: k.keys, seq: math.MaxInt}, worst) {
		return nil
	}
	k.some = append(k.some, picked{i: r.i, keys: append([]rank(nil), k.keys...)})
	return nil
}

func (d *deduper) share() share { return &picker{d: d, fields: getters(d.names, d.env)} }

func (d *deduper) merge(p *Part, s *scan) error {
	return s.eachPicked(p, func(k *picked, r *row) error { return d.pass(k.sum, r) })
}

func (s *sorter) share() share { return &picker{s: s, fields: s.getters()} }

func (s *sorter) merge(p *Part, scan *scan) error {
	seen := s.seen
	err := scan.eachPicked(p, func(k *picked, r *row) error {
		s.pass(k.keys, r)
		return nil
	})
	s.seen = seen + p.rows
	return err
}
