package trace

import (
	"hash/maphash"
	"slices"
	"sync/atomic"

	"ravel/model"
)

// decoded is a trace that was decoded. Programs fail in the same place again and
// again: most traces of a log are those of a few.
type decoded struct {
	l            lang
	body, before string
	tb           model.Traceback
}

// memo holds traces that were decoded lately, by their bodies. What it gives is
// shared: its slices are not written to.
type memo [64]atomic.Pointer[decoded]

var (
	lately   memo
	memoSeed = maphash.MakeSeed()
)

// maxMemo bounds what is kept, in bytes.
const maxMemo = 8 << 10

// decode is decode of a body and what stands before it, with the body as text.
func (m *memo) decode(l lang, body, before []byte) (tb model.Traceback, text string) {
	if len(body)+len(before) > maxMemo {
		text = string(body)
		return *decode(l, text, string(before)), text
	}
	place := &m[maphash.Bytes(memoSeed, body)%uint64(len(m))]
	if d := place.Load(); d != nil && d.l == l && d.body == string(body) && d.before == string(before) {
		return d.tb, d.body
	}
	d := &decoded{l: l, body: string(body), before: string(before)}
	d.tb = *decode(l, d.body, d.before)
	d.tb.Frames, d.tb.Causes = slices.Clip(d.tb.Frames), slices.Clip(d.tb.Causes)
	place.Store(d)
	return d.tb, d.body
}
