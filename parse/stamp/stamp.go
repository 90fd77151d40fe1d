// Package stamp reads the time stamps that logs are written with, at the start
// of a line or as a whole value, into nanoseconds since the epoch, UTC. It has
// no clock of its own and allocates nothing; all functions are safe for
// concurrent use.
package stamp

import "time"

// Stamp is a time stamp as read.
type Stamp struct {
	// Nanos is ns since the epoch UTC if Year is set. Without a year it is the
	// wall clock in the year 2000 read as UTC, without a date the ns since
	// midnight: Clock.Resolve makes a time of either.
	Nanos  int64
	Len    int  // bytes that the stamp takes, its brackets included
	Zone   bool // a zone or an offset was written; else loc was taken
	Date   bool // a month and a day were written
	Year   bool // a year was written (or the stamp counts from the epoch)
	Layout Layout
}

// Layout is the shape of a stamp: what a stream was seen to use, so that its
// next line is not tried against every other shape. The zero Layout is none.
type Layout uint8

// At reads the stamp of any layout with which b begins. A stamp without a zone
// is in loc; nil is UTC.
func At(b []byte, loc *time.Location) (Stamp, bool) { return Stamp{}, false }

// At reads the stamp with which b begins if it has the layout l: the fast path
// of a stream whose layout is known.
func (l Layout) At(b []byte, loc *time.Location) (Stamp, bool) { return Stamp{}, false }

// Epoch reads a count of seconds, milliseconds, microseconds or nanoseconds
// since the epoch, whole or with a fraction; its magnitude tells the unit.
func Epoch(text []byte) (ns int64, ok bool) { return 0, false }

// Text reads a value that is a stamp as a whole, white space around it aside:
// any layout of At, a bare date, or an Epoch.
func Text(b []byte, loc *time.Location) (Stamp, bool) { return Stamp{}, false }

// Clock gives stamps without a year or a date one, such that time does not run
// backwards in the stream and is not in the future. It is a value, comparable,
// and part of one stream's state.
type Clock struct {
	// Bound is the newest time that a stamp may mean, ns UTC: now for a live
	// stream, the modification time of a file. 0 is unknown: the present year
	// cannot be told then and 1970 is taken.
	Bound int64
	last  int64
	seen  bool
}

// Resolve returns the time that s means, ns UTC, and remembers it. A stamp
// without a zone is in loc; nil is UTC.
func (c *Clock) Resolve(s Stamp, loc *time.Location) int64 { return s.Nanos }
