package request

import "ravel/model"

// step is the state machine: it takes record r, which has an id or a mark.
// t.now is the stream's time up to it.
func (t *Tracker) step(r *item) {
	hash, event := r.Req, r.Mark.Event()
	if hash == 0 {
		t.anonymous(r)
		return
	}
	id := t.current(hash)
	begins := event == model.Started || event == model.Whole || event == model.WholeFailed
	switch {
	case id == none:
		switch joined, ended := t.rejoins(r, t.now); {
		case joined:
			return
		case ended && !begins:
			t.stats.Late++
			return
		}
	case t.entries[id].endSeq == 0:
	case t.adopts(&t.entries[id], r):
		t.adopt(id, r)
		return
	case event == model.Started, begins && (t.entries[id].isWhole() || t.now >= t.entries[id].settleAt):
		id = none // the id starts again: another row
	case t.now >= t.entries[id].settleAt:
		t.stats.Late++
		return
	default: // came after its end, and keeps its row
		t.add(id, r)
		if e := &t.entries[id]; !t.o.Rows {
			t.join(model.Join{End: e.endSeq, Level: r.Level}, e.kind == model.KindHTTP, e.state == model.Failed, r)
		}
		return
	}
	if id == none {
		id = t.open(hash, r.Source, r.i)
	}
	t.running(id, r)
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

// isWhole reports whether one record rs all that there was of the request.
func (e *entry) isWhole() bool { return e.whole && !e.begun }

// adopts reports whether record r is the start of a request whose end came
// before it: clocks of two sources differ, and the merge goes by them, or a
// source wrote its lines out of order.
func (t *Tracker) adopts(e *entry, r *item) bool {
	return r.Mark.Event() == model.Started && !e.begun && !e.whole && t.now < e.settleAt && ends(e.kind, r.Mark.Kind()) &&
		(r.Source != e.source || r.Time <= e.newest)
}

func (t *Tracker) adopt(id int32, r *item) {
	t.add(id, r)
	t.start(id, r)
	e := &t.entries[id]
	e.state = finished(e.status, e.ending, e.crashed)
	if !t.o.Rows {
		t.join(model.Join{End: e.endSeq, Level: r.Level, Begins: true, State: e.state}, e.kind == model.KindHTTP, e.state == model.Failed, r)
	}
}

// waits reports whether the records of an entry that has not ended are shown
// by no line of their own.
func (t *Tracker) waits(e *entry) bool {
	return !t.o.Rows && e.begun && e.kind == model.KindHTTP
}

// wait takes note of record r, counted already, of a request that runs on: it
// waits for the end unless it is an error, or nobody would remember to let it
// go. What does not wait has a line, as does what comes before a start.
func (t *Tracker) wait(id int32, r *item) {
	e, seq := &t.entries[id], t.seq(r.i)
	waits := t.waits(e)
	if !waits || r.Level >= model.Error || r.Flags&model.HasTraceback != 0 {
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
func (t *Tracker) running(id int32, r *item) {
	e := &t.entries[id]
	mark := r.Mark
	switch mark.Event() {
	case model.Started:
		id = t.started(id, r)
	case model.Ended, model.EndedFailed, model.Whole, model.WholeFailed:
		t.add(id, r)
		if t.closes(id, r) {
			t.finish(id, r)
			return
		}
	case model.StepStarted, model.StepEnded, model.StepFailed:
		t.add(id, r)
		e.task(mark.Event())
	default:
		t.add(id, r)
		if mark.Kind() != model.KindGroup && e.kind == model.KindGroup {
			e.kind = mark.Kind()
		}
	}
	t.wait(id, r)
}

// started takes a start of a request that may have one, and returns the entry
// that it counts for.
func (t *Tracker) started(id int32, r *item) int32 {
	e := &t.entries[id]
	kind := r.Mark.Kind()
	switch {
	case !e.begun:
		t.add(id, r)
		t.start(id, r)
	case kind != e.kind: // a task inside a request
		e.inner++
		t.add(id, r)
	case r.Source != e.source: // the next service under the same id
		e.same++
		t.add(id, r)
	default: // the id starts again before it has ended: a row of its own, which ends first
		id = t.open(e.hash, r.Source, r.i)
		t.add(id, r)
		t.start(id, r)
	}
	return id
}

// closes reports whether record r, an end, is the end of entry id rather than
// of something inside it.
func (t *Tracker) closes(id int32, r *item) bool {
	e := &t.entries[id]
	kind := r.Mark.Kind()
	switch {
	case hearsay(r.Mark, r.Status) && (!e.begun || !t.paired(e, r)):
		return false
	case !e.begun:
		return true
	case ends(kind, e.kind):
		if r.Source != e.source && e.same > 0 {
			e.same--
			return false
		}
		return true
	case e.inner > 0:
		e.inner--
		return false
	}
	return t.paired(e, r)
}

// hearsay reports whether a record with a mark and a status only says that an HTTP request failed. That
// ends it if its start was told in words too; one that began with a line of its
// own has a line with its status to come.
func hearsay(m model.Mark, status uint16) bool {
	return m&^model.Correlated == model.MakeMark(model.KindHTTP, model.EndedFailed) && status == 0
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
