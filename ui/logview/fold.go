package logview

import (
	"ravel/model"
)

// Open opens or closes what is under the cursor, in place. It returns false
// where nothing opens: the record is plain, its detail is the answer. Opening
// a failed request or a record with a traceback puts the cursor on the
// traceback.
func (v *View) Open() bool {
	here := v.current()
	if here == nil {
		return true
	}
	l := *here // refreshing reuses the lines
	if !l.opens() {
		return false
	}
	v.follow, v.held = false, false
	k := l.open
	if v.open[k] {
		v.close(k)
		if l.kind != record && l.kind != fold {
			v.cur = v.headOf(k, &l)
		}
		v.Refresh()
		return true
	}
	v.open[k] = true
	v.Refresh()
	if k.Part == whole || k.Part == body {
		v.toTraceback(&l)
	}
	return true
}

// close closes k and what is open within a closed traceback.
func (v *View) close(k key) {
	delete(v.open, k)
	switch k.Part {
	case frames:
		delete(v.open, key{k.Seq, libs})
	case whole:
		delete(v.recs, k.Seq)
	}
}

// headOf is the line that k opens from: the nearest one at or above l that
// bears it.
func (v *View) headOf(k key, l *line) Spot {
	at := l.spot
	for i := v.index(); i >= 0 && v.lines[i].open == k && v.lines[i].spot.Seq == l.spot.Seq; i-- {
		at = v.lines[i].spot
	}
	return at
}

// toTraceback moves the cursor to the last traceback of the row just opened,
// scrolling if it must.
func (v *View) toTraceback(l *line) {
	row := *l.row
	at, found := Spot{}, false
	for _, x := range v.layout(nil, &row) {
		if x.kind == exception && (l.kind == fold || x.rec.Seq == l.rec.Seq) {
			at, found = x.spot, true
		}
	}
	if found {
		v.Goto(at)
	}
}

// Expand opens what is under the cursor; it does nothing if it is open.
func (v *View) Expand() {
	if l := v.current(); l != nil && l.opens() && !v.open[l.open] {
		v.Open()
	}
}

// Collapse closes what is under the cursor, else the fold around it.
func (v *View) Collapse() {
	l := v.current()
	if l == nil {
		return
	}
	k := l.open
	if !v.open[k] {
		k = key{l.spot.Seq, whole}
	}
	if !v.open[k] {
		return
	}
	at := Spot{Seq: l.spot.Seq}
	if k.Part != whole {
		at = v.headOf(k, l)
	}
	v.close(k)
	v.Goto(at)
}

// OpenAll opens every row on screen.
func (v *View) OpenAll() {
	v.follow, v.held = false, false
	for i := range v.lines {
		if l := &v.lines[i]; l.opens() {
			v.open[l.open] = true
		}
	}
	v.Refresh()
}

// CloseAll closes everything.
func (v *View) CloseAll() {
	clear(v.open)
	clear(v.recs)
	v.cur.Line, v.top.Line = 0, 0
	v.Refresh()
}

// OpenAt opens the row at seq.
func (v *View) OpenAt(seq model.Seq) {
	v.open[key{seq, whole}] = true
	v.open[key{seq, body}] = true
}

// Selected is the record under the cursor and, if the cursor is on or in a
// folded request, that request. Both are nil if the pane is empty.
func (v *View) Selected() (*model.Record, *model.Request) {
	l := v.current()
	if l == nil {
		return nil, nil
	}
	return l.rec, l.row.Request
}

// OnHead reports whether the cursor stands on a request's head, where actions
// mean the whole request.
func (v *View) OnHead() bool {
	l := v.current()
	return l != nil && l.kind == fold
}

// OnTraceback reports whether the cursor stands on a traceback.
func (v *View) OnTraceback() bool {
	l := v.current()
	return l != nil && l.kind >= exception
}

// Visible are the records on screen, each once, in order.
func (v *View) Visible() []*model.Record {
	var out []*model.Record
	for i := range v.lines {
		if r := v.lines[i].rec; r != nil && (len(out) == 0 || out[len(out)-1] != r) {
			out = append(out, r)
		}
	}
	return out
}
