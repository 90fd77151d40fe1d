package request

import "ravel/model"

// step is the state machine: it takes record i of b, which has an id or a mark.
// t.now is the stream's time up to it.
func (t *Tracker) step(b *model.Batch, i int) {
	hash, event := b.Req[i], b.Mark[i].Event()
	if hash == 0 {
		t.anonymous(b, i)
		return
	}
	id := t.current(hash)
	begins := event == model.Started || event == model.Whole || event == model.WholeFailed
	switch {
	case id == none:
		if t.rejoins(b, i, t.now) {
			return
		}
		if !begins && t.past.has(hash) {
			t.stats.Late++
			return
		}
	case t.entries[id].endSeq == 0:
	case t.adopts(&t.entries[id], b, i):
		t.adopt(id, b, i)
		return
	case event == model.Started, begins && (t.entries[id].isWhole() || t.now >= t.entries[id].settleAt):
		id = none // the id starts again: another row
	case t.now >= t.entries[id].settleAt:
		t.stats.Late++
		return
	default: // came after its end, and keeps its row
		t.add(id, b, i)
		if e := &t.entries[id]; !t.o.Rows {
			t.join(e.endSeq, e.kind == model.KindHTTP, e.state == model.Failed, b, i)
		}
		return
	}
	if id == none {
		id = t.open(hash, b, i)
	}
	t.running(id, b, i)
}

// current is the entry that a record with this hash concerns: the newest that
// has not ended, else the one that ended last, else none.
func (t *Tracker) current(hash uint64) int32 {
	last := t.index.get(hash)
	for id := last; id != none; id = t.entries[id].older {
		switch e := &t.entries[id]; {
		case e.endSeq == 0:
			return id
		case e.endSeq > t.entries[last].endSeq:
			last = id
		}
	}
	return last
}

// isWhole reports whether one record is all that there was of the request.
func (e *entry) isWhole() bool { return e.whole && !e.begun }

// adopts reports whether record i is the start of a request whose end came
// before it: clocks of two sources differ, and the merge goes by them, or a
// source wrote its lines out of order.
func (t *Tracker) adopts(e *entry, b *model.Batch, i int) bool {
	return b.Mark[i].Event() == model.Started && !e.begun && !e.whole && t.now < e.settleAt && ends(e.kind, b.Mark[i].Kind()) &&
		(b.Source[i] != e.source || b.Time[i] <= e.newest)
}

func (t *Tracker) adopt(id int32, b *model.Batch, i int) {
	t.add(id, b, i)
	t.start(id, b, i)
	e := &t.entries[id]
	e.state = finished(e.status, model.Ended, e.crashed)
}

// waits reports whether the records of an entry that has not ended are shown
// by no line of their own.
func (t *Tracker) waits(e *entry) bool {
	return !t.o.Rows && e.begun && e.kind == model.KindHTTP
}

// wait takes note of record i, counted already, of a request that runs on: it
// waits for the end unless it is an error, or nobody would remember to let it
// go. What does not wait has a line, as does what comes before a start.
func (t *Tracker) wait(id int32, b *model.Batch, i int) {
	e, seq := &t.entries[id], b.First+model.Seq(i)
	waits := t.waits(e)
	if !waits || b.Level[i] >= model.Error || b.Flags[i]&model.HasTraceback != 0 {
		if (waits || !e.begun) && len(e.shown) < maxShown && !t.o.Rows {
			e.shown = append(e.shown, seq)
		}
		return
	}
	if n := len(e.members); n > 0 && e.members[n-1] == seq {
		t.out.Waiting = append(t.out.Waiting, seq)
	}
}

// running takes a record of a request that has not ended.
func (t *Tracker) running(id int32, b *model.Batch, i int) {
	e := &t.entries[id]
	mark := b.Mark[i]
	switch mark.Event() {
	case model.Started:
		id = t.started(id, b, i)
	case model.Ended, model.EndedFailed, model.Whole, model.WholeFailed:
		t.add(id, b, i)
		if t.closes(id, b, i) {
			t.finish(id, b, i)
			return
		}
	case model.StepStarted, model.StepEnded, model.StepFailed:
		t.add(id, b, i)
		e.task(mark.Event())
	default:
		t.add(id, b, i)
		if mark.Kind() != model.KindGroup && e.kind == model.KindGroup {
			e.kind = mark.Kind()
		}
	}
	t.wait(id, b, i)
}

// started takes a start of a request that may have one, and returns the entry
// that it counts for.
func (t *Tracker) started(id int32, b *model.Batch, i int) int32 {
	e := &t.entries[id]
	kind := b.Mark[i].Kind()
	switch {
	case !e.begun:
		t.add(id, b, i)
		t.start(id, b, i)
	case kind != e.kind: // a task inside a request
		e.inner++
		t.add(id, b, i)
	case b.Source[i] != e.source: // the next service under the same id
		e.same++
		t.add(id, b, i)
	default: // the id starts again before it has ended: a row of its own, which ends first
		id = t.open(e.hash, b, i)
		t.add(id, b, i)
		t.start(id, b, i)
	}
	return id
}

// closes reports whether record i, an end, is the end of entry id rather than
// of something inside it.
func (t *Tracker) closes(id int32, b *model.Batch, i int) bool {
	e := &t.entries[id]
	kind := b.Mark[i].Kind()
	switch {
	case hearsay(b, i) && (!e.begun || !t.paired(e, b, i)):
		return false
	case !e.begun:
		return true
	case ends(kind, e.kind):
		if b.Source[i] != e.source && e.same > 0 {
			e.same--
			return false
		}
		return true
	case e.inner > 0:
		e.inner--
		return false
	}
	return t.paired(e, b, i)
}

// hearsay reports whether record i only says that an HTTP request failed. That
// ends it if its start was told in words too; one that began with a line of its
// own has a line with its status to come.
func hearsay(b *model.Batch, i int) bool {
	return b.Mark[i]&^model.Correlated == model.MakeMark(model.KindHTTP, model.EndedFailed) && b.Status[i] == 0
}

// task counts the tasks of a job. A job whose own start and end are not
// logged is what its tasks are.
func (e *entry) task(event model.Event) {
	if e.kind == model.KindGroup {
		e.kind = model.KindJob
	}
	switch event {
	case model.StepStarted:
		e.inner++
	case model.StepEnded, model.StepFailed:
		if e.inner > 0 {
			e.inner--
		}
		e.tasks++
		e.failedTasks = 0
		if event == model.StepFailed {
			e.failedTasks = 1
		}
	}
}

// stateAt is where an entry stands at a time.
func (t *Tracker) stateAt(e *entry, now int64) model.State {
	switch {
	case e.endSeq != 0:
		return e.state
	case e.begun:
		if after := t.hungAfter(e.kind); after > 0 && e.oldest != model.NoTime && now-e.oldest >= after {
			return model.Hung
		}
		return model.InFlight
	case e.inner > 0:
		return model.InFlight
	case e.failedTasks > 0:
		return model.Failed
	case e.tasks > 0:
		return model.Complete
	}
	return model.Unmarked
}

// hungAfter is how long a request of kind k may run, in ns; 0: for ever.
func (t *Tracker) hungAfter(k model.Kind) int64 {
	switch k {
	case model.KindHTTP:
		return int64(t.o.HungAfter)
	case model.KindSpan:
		return spanHungAfter
	}
	return 0
}
