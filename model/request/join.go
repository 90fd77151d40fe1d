package request

import "ravel/model"

// tellsEnd reports whether record r tells how an HTTP request ended.
func tellsEnd(r *item) bool {
	return isEnding(r.Mark.Event()) && ends(r.Mark.Kind(), model.KindHTTP) && !hearsay(r.Mark, r.Status)
}

// rejoins takes record r, at stream time now, if it comes late for a request
// that is not followed any longer and has not settled, and reports whether it
// did; else whether its id is known to have ended.
func (t *Tracker) rejoins(r *item, now int64) (joined, ended bool) {
	event := r.Mark.Event()
	if event == model.Started {
		return false, false
	}
	f, ok, ended := t.past.find(r.Req, now)
	if !ok || f.at&wasWhole != 0 && (event == model.Whole || event == model.WholeFailed) {
		return false, ended
	}
	t.join(model.Join{End: model.Seq(f.at >> finishBits), Level: r.Level}, f.at&wasHTTP != 0, f.at&wasFailed != 0, r)
	return true, true
}

// join counts record r for a request that has ended. If that folds and the
// record is its start or tells of its end, it stands inside, unless it is worse
// than all that the request's row tells.
func (t *Tracker) join(j model.Join, folds, failed bool, r *item) {
	if folds && (j.Begins || tellsEnd(r)) && (failed || r.Level < model.Error) {
		t.out.Inside = append(t.out.Inside, t.seq(r.i))
	}
	if j.End < t.b.First {
		t.out.Joined = append(t.out.Joined, j)
		return
	}
	for k := len(t.rows) - 1; k >= 0; k-- {
		if row := &t.rows[k]; row.At == uint32(j.End-t.b.First) {
			row.Join(j)
			return
		}
	}
}
