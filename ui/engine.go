package ui

import (
	"context"
	"time"

	"ravel/model"
	"ravel/ui/logview"
)

// Engine answers every question that the screen asks. It is declared here, by
// its consumer; the program is wired to one made of the store, the query
// compiler and the request tracker, tests to one over a small log. All methods
// are safe for concurrent use. Those without a context answer in O(rows) and
// may be called from Update; those with one may scan and run in a Cmd.
type Engine interface {
	// Changed is a doorbell of capacity one: something that State or Rows
	// tells may have changed.
	Changed() <-chan struct{}
	// State is the current figures; cheap enough for each frame.
	State() State
	// SetQuery makes text the filter of Rows, counts and facets and starts its
	// scan, newest first; earlier scans stop. An error (its column in it)
	// changes nothing.
	SetQuery(text string) error
	// Rows walks the Stream view from the row at seq: dir +1 towards newer
	// rows, the row at or after seq first; dir -1 towards older ones, the row
	// at or before seq first. Seq 0 is before the first, ^0 after the last.
	Rows(from model.Seq, dir, n int, flat bool) []Row
	// Record decodes one record.
	Record(model.Seq) (*model.Record, bool)
	// Members are the records of the request that record seq belongs to, in
	// order, oldest first, at most n of its newest.
	Members(seq model.Seq, n int) []*model.Record
	// Pending are the unfinished HTTP requests older than a second: those in
	// flight and those hung, oldest first; the first n of each are told in full,
	// of the others only their records, start and state.
	Pending(n int) (inFlight, hung []model.Request)
	// Find is the nearest record beyond from in direction dir that target
	// wants; it may scan.
	Find(ctx context.Context, from model.Seq, dir int, t Target) (model.Seq, bool)
	// SeqAt is the first record at or after an event time.
	SeqAt(ts int64) model.Seq
	// Facet counts the values of a column or field under the query without
	// that facet's own clauses, most frequent first, at most n.
	Facet(ctx context.Context, field string, n int) ([]Count, error)
	// Histogram counts matching records by level over cols equal spans of the
	// held time.
	Histogram(cols int) Histogram
	// Table runs a piped query (`| errors`, `| stats …`, `| requests`) under
	// the current filter.
	Table(ctx context.Context, pipe string) (Table, error)
	// Complete proposes what may stand at the cursor of a query.
	Complete(text string, cursor int) []string
}

// Row is one line of the Stream view; see logview.
type Row = logview.Row

// Baseliner is an Engine that knows what is new. The screen asks for it by a
// type assertion.
type Baseliner interface {
	// SetBaseline makes errors and templates first seen after record seq new;
	// State.New tells them.
	SetBaseline(seq model.Seq)
}

// TargetKind says what Find looks for.
type TargetKind uint8

// What Find looks for.
const (
	NextError   TargetKind = iota // level >= ERROR, a traceback, a failed or hung request (rule 8)
	NextMatch                     // Text, smart case, or a regexp if Regexp
	NextRequest                   // another request's row
	SameRequest                   // a record of the same request as From
	SameFlow                      // a record with the same correlation id
)

// Target is what Find looks for.
type Target struct {
	Kind   TargetKind
	Text   string
	Regexp bool
	From   model.Seq // of SameRequest and SameFlow
	Flat   bool      // every record has a row, none is folded
}

// State is what the header, the strips and the status bar show.
type State struct {
	Title     string // what is read; "" lets the screen make one of Options.Title and Sources
	Sources   []SourceState
	Records   uint64 // held
	First     model.Seq
	Last      model.Seq
	MinTime   int64 // of the held records; NoTime if none
	MaxTime   int64
	Evicted   uint64 // records given up to the budget
	EvictedTo int64  // newest time among them
	Lost      uint64 // bytes cut by the line cap, plus what sources say they dropped
	Rate      float64
	Lag       time.Duration // newest stamp to now; live sources only
	Quiet     time.Duration // since the last record arrived; live only
	Levels    [model.NumLevels]uint64
	States    [model.NumStates]uint64 // HTTP requests by state
	P95       time.Duration           // of the HTTP requests that have ended, evicted ones included; 0 if unknown
	New       []Fresh                 // what is new since the baseline, worst first
	Loading   bool                    // a backlog is still being read
	LoadedPct int                     // of it, 0 to 100; -1 if nobody knows how much there is

	Query    string   // canonical form
	Matched  uint64   // records that match so far
	Scanning bool     // the count is not final yet
	ScanPct  int      // 0 to 100
	FindPct  int      // how far Find has come, 0 to 100; 0 if it has just begun or does not run
	Hidden   []Hidden // what each clause hides, most first; nil if unknown
	Notes    []string // messages of sources, newest last
}

// Fresh is an error or a template that was not seen before the baseline.
type Fresh struct {
	Name  string
	N     uint64
	Since int64 // ns: the baseline
}

// Hidden is how many records a clause of the query hides.
type Hidden struct {
	Clause string
	N      uint64
}

// SourceState is one source's health.
type SourceState struct {
	Name    string
	Records uint64
	Err     string // "" if well
	State   string // in the origin's words: Running, CrashLoopBackOff; "" where it has none
	Live    bool
	Ended   bool
}

// Histogram is counts by level over equal spans of time.
type Histogram struct {
	From, To int64 // ns
	Cols     [][model.NumLevels]uint32
}
