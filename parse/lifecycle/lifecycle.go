// Package lifecycle says what a record means for a request: which messages and
// which JSON keys start, end or describe an HTTP request, a task, a job or a
// span, and which keys hold ids. It is tables and the matchers that read them.
package lifecycle

import (
	"sync/atomic"

	"ravel/model"
)

// Span is a run of bytes of a message; the zero Span is absent.
type Span struct{ From, To uint32 }

// Of returns the bytes that s spans in msg.
func (s Span) Of(msg []byte) []byte { return msg[s.From:s.To] }

// Empty reports whether nothing was captured.
func (s Span) Empty() bool { return s.From == s.To }

// Hit is what a message said. Spans are offsets into the message that was
// matched; the caller may reuse a Hit.
type Hit struct {
	Kind    model.Kind
	Event   model.Event // NoEvent: nothing matched
	NeedsID bool        // too common a phrase: means something only in a record with an id
	Status  uint16      // HTTP status, 0 none
	Dur     uint32      // µs; model.NoDur if none
	Rule    uint16      // number of the rule that matched, for Pairs and Name

	Method, Path, Query, Client, Name, ID Span
}

// Reset clears h.
func (h *Hit) Reset() { *h = Hit{Dur: model.NoDur} }

// Mark is the mark of a record with this hit that folds by an id of class c
// (IDs.Fold). It is 0 where the phrase needs an id and there is none. A
// task's start or end in a record of a job is a step of that job, because a job
// is one row whatever its tasks do (rule 21).
func (h *Hit) Mark(c Class) model.Mark {
	if h.Event == model.NoEvent || h.NeedsID && c == NoID {
		return 0
	}
	kind, event := h.Kind, h.Event
	if c == Job && kind == model.KindTask {
		kind = model.KindJob
		switch event {
		case model.Started:
			event = model.StepStarted
		case model.Ended:
			event = model.StepEnded
		case model.EndedFailed:
			event = model.StepFailed
		}
	}
	return model.MakeMark(kind, event)
}

// Match looks msg up among the built-in rules. Only its first line counts. It
// allocates nothing and leaves h reset if it reports false.
func Match(msg []byte, h *Hit) bool { return Builtin().Match(msg, h) }

// Builtin is the table that Match uses. It is compiled when it is first asked
// for; from then on this costs a load.
func Builtin() *Table {
	if t := builtin.Load(); t != nil {
		return t
	}
	return compileBuiltin()
}

var builtin atomic.Pointer[Table]

func compileBuiltin() *Table {
	t, err := Compile(rules)
	if err != nil {
		panic(err) // the embedded table; a test compiles it
	}
	builtin.CompareAndSwap(nil, t)
	return builtin.Load()
}
