// Package parse turns the bytes of one stream into records: it cuts lines,
// takes carriers' prefixes and envelopes off, recognises the format of each
// record, joins the lines of a record, and fills the columns of a
// model.Batch. It has no clock, does no I/O and starts no goroutine; a Parser
// belongs to one goroutine, a Decoder is safe for concurrent use.
package parse

import (
	"time"

	"ravel/model"
)

// Bounds of one record when Options names none. What passes them becomes
// further records, flagged model.Continued.
const (
	DefaultMaxRecord = 1 << 20 // bytes
	DefaultMaxLines  = 4096
)

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
}

// Parser parses one stream. See Parse.
type Parser struct {
	o     Options
	lines uint32 // physical lines taken so far
	open  bool   // a record waits for its end: it starts at held
	done  uint32 // bytes after the start of what is held that are already framed
	n     int    // physical lines of the open record
	meta  model.Meta
	dom   uint16
	state State
}

// State is what a parser carries from one record to the next. Two parsers of
// equal options and equal State make equal records of the same bytes.
type State struct {
	format  uint8 // sticky: tried first
	stamped bool  // the stream has shown a record with its own text stamp
	begun   bool  // a record has been seen
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
	p := &Parser{o: o}
	p.dom = o.Names.Domains.ID([]byte(o.Domain))
	return p
}

// Parse takes the bytes of b.Buf from offset from on, appends the records that
// are complete to b, and returns where the first record that it holds back
// begins: len(b.Buf) if none. The next call's Buf must hold those bytes again
// at its from, unchanged, with more behind them. With eof nothing is held back.
func (p *Parser) Parse(b *model.Batch, from uint32, eof bool) (next uint32) {
	at := from + p.done
	for {
		line, n := nextLine(b.Buf[at:], p.o.MaxRecord, eof)
		if n == 0 {
			break
		}
		if b.Len() >= maxRecords {
			break
		}
		p.line(b, from, at, line)
		if !p.open {
			from = at + uint32(n)
		}
		at += uint32(n)
	}
	_ = at
	p.done = at - from
	return from
}

// maxRecords bounds a batch: record numbers fit 16 bits.
const maxRecords = 1<<16 - 1

// line makes a record of one physical line at offset at.
func (p *Parser) line(b *model.Batch, _, at uint32, line physLine) {
	if line.counts {
		p.lines++
	}
	b.Add(model.Meta{
		Start: at, End: at + uint32(line.n), Time: model.NoTime, Dur: model.NoDur,
		Line: p.lines, Domain: p.dom, Source: p.o.Source, Flags: line.flags,
	})
}

// Idle closes what waits for its end, because the stream has been silent. A
// line that would have continued it later becomes a record of its own, flagged
// model.Continued. An unfinished last line stays held back.
func (p *Parser) Idle(b *model.Batch, from uint32) uint32 { return p.Parse(b, from, false) }

// Head returns the offset of the first line of buf that begins a record
// whatever stood before it, or -1 if none is sure to. buf begins at a line.
func (p *Parser) Head(buf []byte) int { return -1 }

// Steady returns the state in which the parser will be at every record head
// from here on, and whether that can be said: bulk reading assumes it for the
// blocks that it parses out of order, and checks it with State.
func (p *Parser) Steady() (State, bool) { return p.state, false }

// State is what the parser carries to the next record. It is meaningful when
// nothing is held back.
func (p *Parser) State() State { return p.state }

// Clone returns a parser of the same stream and state that has read nothing:
// its lines count from 1.
func (p *Parser) Clone() *Parser {
	c := New(p.o)
	c.state = p.state
	return c
}

// Lines is the number of physical lines taken so far.
func (p *Parser) Lines() uint32 { return p.lines }

// SetLines makes the next physical line's number n+1: for a stream that is not
// read from its beginning.
func (p *Parser) SetLines(n uint32) { p.lines = n }
