package request

// setBegun notes whether the start of an entry's request is known.
func (t *Tracker) setBegun(id int32, begun bool) {
	e := &t.entries[id]
	t.listOf(e).drop(t.links, id)
	e.begun = begun
	t.listOf(e).push(t.links, id)
}

// listOf is the list in which an entry is.
func (t *Tracker) listOf(e *entry) *list {
	if e.begun {
		return &t.begun
	}
	return &t.silent
}

// makeRoom gives up the requests that have been silent longest while there
// are too many, those without a start first: most ids never get one, and they
// shall not push out a request that hangs. Where rows are wanted theirs are
// printed early.
func (t *Tracker) makeRoom() {
	for len(t.entries)-len(t.free) >= t.o.MaxOpen {
		id := t.silent.tail
		if id == none {
			id = t.begun.tail
		}
		t.stats.Forgot++
		if t.o.Rows {
			t.settled = append(t.settled, t.outline(&t.entries[id], t.now))
		}
		if t.entries[id].hash == 0 {
			t.pairs.forget(id)
		}
		if t.waits(&t.entries[id]) {
			t.out.Released = append(t.out.Released, t.entries[id].members...)
		}
		t.remove(id)
	}
}

// list orders entries by their latest record, newest first.
type list struct{ head, tail int32 }

// link is an entry's place in its list.
type link struct{ prev, next int32 }

func (l *list) push(es []link, id int32) {
	es[id].prev, es[id].next = none, l.head
	if l.head != none {
		es[l.head].prev = id
	} else {
		l.tail = id
	}
	l.head = id
}

func (l *list) drop(es []link, id int32) {
	e := &es[id]
	if e.prev != none {
		es[e.prev].next = e.next
	} else {
		l.head = e.next
	}
	if e.next != none {
		es[e.next].prev = e.prev
	} else {
		l.tail = e.prev
	}
}

func (l *list) touch(es []link, id int32) {
	if l.head != id {
		l.drop(es, id)
		l.push(es, id)
	}
}
