package logview

import (
	"slices"

	"ravel/model"
)

// maxJumps bounds how far one can jump back.
const maxJumps = 100

// Move puts the cursor n lines down, or up where n is negative, and scrolls
// if it must. Going up ends following.
func (v *View) Move(n int) {
	if v.follow && n >= 0 {
		return
	}
	v.follow, v.held = false, false
	v.Goto(v.walk(v.cur, n))
}

// Page moves cursor and screen by n lines alike.
func (v *View) Page(n int) {
	if v.follow && n >= 0 {
		return
	}
	v.follow, v.held = false, false
	v.top = v.walk(v.top, n)
	v.cur = v.walk(v.cur, n)
	v.Refresh()
}

// Scroll moves the screen by n lines and leaves the cursor where it is, as far
// as it stays on screen.
func (v *View) Scroll(n int) {
	if v.follow && n >= 0 {
		return
	}
	v.follow, v.held = false, false
	v.lines = v.from(v.walk(v.top, n))
	if len(v.lines) == 0 {
		return
	}
	v.top = v.lines[0].spot
	v.settleCursor()
	v.Refresh()
}

// Goto puts the cursor onto a spot with as little scrolling as will do.
func (v *View) Goto(at Spot) {
	v.follow, v.held = false, false
	v.cur = at
	switch {
	case at.before(v.top):
		v.top = at
		v.lines = v.from(v.top)
	default:
		v.lines = v.from(v.top)
		if len(v.lines) > 0 && v.lines[len(v.lines)-1].spot.before(at) {
			v.top = v.walk(at, -(v.height - 1))
		}
	}
	v.Refresh()
}

// Jump is Goto for places that may be far away: the row at or after seq comes
// to stand in the upper third, and JumpBack returns.
func (v *View) Jump(seq model.Seq) {
	v.jumps = append(v.jumps, v.cur)
	if len(v.jumps) > maxJumps {
		v.jumps = slices.Delete(v.jumps, 0, 1)
	}
	v.show(Spot{Seq: seq})
}

// JumpBack returns to where the last Jump left from; false if there was none.
func (v *View) JumpBack() bool {
	if len(v.jumps) == 0 {
		return false
	}
	at := v.jumps[len(v.jumps)-1]
	v.jumps = v.jumps[:len(v.jumps)-1]
	v.show(at)
	return true
}

// show puts the cursor onto a spot; if it is not on screen already, it comes
// to stand in the upper third, or lower where the log ends.
func (v *View) show(at Spot) {
	v.follow, v.held = false, false
	v.Refresh()
	if n := len(v.lines); n > 0 && !at.before(v.lines[0].spot) && !v.lines[n-1].spot.before(at) {
		v.cur = at
		v.settleCursor()
		return
	}
	v.cur = at
	v.top = v.walk(at, -v.height/3)
	if v.top == at && v.height > 3 { // nothing before it: the first row
		v.top = at
	}
	v.Refresh()
}

// Top goes to the oldest row, End to the newest without following.
func (v *View) Top() { v.Jump(0) }

// End goes to the newest row and follows.
func (v *View) End() {
	v.follow, v.held = true, false
	v.Refresh()
}

// Click puts the cursor onto line y of the pane; false if nothing is there.
func (v *View) Click(y int) bool {
	if y < 0 || y >= len(v.lines) {
		return false
	}
	v.follow, v.held = false, false
	v.cur = v.lines[y].spot
	return true
}

// ToggleMark marks the cursor's row or takes the mark off.
func (v *View) ToggleMark() {
	if v.cur.Seq == 0 {
		return
	}
	if _, marked := v.marks[v.cur.Seq]; marked {
		delete(v.marks, v.cur.Seq)
	} else {
		v.marks[v.cur.Seq] = ""
	}
}

// SetNote marks the cursor's row and writes a note on it; "" takes the note
// off and leaves the mark.
func (v *View) SetNote(text string) {
	if v.cur.Seq != 0 {
		v.marks[v.cur.Seq] = text
	}
}

// Note is what was noted on the row at seq.
func (v *View) Note(seq model.Seq) string { return v.marks[seq] }

// Marks are the marked rows in order.
func (v *View) Marks() []model.Seq {
	out := make([]model.Seq, 0, len(v.marks))
	for s := range v.marks {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// NextMark goes to the next mark in direction dir; false if there is none.
func (v *View) NextMark(dir int) bool {
	marks := v.Marks()
	if dir < 0 {
		slices.Reverse(marks)
	}
	for _, s := range marks {
		if dir > 0 && s > v.cur.Seq || dir < 0 && s < v.cur.Seq {
			v.Jump(s)
			return true
		}
	}
	return false
}

// ShowMember opens the request at row and puts the cursor on its record seq.
func (v *View) ShowMember(row, seq model.Seq) {
	v.Jump(row)
	v.open[key{row, whole}] = true
	rows := v.Source.Rows(row, +1, 1, v.Flat)
	if len(rows) == 0 {
		return
	}
	for _, l := range v.layout(nil, &rows[0]) {
		if l.kind == member && l.rec.Seq == seq {
			v.Goto(l.spot)
			return
		}
	}
}

// StepMember moves the cursor to the next record of the opened request around
// it, in direction dir; false if there is none.
func (v *View) StepMember(dir int) bool {
	l := v.current()
	if l == nil || l.row.Request == nil || !v.open[key{l.spot.Seq, whole}] {
		return false
	}
	row := *l.row
	lines := v.layout(nil, &row)
	for i := v.cur.Line + dir; i >= 0 && i < len(lines); i += dir {
		if lines[i].kind == member {
			v.Goto(lines[i].spot)
			return true
		}
	}
	return false
}
