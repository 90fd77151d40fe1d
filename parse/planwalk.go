package parse

import (
	"bytes"
	"encoding/binary"

	"ravel/parse/jsonscan"
)

// planWay is what a walk over records has found.
type planWay struct {
	values [planValues]walked
	lines  [planLines + 1]walkedLine // the last one may not be complete
	n      int                       // values
	filled int                       // complete lines
	most   int                       // how many are wanted
	guess  uint64                    // which of the steps that followed last is the guess
	seen   uint32                    // the slots of the line at hand that have a value, a bit each
	misses uint32                    // guesses that were wrong
	start  *planStep                 // before the first: leads to the state in which a record begins
}

// How much a walk takes at once.
const (
	planLines  = 16
	planValues = 256 // a number of one fits a byte
)

// walked is a value that was passed and says something.
type walked struct {
	from, to uint32 // of its text
	step     uint32
	known    int32 // its place in the step's memo
}

// Values of walked.known for what is in no memo.
const (
	unknown = -1
	escaped = -2 // a backslash stands in it
)

// walkedLine is a record that was passed.
type walkedLine struct {
	from, next int              // it, and what is behind its line end
	first, end uint32           // its values
	seen       uint32           // its slots that have a value, a bit each
	last       uint32           // its last step
	slot       [planSlots]uint8 // their values; of several the last
}

// planSlot is what the value of a step is to a row of columns.
type planSlot uint8

const (
	slotNone planSlot = iota // it says nothing
	slotTime
	slotLevel
	slotDomain
	slotMessage
	slotMethod
	slotPath
	slotStatus
	slotDur
	slotID
	slotTrace
	slotCorrelation
	slotOther // more than a row can be told
	planSlots
)

// What is seen of a record beside its slots.
const (
	seenSlots   = 1<<planSlots - 1
	seenWrapped = 1 << 31 // a carrier may be around it
	seenSlash   = 1 << 30 // a backslash stands in it
)

// A step has some guesses for the one behind it: records go on as those did whose
// messages began alike.
const (
	planGuessBits = 5
	planGuesses   = 1 << planGuessBits
)

// planPace is how a step and its value are passed.
type planPace uint8

const (
	paceString planPace = iota // to its quote
	paceSays                   // likewise; it is the message, by which steps are guessed
	paceNumber                 // by its digits
	paceEnd                    // there is no value: the record ends
	paceSlow                   // by end
)

// walk takes the records that begin at t[at:], at most `most` and planLines, as far
// as their steps are known and their values are JSON, and notes what says
// something. It returns how many.
func (p *plan) walk(t []byte, at, most int) int {
	p.n, p.filled, p.most = 0, 0, min(most, planLines)
	s, i := p.begin(at), at
	for {
		if s, i = p.stride(s, t, i); p.filled == p.most {
			return p.filled
		}
		k := s.then[p.guess]
		if k == nil || !k.here(t, i) {
			if k = s.to.follow(t, i); k == nil {
				return p.filled
			}
			if p.misses++; s.then[p.guess] == nil || p.misses%4 == 0 { // once does not make a habit
				s.then[p.guess] = k
			}
		}
		if k.op == opEnd {
			i = min(i+k.n, len(t))
			if s = p.endLine(k, i); p.filled == p.most {
				return p.filled
			}
			continue
		}
		from := i + k.n
		end, next, slashed := k.end(t, from)
		if uint(next) >= uint(len(t)) || p.n == planValues {
			return p.filled
		}
		p.note(k, t, from, end)
		if slashed || k.op == opNested && bytes.IndexByte(t[from:end], '\\') >= 0 {
			p.seen |= seenSlash
			if k.kept > 0 {
				p.values[p.n-1].known = escaped
				p.seen |= 1 << slotOther
			}
		}
		if k.pace == paceSays && len(t)-from >= 8 {
			p.guess = guessBy(binary.LittleEndian.Uint64(t[from:]), end-from)
		}
		s, i = k, next
	}
}

// begin begins a line at offset at, and returns the step before its first.
func (w *planWay) begin(at int) *planStep {
	l := &w.lines[w.filled]
	l.from, l.first = at, uint32(w.n)
	w.guess, w.seen = 0, 0
	return w.start
}

// endLine ends the line at hand with step k, behind which the next one begins.
func (w *planWay) endLine(k *planStep, next int) *planStep {
	l := &w.lines[w.filled]
	l.next, l.end, l.seen, l.last = next, uint32(w.n), w.seen|k.bit, k.no
	w.filled++
	return w.begin(next)
}

// note notes a value, if it says something.
func (w *planWay) note(s *planStep, t []byte, from, to int) {
	v := &w.values[w.n]
	*v = walked{uint32(from), uint32(to), s.no, unknown}
	if s.memo != nil {
		v.known = s.memo.find(t, from, to)
	}
	w.lines[w.filled].slot[s.slot] = uint8(w.n)
	w.seen |= s.bit
	w.n += int(s.kept)
}

// of are the values of a line.
func (w *planWay) of(l *walkedLine) []walked { return w.values[l.first:l.end] }

// guessBy is the number of the guess for records whose message is n bytes and
// begins with those of w.
func guessBy(w uint64, n int) uint64 {
	return (w<<(-8*min(n, 8)&63) + uint64(min(n, 16))) * guessMul >> (64 - planGuessBits)
}

const guessMul = 0x9e3779b97f4a7c15

// strideWords goes on with walk at t[i], behind the value of s, as long as the
// guesses hold and nothing is unusual. It returns the last step that it took, and
// where what is behind its value begins.
func (w *planWay) strideWords(s *planStep, t []byte, i int) (last *planStep, next int) {
	for w.n < planValues {
		k := s.then[w.guess%planGuesses]
		if k == nil || len(t)-i < 2*planHead || !k.begins((*[planHead]byte)(t[i:])) {
			break
		}
		from, end, next := i+k.n, 0, 0
		switch k.pace {
		case paceString, paceSays:
			var slashed bool
			if end, slashed = jsonscan.StringEnd(t, from); end < 0 || slashed {
				return s, i
			}
			if next = end + 1; k.pace == paceSays {
				w.guess = guessBy(binary.LittleEndian.Uint64(t[from:]), end-from)
			}
		case paceNumber:
			n := jsonscan.LeadingDigits(binary.LittleEndian.Uint64(t[from:]))
			end = from + n
			if next = end; n == 0 || n > 7 || t[end] == '.' || t[end]|0x20 == 'e' || n > 1 && t[from] == '0' {
				return s, i
			}
		case paceEnd:
			if s, i = w.endLine(k, from), from; w.filled == w.most {
				return s, i
			}
			continue
		default:
			return s, i
		}
		w.note(k, t, from, end)
		s, i = k, next
	}
	return s, i
}

// end returns where the value at t[i:] ends, -1 if it is none, and where the
// text behind it begins.
func (s *planStep) end(t []byte, i int) (end, next int, slashed bool) {
	switch s.op {
	case opNumber, opFigure:
		end = jsonscan.NumberEnd(t, i)
	case opNested:
		if end = jsonscan.NestedEnd(t, i, s.room); end > 0 && bytes.IndexByte(t[i:end], '\n') >= 0 { // over several lines
			end = -1
		}
	case opScalar:
		end = jsonscan.ScalarEnd(t, i)
	default:
		if end, slashed = jsonscan.StringEnd(t, i); end < 0 {
			return -1, -1, false
		}
		return end, end + 1, slashed
	}
	return end, end, false
}
