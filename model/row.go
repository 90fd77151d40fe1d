package model

import "sync/atomic"

// RequestRow is a finished request in 32 bytes. It stands at the record that
// ended it; what that record's columns tell (Req, Status, the time of the end)
// is not told again. Rows live and die with the batch that holds their end.
type RequestRow struct {
	Start   int64  // ns UTC of its first stamped record, NoTime if none
	At      uint32 // number in its batch of the record that ended it
	Back    uint32 // its first record's Seq is so many before that one's
	Trace   uint32 // 1 + how many before that one its last traceback stands; 0 none
	Records uint32 // how many it has up to its end
	Dur     uint32 // logged duration in µs, NoDur if none
	Outcome Outcome
}

// Outcome packs what a request came to: its worst level, its state, whether its
// start came after its end, its kind, and how many records joined it after its
// end. All but the kind may change while others read: readers of a row that has
// been handed on go through the row's methods.
type Outcome uint32

// begunLate is the bit of an Outcome, of the state's byte, for a start that came
// after the end.
const begunLate Outcome = 1 << 15

// MakeOutcome packs an outcome that no late record has joined.
func MakeOutcome(l Level, s State, k Kind) Outcome {
	return Outcome(l) | Outcome(s)<<8 | Outcome(k)<<16
}

func (r *RequestRow) outcome() Outcome {
	return Outcome(atomic.LoadUint32((*uint32)(&r.Outcome)))
}

// Level is the worst level among the request's records.
func (r *RequestRow) Level() Level { return Level(r.outcome()) }

// State is the request's state.
func (r *RequestRow) State() State { return State(r.outcome() &^ begunLate >> 8) }

// BegunLate reports whether the request's start is one of the records that
// joined it after its end: the only start among them.
func (r *RequestRow) BegunLate() bool { return r.outcome()&begunLate != 0 }

// Kind is the request's kind.
func (r *RequestRow) Kind() Kind { return Kind(r.outcome() >> 16) }

// maxJoined is how many late records a row counts at most.
const maxJoined = 255

// Joined is how many records came after the end and joined the request, up to
// 255: other lines that tell of the same end.
func (r *RequestRow) Joined() int { return int(r.outcome() >> 24) }

// Join is a record that came after the end of the request that ended at record
// End, and counts for it: among them other lines about the same end, the access
// line of a server or a proxy behind the application's own.
type Join struct {
	End    Seq
	Level  Level // of the record
	Begins bool  // it is the start, which was not known before
	State  State // the request's from then on, if Begins
}

// Join counts a record that joins the request after its end. One goroutine at
// a time may call it; others may read.
func (r *RequestRow) Join(j Join) {
	o := r.outcome()
	level, joined := max(j.Level, Level(o)), min(o>>24+1, maxJoined)
	if j.Begins {
		o = o&^0xff00 | begunLate | Outcome(j.State)<<8
	}
	atomic.StoreUint32((*uint32)(&r.Outcome), uint32(joined<<24|o&0xffff00|Outcome(level)))
}
