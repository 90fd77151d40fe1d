// Package trace knows how runtimes print crashes and stack traces: it tells
// which lines belong together, and decodes the exception, its frames and its
// causes out of text or of JSON values. It holds no state but a Joiner's; all
// functions are safe for concurrent use.
package trace

import "ravel/model"

// Joiner follows the lines of one stream and tells how each stands to the
// trace before it. It is a small comparable value: two parsers whose Joiners
// are equal will judge all further lines alike. The zero Joiner is at the start
// of a stream, outside any trace.
type Joiner struct {
	lang  uint8
	state uint8
	depth uint16
}

// Verdict is what a line is to the trace being read.
type Verdict uint8

// The verdicts.
const (
	Neither Verdict = iota // ordinary text: no trace is open any more
	Head                   // a crash begins: a record of its own, always
	Opens                  // a trace begins that joins the record before it in its stream, if there is one
	More                   // continues the trace being read
)

// Line judges the next line of the stream, given without its line end and
// without its carrier's prefix. It never allocates. Lines that begin a record
// by their own stamp should be told by Reset instead.
func (j *Joiner) Line(line []byte) Verdict { return Neither }

// Reset leaves the trace being read: a record with a stamp of its own began.
func (j *Joiner) Reset() { *j = Joiner{} }

// Active reports whether a trace is being read.
func (j *Joiner) Active() bool { return j.lang != 0 }

// Find finds and decodes the trace within a record's text, whose lines are
// joined by \n. The message is what stands before at. It reports false, cheaply,
// when there is none.
func Find(text []byte) (tb *model.Traceback, at int, ok bool) { return nil, 0, false }

// FromJSON decodes the trace that a record's decoded fields hold: under
// exception, exc_info, stack, error.stack_trace, err and the like, as text, as
// an array of lines or frames, or as an object. path is where it was found.
func FromJSON(fields []model.Field) (tb *model.Traceback, path string, ok bool) {
	return nil, "", false
}

// FromValue decodes one value as a trace: text, an array of lines or of frames,
// or an object with type, message and frames.
func FromValue(v model.Value) (*model.Traceback, bool) { return nil, false }
