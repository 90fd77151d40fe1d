package request

import "ravel/model"

// recent remembers the requests that ended last, for the records that come late
// under their ids: among them other lines about the same end, the access line of
// a server or a proxy behind the application's own. It is for trackers without
// Options.Rows, which forget what has ended.
type recent struct {
	ring []finish
	n    int // how many have been put
}

// finish is where and how a request ended.
type finish struct {
	hash     uint64
	end      model.Seq
	settleAt int64 // stream time from which nothing joins it any more
	whole    bool  // one record was all of it
	folds    bool  // it is one of HTTP
	failed   bool
}

// maxRecent bounds the ring: 32 bytes each.
const maxRecent = 8192

// put notes an end. Ends come in the order of settleAt.
func (r *recent) put(f finish) {
	if len(r.ring) < maxRecent {
		r.ring = append(r.ring, f)
	} else {
		r.ring[r.n%maxRecent] = f
	}
	r.n++
}

// find is the newest end of hash that has not settled at now, nil if none.
func (r *recent) find(hash uint64, now int64) *finish {
	for i := 1; i <= len(r.ring); i++ {
		f := &r.ring[(r.n-i)%maxRecent]
		if f.settleAt <= now || f.settleAt == never && now != model.NoTime {
			break
		}
		if f.hash == hash {
			return f
		}
	}
	return nil
}

// Join is a record that came after the end of the request that ended at record
// End, and counts for it.
type Join struct {
	End   model.Seq
	Level model.Level // of the record
}

// tellsEnd reports whether record i tells how an HTTP request ended.
func tellsEnd(b *model.Batch, i int) bool {
	switch b.Mark[i].Event() {
	case model.Ended, model.EndedFailed, model.Whole, model.WholeFailed:
		return ends(b.Mark[i].Kind(), model.KindHTTP) && !hearsay(b, i)
	}
	return false
}

// rejoins takes record i, at stream time now, if it comes late for a request
// that is not followed any longer and has not settled, and reports whether it
// did.
func (t *Tracker) rejoins(b *model.Batch, i int, now int64) bool {
	event := b.Mark[i].Event()
	if t.o.Rows || event == model.Started || len(t.recent.ring) == 0 || !t.past.has(b.Req[i]) {
		return false
	}
	f := t.recent.find(b.Req[i], now)
	if f == nil || f.whole && (event == model.Whole || event == model.WholeFailed) {
		return false
	}
	t.join(f.end, f.folds, f.failed, b, i)
	return true
}

// join counts record i for the request that ended at record end. If that folds
// and the record tells of its end, it stands inside, unless it is worse than all
// that the request's row tells.
func (t *Tracker) join(end model.Seq, folds, failed bool, b *model.Batch, i int) {
	level := b.Level[i]
	if folds && tellsEnd(b, i) && (failed || level < model.Error) {
		t.out.Inside = append(t.out.Inside, b.First+model.Seq(i))
	}
	if end < b.First {
		t.out.Joined = append(t.out.Joined, Join{end, level})
		return
	}
	for k := len(t.out.Rows) - 1; k >= 0; k-- {
		if row := &t.out.Rows[k]; row.At == uint32(end-b.First) {
			row.Join(level)
			return
		}
	}
}
