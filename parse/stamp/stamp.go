// Package stamp reads the time stamps that logs are written with, at the start
// of a line or as a whole value, into nanoseconds since the epoch, UTC. It has
// no clock of its own and allocates nothing; all functions are safe for
// concurrent use.
package stamp

import (
	"bytes"
	"time"
)

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

// The layouts. Bracketed is added to one whose stamp stands in `[` and `]`.
const (
	None     Layout = iota
	ISO             // 2006-01-02T15:04:05, T or space, fraction, zone
	YMD             // 2006/1/2 3:04:05 PM, 2006-Jan-02, 2006.01.02-15.04.05
	Compact         // 20060102 15:04:05, 20060102T150405Z
	DMonY           // 02/Jan/2006:15:04:05 -0700, 02 Jan 2006 15:04:05,000
	MDY             // 01/02/2006 3:04:05 PM, 02.01.2006 15:04:05
	ShortYMD        // 060102 15:04:05, 06/01/02 15:04:05
	MonD            // Jan _2 15:04:05[.000] [2006], Jan 02, 2006 3:04:05 PM
	Weekday         // Mon Jan _2 15:04:05 2006, Mon, 02 Jan 2006 15:04:05 MST, …
	MD              // 01-02 15:04:05.000 (Android), 0102 15:04:05.000000 (klog)
	Time            // 15:04:05.000, 3:04PM
	Count           // 1700000000.123, 1700000000123
	TAI             // @ and 24 hexadecimal digits (TAI64N)
	numLayouts

	Bracketed Layout = 0x80
)

var layoutNames = [numLayouts]string{
	"none", "iso", "ymd", "compact", "clf", "mdy", "yymmdd", "syslog", "weekday", "md", "time", "epoch", "tai64n",
}

// read calls the reader of layout l. It is a switch, not a table, so that c
// stays on the caller's stack.
func read(l Layout, b []byte, c *civil) int {
	switch l {
	case ISO:
		return readISO(b, c)
	case YMD:
		return readYMD(b, c)
	case Compact:
		return readCompact(b, c)
	case DMonY:
		return readDMonY(b, c)
	case MDY:
		return readMDY(b, c)
	case ShortYMD:
		return readShortYMD(b, c)
	case MonD:
		return readMonD(b, c)
	case Weekday:
		return readWeekday(b, c)
	case MD:
		return readMD(b, c)
	case Time:
		return readTime(b, c)
	case Count:
		return readCount(b, c)
	case TAI:
		return readTAI(b, c)
	default:
		return 0
	}
}

// String is the layout's short name, "none" for the zero Layout.
func (l Layout) String() string {
	k := l &^ Bracketed
	if k >= numLayouts {
		k = None
	}
	return layoutNames[k]
}

// The layouts that a stamp may have by how many digits it begins with and what
// follows these, in the order in which At tries them: a stricter shape stands
// before a looser one that could read its beginning.
var (
	clockOnly   = []Layout{Time}
	dotted      = []Layout{DMonY, MDY, Count, MD, Time}
	dashed      = []Layout{DMonY, MDY, ShortYMD, MD}
	namedMonth  = []Layout{DMonY}
	fourDigits  = []Layout{ISO, YMD, MD}
	sixDigits   = []Layout{ShortYMD}
	manyDigits  = []Layout{Compact, Count}
	afterBlank  = []Layout{TAI, Time}
	monthFirst  = []Layout{MonD}
	weekdayLead = []Layout{Weekday}
)

// candidates returns the layouts that the stamp may have with which b begins,
// none for most text.
func candidates(b []byte) []Layout {
	switch {
	case isDigit(b[0]):
		return digitCandidates(b)
	case b[0] == ' ' || b[0] == '@':
		return afterBlank
	}
	switch name := lower3(b); {
	case monthOf(name) > 0:
		return monthFirst
	case isWeekday(name):
		return weekdayLead
	case isLetter(b[0]) && foreignLead(b):
		return monthFirst
	}
	return nil
}

func digitCandidates(b []byte) []Layout {
	n := 1
	for n < len(b) && n < 8 && isDigit(b[n]) {
		n++
	}
	switch {
	case n == 8:
		return manyDigits
	case n == 6:
		return sixDigits
	case n == 4:
		return fourDigits
	case n > 2 || n == len(b):
		return nil
	}
	switch c := b[n]; {
	case c == ':':
		return clockOnly
	case c == '.':
		return dotted
	case c == '/' || c == '-':
		return dashed
	case c == ' ' || isLetter(c):
		return namedMonth
	}
	return nil
}

// At reads the stamp of any layout with which b begins. A stamp without a zone
// is in loc; nil is UTC.
func At(b []byte, loc *time.Location) (Stamp, bool) {
	if len(b) < 4 {
		return Stamp{}, false
	}
	var bracket Layout
	from := 0
	if b[0] == '[' {
		bracket, from = Bracketed, 1
	}
	for _, l := range candidates(b[from:]) {
		if s, ok := (l | bracket).At(b, loc); ok {
			return s, true
		}
	}
	return Stamp{}, false
}

// At reads the stamp with which b begins if it has the layout l: the fast path
// of a stream whose layout is known.
func (l Layout) At(b []byte, loc *time.Location) (Stamp, bool) {
	k, from := l&^Bracketed, 0
	if k == None || k >= numLayouts {
		return Stamp{}, false
	}
	if l&Bracketed != 0 {
		if len(b) == 0 || b[0] != '[' {
			return Stamp{}, false
		}
		b, from = b[1:], 1
	}
	var c civil
	n := read(k, b, &c)
	if from == 1 && n > 2 && k == ShortYMD && b[2] == '/' { // Rich writes the month first, and brackets
		c.monthFirst()
	}
	if n <= 0 || !c.valid() {
		return Stamp{}, false
	}
	if from == 1 {
		if n >= len(b) || b[n] != ']' {
			return Stamp{}, false
		}
		n += 2
	}
	return Stamp{Nanos: c.nanos(loc), Len: n, Zone: c.zone != noZone, Date: c.date, Year: c.hasYear, Layout: l}, true
}

// Text reads a value that is a stamp as a whole, white space around it aside:
// any layout of At, a bare date, or an Epoch.
func Text(b []byte, loc *time.Location) (Stamp, bool) {
	lead := len(b) - len(bytes.TrimLeft(b, " \t"))
	b = bytes.TrimSpace(b)
	if ns, ok := Epoch(b); ok {
		return Stamp{Nanos: ns, Len: lead + len(b), Zone: true, Date: true, Year: true, Layout: Count}, true
	}
	if s, ok := At(b, loc); ok {
		if rest := b[s.Len:]; len(rest) > 0 && !isZoneRemark(rest) {
			return Stamp{}, false
		}
		s.Len = lead + len(b)
		return s, true
	}
	var c civil
	if len(b) == 0 || readDate(b, &c) != len(b) || !c.valid() {
		return Stamp{}, false
	}
	return Stamp{Nanos: c.nanos(loc), Len: lead + len(b), Date: true, Year: true, Layout: YMD}, true
}

// isZoneRemark tells what may follow a stamp that is a whole value: the long
// name of its zone in parentheses or brackets, as JavaScript and Java print it.
func isZoneRemark(b []byte) bool {
	b = bytes.TrimLeft(b, " ")
	return len(b) > 2 && (b[0] == '(' && b[len(b)-1] == ')' || b[0] == '[' && b[len(b)-1] == ']')
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return c|0x20-'a' < 26 }

// endsWord reports whether no word goes on at b[i].
func endsWord(b []byte, i int) bool {
	return i >= len(b) || !isDigit(b[i]) && !isLetter(b[i]) && b[i] != '_'
}
