package request

import "ravel/model"

// Join is a record that came after the end of the request that ended at record
// End, and counts for it: among them other lines about the same end, the access
// line of a server or a proxy behind the application's own.
type Join struct {
	End   model.Seq
	Level model.Level // of the record
}

// tellsEnd reports whether record r tells how an HTTP request ended.
func tellsEnd(r *item) bool {
	return isEnding(r.Mark.Event()) && ends(r.Mark.Kind(), model.KindHTTP) && !hearsay(r.Mark, r.Status)
}

// rejoins takes record r, at stream time now, if it comes late for a request
// that is not followed any longer and has not settled, and reports whether it
// did.
func (t *Tracker) rejoins(r *item, now int64) bool {
	event := r.Mark.Event()
	if event == model.Started {
		return false
	}
	f, ok := t.past.find(r.Req, now)
	if !ok || f.at&wasWhole != 0 && (event == model.Whole || event == model.WholeFailed) {
		return false
	}
	t.join(model.Seq(f.at>>finishBits), f.at&wasHTTP != 0, f.at&wasFailed != 0, r)
	return true
}

// join counts record r for the request that ended at record end. If that folds
// and the record tells of its end, it stands inside, unless it is worse than all
// that the request's row tells.
func (t *Tracker) join(end model.Seq, folds, failed bool, r *item) {
	if folds && tellsEnd(r) && (failed || r.Level < model.Error) {
		t.out.Inside = append(t.out.Inside, t.seq(r.i))
	}
	if end < t.b.First {
		t.out.Joined = append(t.out.Joined, Join{end, r.Level})
		return
	}
	for k := len(t.rows) - 1; k >= 0; k-- {
		if row := &t.rows[k]; row.At == uint32(end-t.b.First) {
			row.Join(r.Level)
			return
		}
	}
}
