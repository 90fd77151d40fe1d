// Package logview is the log pane: the Stream view's rows with their folds,
// the cursor and the scroll position, drawn line by line. It asks a Source for
// the rows that it shows, and for no others; positions are held by sequence
// number, so that neither new records nor evicted ones move what one reads.
package logview

import (
	"ravel/model"
)

// Row is one line of the Stream view: a record, or a folded request standing
// at the record that ended it. What it points to is shared: read only.
type Row struct {
	Seq     model.Seq
	Record  *model.Record  // of a fold: the record that ended the request
	Request *model.Request // nil for a plain record
	Note    string         // of a fold without an exception: its worst record's message, "" if no record is worse than INFO
}

// Source gives the rows. Its answers must not depend on who asked before.
type Source interface {
	// Rows walks from the row at from: dir +1 towards newer rows, the row at
	// or after from first; dir -1 towards older ones, the row at or before
	// from first.
	Rows(from model.Seq, dir, n int, flat bool) []Row
	// Members are the records of the request that record seq belongs to,
	// oldest first, at most n of its newest.
	Members(seq model.Seq, n int) []*model.Record
}

// Spot is a place in the log: a line within a row, line 0 the row's head.
type Spot struct {
	Seq  model.Seq
	Line int
}

func (s Spot) before(o Spot) bool {
	return s.Seq < o.Seq || s.Seq == o.Seq && s.Line < o.Line
}

// maxMembers bounds how many records of one request are laid out.
const maxMembers = 2000

// kind says what a line of the screen shows.
type kind uint8

const (
	record    kind = iota // a plain record's head
	fold                  // a request's head
	member                // a record inside an opened request
	more                  // a further line of a message
	wrapped               // the rest of a wrapped message
	exception             // a traceback's type and message
	where                 // the innermost application frame of a closed traceback
	frame                 // a frame of an opened one
	code                  // its source line
	libraries             // library frames folded to one line
	library               // one of them, unfolded
	cause                 // an exception that led to the one that escaped
)

// part names what of a record opens and closes.
type part uint8

const (
	whole  part = iota // the request's records; Seq is the row's
	body               // the record's further lines
	frames             // the traceback's frames
	libs               // its library frames
)

// key is something that opens: part of record Seq.
type key struct {
	Seq  model.Seq
	Part part
}

// line is one line of the screen. It owns nothing.
type line struct {
	spot Spot
	kind kind
	open key // what Enter acts on; Seq 0 if nothing opens here
	row  *Row
	rec  *model.Record
	text string
	note string
	from int64 // of a member: the time that its delta counts from
}

// opens reports whether something opens at this line.
func (l *line) opens() bool { return l.open.Seq != 0 }
