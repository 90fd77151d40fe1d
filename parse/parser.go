// Package parse turns the bytes of one stream into records: it cuts lines,
// takes carriers' prefixes and envelopes off, recognises the format of each
// record, joins the lines of a record, and fills the columns of a
// model.Batch. It has no clock, does no I/O and starts no goroutine; a Parser
// belongs to one goroutine, a Decoder is safe for concurrent use.
package parse

import (
	"time"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// Bounds of one record when Options names none. What passes them becomes
// further records, flagged model.Continued.
const (
	DefaultMaxRecord = 1 << 20 // bytes
	DefaultMaxLines  = 4096
)

// MaxRecords bounds a batch: record numbers fit 16 bits. When a batch is full,
// Parse returns early; the caller goes on with a new one.
const MaxRecords = 1<<16 - 1

// Options say how a stream is parsed. The zero value is valid but for Names.
type Options struct {
	Formats   *Set           // nil: Builtin()
	Force     string         // name of the one format to try; "" detects
	Zone      *time.Location // of stamps without a zone; nil: UTC
	Domain    string         // of records that name no logger: the file's stem
	Source    uint16         // number in Names.Sources
	Names     *model.Names   // where domains are interned
	Live      bool           // the stream is followed: Idle will be called
	Newest    int64          // ns: no stamp is later, used to choose years; 0: unknown
	MaxRecord int            // bytes of one record; 0: DefaultMaxRecord
	MaxLines  int            // physical lines of one record; 0: DefaultMaxLines
	Fields    []model.Field  // of the stream: a pod's name, node, …
	Stamped   bool           // each line begins with its server's RFC 3339 stamp, whatever follows
}

// Parser parses one stream. See Parse.
type Parser struct {
	o             Options
	set           *Set
	force         uint8
	names         domainCache
	r             reader
	u             unwrapper
	h             head
	hit           lifecycle.Hit
	ids           quickIDs
	window        lineWindow
	slashed       []span // windows with a backslash, of which records may be held back
	json, stamped uint8  // numbers of the formats; noFormat: not there, or another has the name
	tail          quickTail
	w             wrapped
	clock         stamp.Clock
	dated         int64 // time of the last record of the batches before; model.NoTime: none has one

	phrases   *phraseCache
	misfits   *misfits // nil: none yet
	plainText []byte   // the line at hand without its colours

	b     *model.Batch
	had   int    // its records before this call
	shift int64  // offset in b.Buf of a virtual position, less the position
	pos   int64  // virtual position of the next byte to be framed
	held  int64  // virtual position of the first byte held back
	lines uint32 // physical lines taken so far
	mid   bool   // the last line was cut at the cap: its rest follows

	q      []*pending // records that wait, in the order of their first lines
	free   []*pending // records to be used again
	lanes  []*lane    // inner streams; lanes[0] is the one without carriers
	byKey  map[uint64]*lane
	last   *lane  // of the last line
	ext    []span // the physical lines of the own line at hand
	begun  bool   // a record was begun
	wraps  bool   // a carrier was seen
	doubt  bool   // what was done depends on more than a Part shows
	shapes shapeCache
}

// New returns a parser of a stream that begins now.
func New(o Options) *Parser {
	if o.Formats == nil {
		o.Formats = Builtin()
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.MaxRecord <= 0 {
		o.MaxRecord = DefaultMaxRecord
	}
	if o.MaxLines <= 0 {
		o.MaxLines = DefaultMaxLines
	}
	p := &Parser{o: o, set: o.Formats, force: noFormat}
	if o.Force != "" {
		p.force, _ = o.Formats.find(o.Force)
	}
	p.r = newReader(o.Zone)
	p.ids, p.json, p.stamped = newQuickIDs(p.set), p.set.quick("json", "{"), p.set.quick("stamped", digits)
	p.phrases = new(phraseCache)
	p.u = unwrapper{r: &p.r, set: p.set, stamped: o.Stamped}
	p.clock.Bound, p.dated = o.Newest, model.NoTime
	p.names = newDomainCache(o.Names.Domains, o.Domain)
	l := newLane(0)
	p.lanes = []*lane{l}
	p.last = l
	return p
}

// Parse takes the bytes of b.Buf from offset from on, appends the records that
// are complete to b, and returns where the first record that it holds back
// begins: len(b.Buf) if none. The next call's Buf must hold those bytes again
// at its from, unchanged, with more behind them. With eof nothing is held back.
// It returns early when the batch has MaxRecords records: then b is full, and
// the rest is parsed into another batch.
func (p *Parser) Parse(b *model.Batch, from uint32, eof bool) (next uint32) {
	p.attach(b, from)
	buf := b.Buf
	at := int(p.pos + p.shift)
	for at < len(buf) {
		if p.full() {
			return p.detach()
		}
		if n := p.quick(buf[at:]); n > 0 {
			at += n
			continue
		}
		line, n := nextLine(buf[at:], p.o.MaxRecord, eof)
		if n == 0 {
			break
		}
		p.take(buf[at:at+line.n], line.cut)
		at += n
		p.pos += int64(n)
		p.flush()
	}
	if eof {
		p.closeAll(false)
		p.flush()
	}
	return p.detach()
}

// Now says what time it is, ns UTC, when more of a stream comes that is followed: stamps
// without a year or a date are near it.
func (p *Parser) Now(ns int64) { p.clock.Now(ns) }

// Idle closes what waits for its end, because the stream has been silent. A
// line that would have continued it later becomes a record of its own, flagged
// model.Continued. An unfinished last line stays held back.
func (p *Parser) Idle(b *model.Batch, from uint32) uint32 {
	p.attach(b, from)
	if len(p.q) > 0 && !p.full() {
		p.closeAll(true)
		p.flush()
	}
	return p.detach()
}

func (p *Parser) attach(b *model.Batch, from uint32) {
	p.b, p.had = b, b.Len()
	p.shift = int64(from) - p.held
	p.window.from(int(p.pos + p.shift))
}

// detach returns the offset of the first byte held back.
func (p *Parser) detach() uint32 {
	p.held = p.pos
	if len(p.q) > 0 {
		p.held = p.q[0].first.start
	}
	p.seeEscapes()
	for i := p.b.Len() - 1; i >= p.had; i-- {
		if t := p.b.Time[i]; t != model.NoTime {
			p.dated = t
			break
		}
	}
	p.b = nil
	return uint32(p.held + p.shift)
}

// full reports whether the batch has no room for what may come of one line.
func (p *Parser) full() bool { return p.b.Len()+len(p.q)+2 > MaxRecords }

// Head returns the offset of the first line of buf that begins a record
// whatever stood before it, or -1 if none is sure to. buf begins at a line.
func (p *Parser) Head(buf []byte) int {
	l := p.lanes[0]
	if p.wraps || l.sticky == noFormat {
		return -1
	}
	h, r := &p.h, &p.r
	layout, value := r.layout, r.value
	defer func() { r.layout, r.value = layout, value }()
	try := p.set.formats[l.sticky].try
	for at := 0; at < len(buf); {
		_, n := nextLine(buf[at:], p.o.MaxRecord, true)
		line := uncoloured(nil, trimEOL(buf[at:at+n]))
		if len(line) > 0 && line[0] != ' ' && line[0] != '\t' && buf[at+n-1] == '\n' && !mayBeWrapped(line) {
			if h.reset(); try(r, line, h) == strong {
				return at
			}
		}
		at += n
	}
	return -1
}

// State is what a parser carries from one record to the next. Two parsers of
// equal options and equal State make equal records of the same bytes.
type State struct {
	clock stamp.Clock
	lane  laneState
	begun bool
	wraps bool
}

// Steady returns the state in which the parser will be at every record head
// from here on, and whether that can be said: bulk reading assumes it for the
// blocks that it parses out of order, and checks it with State.
func (p *Parser) Steady() (State, bool) {
	l := p.lanes[0]
	if p.wraps || l.sticky == noFormat || !l.steady {
		return State{}, false
	}
	return p.State(), true
}

// State is what the parser carries to the next record. It is meaningful when
// nothing is held back.
func (p *Parser) State() State {
	s := State{clock: p.clock, lane: p.lanes[0].laneState, begun: p.begun, wraps: p.wraps}
	s.lane.joiner.Reset()
	return s
}

// Clone returns a parser of the same stream and state that has read nothing:
// its lines count from 1.
func (p *Parser) Clone() *Parser {
	c := New(p.o)
	c.clock, c.begun = p.clock, p.begun
	c.lanes[0].laneState = p.lanes[0].laneState
	c.lanes[0].joiner.Reset()
	c.r.layout, c.r.value = p.r.layout, p.r.value
	return c
}

// Lines is the number of physical lines taken so far.
func (p *Parser) Lines() uint32 { return p.lines }

// SetLines makes the next physical line's number n+1: for a stream that is not
// read from its beginning.
func (p *Parser) SetLines(n uint32) { p.lines = n }
