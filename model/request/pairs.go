package request

import (
	"slices"
	"strings"

	"ravel/model"
)

// place is where phrases without an id pair off (rule 21).
type place struct{ source, domain uint16 }

// pairing holds the starts without an id that are open, by place. Those that
// can no longer be told apart are parked: unmarked, until the end.
type pairing struct {
	open map[place][]int32
}

func newPairing() pairing { return pairing{open: map[place][]int32{}} }

// maxPairs bounds the starts without an id that are open in one place; the
// oldest is parked beyond it.
const maxPairs = 64

func (p *pairing) forget(id int32) {
	for at, ids := range p.open {
		if i := slices.Index(ids, id); i >= 0 {
			p.open[at] = slices.Delete(ids, i, i+1)
			return
		}
	}
}

// described is what the record says that describes a request.
type described struct{ model.Told }

// anonymous takes a start or an end without an id.
func (t *Tracker) anonymous(x *item) {
	if t.o.Decoder == nil || t.o.Lifecycle == nil {
		return
	}
	at := place{x.Source, x.Domain}
	if x.Mark.Event() == model.Started {
		t.openPair(at, x)
		return
	}
	var r model.Record
	t.o.Decoder.Decode(t.b, int(x.i), &r)
	end := t.o.Lifecycle.Facts(&r)
	ids := t.candidates(t.pairs.open[at], &end)
	switch len(ids) {
	case 0: // the start was not seen, or its phrase is no lifecycle here
	case 1:
		t.pairs.open[at] = slices.DeleteFunc(t.pairs.open[at], func(id int32) bool { return id == ids[0] })
		t.add(ids[0], x)
		t.finish(ids[0], x)
	default: // which of them ended cannot be told
		t.pairs.open[at] = slices.DeleteFunc(t.pairs.open[at], func(id int32) bool { return slices.Contains(ids, id) })
		for _, id := range ids {
			t.park(id)
		}
	}
}

func (t *Tracker) openPair(at place, x *item) {
	id := t.open(0, x.Source, x.i)
	t.add(id, x)
	t.start(id, x)
	t.describe(&t.entries[id])
	open := t.pairs.open[at] // after open, which may have given one up
	if len(open) >= maxPairs {
		t.park(open[0])
		open = open[1:]
	}
	t.pairs.open[at] = append(open, id)
	t.wait(id, x)
}

// park makes a start unmarked whose end cannot be told any more.
func (t *Tracker) park(id int32) {
	e := &t.entries[id]
	if t.waits(e) {
		t.out.Released = append(t.out.Released, e.members...)
	}
	t.setBegun(id, false)
}

// candidates are the open starts that an end may belong to: of those that its
// phrase closes the ones that agree with it best, in ids and in the task's
// name, unless they contradict it more than they agree.
func (t *Tracker) candidates(open []int32, end *model.Facts) []int32 {
	var best []int32
	most := 0
	for _, id := range open {
		start := t.describe(&t.entries[id])
		if start.Opens&end.Closes == 0 {
			continue
		}
		switch n := agreement(&start.Facts, end); {
		case n > most:
			best, most = append(best[:0], id), n
		case n == most:
			best = append(best, id)
		}
	}
	return best
}

// agreement counts the ids and names that two records share, less those in
// which they differ.
func agreement(a, b *model.Facts) int {
	n := 0
	if a.Name != "" && b.Name != "" {
		n = same(a.Name == b.Name)
	}
	for i := range a.IDs {
		for j := range b.IDs {
			if a.IDs[i].Name == b.IDs[j].Name {
				n += same(a.IDs[i].Value.Str == b.IDs[j].Value.Str)
			}
		}
	}
	return n
}

func same(equal bool) int {
	if equal {
		return 1
	}
	return -1
}

// paired reports whether the phrase of record x is an end of what began entry
// e: "Request received" ends with "Validation complete". Without a lifecycle
// only the kinds tell.
func (t *Tracker) paired(e *entry, x *item) bool {
	if t.o.Decoder == nil || t.o.Lifecycle == nil {
		return ends(x.Mark.Kind(), e.kind)
	}
	var r model.Record
	t.o.Decoder.Decode(t.b, int(x.i), &r)
	return t.describe(e).Opens&t.o.Lifecycle.Facts(&r).Closes != 0
}

// correlate takes the correlation id of record corr if none is known.
func (d *described) correlate(o Options, corr ref) {
	if d.CorrelationID != "" || o.Decoder == nil || corr.b == nil {
		return
	}
	var r model.Record
	o.Decoder.Decode(corr.b, int(corr.i), &r)
	d.CorrelationID = strings.Clone(r.CorrelationID)
}

// describe decodes the record that describes an entry, once.
func (t *Tracker) describe(e *entry) *described {
	if e.facts == nil {
		e.facts = describe(t.o, e.about)
	}
	return e.facts
}

// describe reads a record that describes a request.
func describe(o Options, about ref) *described {
	d := new(described)
	d.read(o, about)
	return d
}

func (d *described) read(o Options, about ref) {
	if o.Decoder == nil || about.b == nil {
		return
	}
	if t, ok := o.Decoder.(model.Teller); ok && o.Lifecycle != nil && t.Tell(about.b, int(about.i), &d.Told) {
		return
	}
	var r model.Record
	o.Decoder.Decode(about.b, int(about.i), &r)
	d.RequestID, d.CorrelationID = strings.Clone(r.RequestID), strings.Clone(r.CorrelationID)
	if o.Lifecycle != nil {
		d.Facts = o.Lifecycle.Facts(&r)
	}
}
