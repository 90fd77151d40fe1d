package parse

import (
	"encoding/binary"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// plan remembers how the JSON records of a stream are built, so that a record
// built like earlier ones is read in one pass that looks at its values only. It
// is an automaton: a step is the text between two values (`,"level":"`) with
// what the value behind it means, a state is what of the steps so far decides
// about the meaning of later ones. Steps are learnt from records that the
// general way has read, so a record that takes only known steps, and whose
// values are JSON, is JSON, and says what the general way would find in it.
type plan struct {
	start  planStep // before the first: leads to the state in which a record begins
	states []*planState
	steps  int
	lost   int // records that were not learnt for want of room
}

// planState is what is certain of a record at some place in it.
type planState struct {
	said  jsonSaid
	steps []*planStep
	ends  []string // what may stand behind the last value of a record that ends here
}

// jsonSaid is what the keys of a record have said, whatever their values are.
// It is comparable.
type jsonSaid struct {
	within                   [maxPlanned]planObject // the objects that are open, outermost first
	depth                    int8
	level, time, msg, domain [2]uint8 // as in jsonHead
	version, pid, host       bool
	stack                    bool
	known                    uint8 // members that surely have a meaning, up to 3
}

// planObject is an open object in which members may have a meaning.
type planObject struct {
	o     lifecycle.Object
	inner bool // its level, message and time count as the record's
}

// The bounds of a plan. Records that do not fit in are read in the general way.
const (
	maxPlanned    = 4   // objects open at once
	maxPlanSteps  = 512 // in all
	maxPlanStates = 96
	maxPlanText   = 200 // bytes of one step
)

// planStep is a step: its text, and what the value behind it is and means.
type planStep struct {
	head, mask uint64 // the first eight bytes of the text, and those of them that it has
	tail       uint64 // the last eight, if it has as many
	n          int    // its length: to the first byte of the value, behind a string's quote
	kind       model.ValueKind
	first      byte // class of the value's first byte; 0 for a string: its quote is in the text

	means  bool    // the value is looked at
	act    planAct // what the record's own columns take from the value
	weight uint8   // of its key
	syslog bool
	class  lifecycle.Class // of the id that it is
	role   lifecycle.Role  // what it says of the request
	o      lifecycle.Object
	bare   bool // no carrier begins so: known of a record's first step
	room   int  // levels that an array or object here may nest

	text string
	to   *planState
	then *planStep // the one that followed last
}

// planAct is what a step's value is to the record.
type planAct uint8

const (
	planNone planAct = iota
	planTime
	planInstant // log4j2's
	planLevel
	planNumericLevel
	planMessage
	planDomain
	planStack
	planID
)

// firstClass tells what a value is by its first byte.
var firstClass = func() (class [256]byte) {
	for c := byte('0'); c <= '9'; c++ {
		class[c] = 1 + byte(model.Number)
	}
	class['-'] = 1 + byte(model.Number)
	class['t'], class['f'], class['n'] = 1+byte(model.Bool), 1+byte(model.Bool), 1+byte(model.Null)
	class['{'], class['['] = 1+byte(model.Object), 1+byte(model.Array)
	return class
}()

// here reports whether the text goes on with s at i; w is its eight bytes there.
func (s *planStep) here(w uint64, t []byte, i int) bool {
	if w&s.mask != s.head {
		return false
	}
	end := i + s.n
	if end >= len(t) || s.n > 8 && (binary.LittleEndian.Uint64(t[end-8:]) != s.tail || s.n > 16 && string(t[i+8:end-8]) != s.text[8:s.n-8]) {
		return false
	}
	return s.first == 0 || s.first == firstClass[t[end]]
}

// next returns the step that follows s at t[i:], nil if none is known.
func (s *planStep) next(t []byte, i int) *planStep {
	var w uint64
	if len(t)-i >= 8 {
		w = binary.LittleEndian.Uint64(t[i:])
	} else {
		var last [8]byte
		copy(last[:], t[i:])
		w = binary.LittleEndian.Uint64(last[:])
	}
	if k := s.then; k != nil && k.here(w, t, i) {
		return k
	}
	for _, k := range s.to.steps {
		if k.here(w, t, i) {
			s.then = k
			return k
		}
	}
	return nil
}

// end returns where a record ends whose last value ends at t[i], if it may end
// in state st and its text or line does; else 0.
func (st *planState) end(t []byte, i int) int {
	for _, e := range st.ends {
		n := i + len(e)
		if n > len(t) || t[i] != e[0] || string(t[i:n]) != e {
			continue
		}
		if n == len(t) || t[n] == '\n' || t[n] == '\r' {
			return n
		}
	}
	return 0
}
