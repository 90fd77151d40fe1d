package parse

import (
	"ravel/model"
	"ravel/parse/jsonscan"
	"ravel/parse/stamp"
	"ravel/parse/trace"
)

// lastKind is what a lane's last record was, as far as the next line's fate
// depends on it (rule 1).
type lastKind uint8

const (
	lastNone    lastKind = iota
	lastText             // plain text, or text whose stamp is the carrier's
	lastHead             // text of a format without a stamp of its own
	lastStamped          // text that began with its own stamp
	lastData             // JSON or logfmt
)

// laneState is the part of a lane that bulk reading must know: it is
// comparable.
type laneState struct {
	sticky   uint8
	steady   bool
	last     lastKind
	offset   uint8     // of the last record's stamp in its line
	array    bool      // within a JSON array whose elements are records
	inEvents bool      // which stands in an envelope of events
	envelope bool      // behind that array, before the end of its envelope
	shown    formatSet // formats of its records so far
	joiner   trace.Joiner
}

// lane is one inner stream: the lines of one container, or all of a stream
// that carries no other. Lines join within their lane only.
type lane struct {
	laneState
	key  uint64
	open *pending // its open record
	slot *pending // the place kept for a line that comes in parts
	late bool     // the stream fell silent: what continues the last record is a record
	in   stack    // carriers of its last line
	sub  *lane    // the stream of syslog's within it that spoke last

	part  []byte // the own line so far, of one that comes in parts
	parts []span
	partW carried

	depth  jsonscan.Depth // of a JSON object over several lines
	pretty []byte         // its text so far, lines ended by \n
	lead   int            // bytes of pretty before the object: the array's beginning
	spans  []prettyLine   // its physical lines
	origin *pending       // its place in the queue; nil outside of one
}

// prettyLine is one line of an object that may yet turn out to be none.
type prettyLine struct {
	spans []span
	end   int // of its text in lane.pretty, the \n included
	w     carried
}

// carried is what is kept of a line's carriers.
type carried struct {
	in      stack
	n       int
	time    stamp.Stamp
	hasTime bool
	level   model.Level
	domain  string
}

func newLane(key uint64) *lane {
	l := &lane{key: key}
	l.sticky = noFormat
	return l
}

// closeArray notes that a record stands where no array, or no envelope of one,
// can go on: data may be an element.
func (l *lane) closeArray(data bool) {
	l.envelope = false
	if !data {
		l.array, l.inEvents = false, false
	}
}

// maxLanes bounds the inner streams told apart; further ones share lanes.
const maxLanes = 1024

// lane returns the inner stream of a key.
func (p *Parser) lane(key uint64) *lane {
	if key == 0 {
		return p.lanes[0]
	}
	if l := p.byKey[key]; l != nil {
		return l
	}
	if p.byKey == nil {
		p.byKey = map[uint64]*lane{}
	}
	if len(p.lanes) >= maxLanes {
		return p.lanes[1+key%(maxLanes-1)]
	}
	l := newLane(key)
	p.lanes = append(p.lanes, l)
	p.byKey[key] = l
	return l
}
