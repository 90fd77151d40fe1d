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
	list []*planStep
	planWay
	states []*planState
	memos  int
	lost   int // records that were not learnt for want of room
}

// planState is what is certain of a record at some place in it.
type planState struct {
	said  jsonSaid
	steps []*planStep // behind the next value, or behind the last one
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
	last                     lateRole
	objects, mayShip         bool
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
	maxPlanMemos  = 64
)

// planStep is a step: its text, and what the value behind it is and means.
type planStep struct {
	head, mask [planHead / 8]uint64 // the first bytes of the text, and those of them that it has
	n          int                  // its length: to the first byte of the value, behind a string's quote
	//lint:ignore U1000 the assembly's
	size int // of the last string here, in bytes up to 32; -1: it varies
	//lint:ignore U1000 the assembly's
	resized int32 // how often that was another one, up to maxResized
	pace    planPace
	kept    uint32                 // 1: the value says something, 0
	slot    uint32                 // a planSlot
	bit     uint32                 // of the slot among those seen
	no      uint32                 // in the plan's list
	then    [planGuesses]*planStep // the ones that followed last
	longer  bool                   // there is more to look at than begins does
	op      planOp
	first   byte // class of the value's first byte; 0 for a string: its quote is in the text
	bare    bool // no carrier begins so: known of a record's first step
	kind    model.ValueKind
	act     planAct         // what the record's own columns take from the value
	class   lifecycle.Class // of the id that it is
	role    lifecycle.Role  // what it says of the request
	o       lifecycle.Object
	weight  uint8 // of its key
	syslog  bool
	room    int       // levels that an array or object here may nest
	memo    *planMemo // of its values; nil if they are not remembered
	to      *planState
	text    string
}

// planHead is how many bytes of a step's text are compared at once: most have
// not more.
const planHead = 32

// maxResized is how often strings of a step may have another length than the one
// before until that is not expected any more: stamps and ids do not.
//
//lint:ignore U1000 the assembly's
const maxResized = 16

// planOp is how a step's value is read.
type planOp uint8

const (
	opEnd    planOp = iota // there is none: the record ends, and its line
	opString               // a string that says nothing
	opStamp                // a string that is the record's time
	opNamed                // a string that is the level, the logger, the message or the method, and nothing else
	opID                   // a string that is an id, and nothing else
	opRole                 // a string that says something of the request, and nothing else
	opText                 // any other string
	opNumber               // a number that says nothing
	opFigure               // any other number
	opScalar               // true, false or null
	opNested               // an array, or an object that is not entered
)

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

// here reports whether t goes on with s at i.
func (s *planStep) here(t []byte, i int) bool {
	if len(t)-i <= planHead {
		return s.nearEnd(t[i:])
	}
	return s.begins((*[planHead]byte)(t[i:])) && (!s.longer || s.goesOn(t, i))
}

// begins reports whether b begins with the text of s, as far as b reaches.
func (s *planStep) begins(b *[planHead]byte) bool {
	return (binary.LittleEndian.Uint64(b[:])^s.head[0])&s.mask[0]|
		(binary.LittleEndian.Uint64(b[8:])^s.head[1])&s.mask[1]|
		(binary.LittleEndian.Uint64(b[16:])^s.head[2])&s.mask[2]|
		(binary.LittleEndian.Uint64(b[24:])^s.head[3])&s.mask[3] == 0
}

// goesOn is here for what begins does not see.
func (s *planStep) goesOn(t []byte, i int) bool {
	end := i + s.n
	return end < len(t) && (s.n <= planHead || string(t[i+planHead:end]) == s.text[planHead:]) &&
		(s.first == 0 || s.first == firstClass[t[end]])
}

// nearEnd is here for t[i:], which is not longer than planHead. The text of a
// record's last line may end before the line end does that an end asks for.
func (s *planStep) nearEnd(rest []byte) bool {
	if s.op == opEnd {
		return hasPrefix(rest, s.text) || string(rest) == s.text[:s.room]
	}
	return len(rest) > s.n && hasPrefix(rest, s.text) && (s.first == 0 || s.first == firstClass[rest[s.n]])
}

// follow returns the step that t[i:] goes on with in st, nil if none is known.
func (st *planState) follow(t []byte, i int) *planStep {
	var first uint64
	far := len(t)-i > planHead
	if far {
		first = binary.LittleEndian.Uint64(t[i:])
	}
	for _, k := range st.steps {
		if (!far || (first^k.head[0])&k.mask[0] == 0) && k.here(t, i) {
			return k
		}
	}
	return nil
}
