package stamp

import "time"

// Clock gives stamps without a year or a date one, such that time does not run
// backwards in the stream and is not in the future. It is a value, comparable,
// and part of one stream's state.
type Clock struct {
	// Bound is the newest time that a stamp may mean, ns UTC: now for a live
	// stream, the modification time of a file. 0 is unknown: the year 2000 (or
	// the day 1970-01-01) stands in until a dated stamp was seen.
	Bound int64
	last  int64
	seen  bool
	told  bool // Now was called
}

// Resolve returns the time that s means, ns UTC, and remembers it. A stamp
// without a zone is in loc; nil is UTC.
//
// The first stamp without a year is in the last year that does not put it past
// Bound; a later one is in the year nearest to the stamp before it, so that
// December is followed by the next January while lines out of order by minutes
// or months stay where they are. Stamps without a date choose their day alike.
func (c *Clock) Resolve(s Stamp, loc *time.Location) int64 {
	t := s.Nanos
	switch {
	case s.Year:
	case s.Date:
		t = c.nearest(t, loc, yearly)
	default:
		t = c.nearest(t, loc, daily)
	}
	c.last, c.seen = t, true
	return t
}

// After is Resolve where the record before is at t, ns UTC, which may have come
// from a stamp that Resolve was not asked about.
func (c *Clock) After(t int64, s Stamp, loc *time.Location) int64 {
	c.last, c.seen = t, true
	return c.Resolve(s, loc)
}

// Now says that the stamps to come are written about now, ns UTC, and none later.
func (c *Clock) Now(ns int64) {
	if ns > c.Bound {
		c.Bound, c.last, c.seen, c.told = ns, ns, true, true
	}
}

// Told reports whether Now was called: the clock knows better then than the record
// before when the next one is written.
func (c *Clock) Told() bool { return c.told }

// Near returns the time that s means if it lies as near to t as it can: that of
// a stamp within a carrier whose own stamp is t, ns UTC. A stamp with a date and
// a year means what it says.
func (s Stamp) Near(t int64, loc *time.Location) int64 {
	c := Clock{last: t, seen: true}
	return c.Resolve(s, loc)
}

// slack is how far past Bound a stamp may lie: zones are guessed, clocks are
// wrong by minutes.
const slack = int64(26 * time.Hour)

// nearest chooses among the times that at makes of the part stamp t: at gets
// the time that it should be near to, and how many periods to go on from there.
func (c *Clock) nearest(t int64, loc *time.Location, at func(part, near int64, step int, loc *time.Location) int64) int64 {
	if !c.seen {
		if c.Bound == 0 {
			return at(t, 0, 0, loc)
		}
		for step := 1; ; step-- {
			if v := at(t, c.Bound, step, loc); v <= c.Bound+graceOf(at(t, c.Bound, 1, loc), at(t, c.Bound, 0, loc)) || step < -8 {
				return v
			}
		}
	}
	best, found := int64(0), false
	for step := 1; step >= -8; step-- {
		v := at(t, c.last, step, loc)
		if c.Bound != 0 && v > c.Bound+slack {
			continue
		}
		if !found || distance(v, c.last) < distance(best, c.last) {
			best, found = v, true
		}
		if step <= -1 && found {
			break
		}
	}
	if !found {
		return at(t, c.last, 0, loc)
	}
	return best
}

// graceOf is the slack for a first stamp: that of days, when days are at
// choice, must stay well under one.
func graceOf(next, this int64) int64 {
	if next-this < 2*day {
		return int64(time.Minute)
	}
	return slack
}

func distance(a, b int64) int64 {
	if a < b {
		return b - a
	}
	return a - b
}

// yearly is the time that a part stamp, a wall clock in leapYear, has in the
// year of near and step years on. The 29th of February goes to the next leap
// year back.
func yearly(part, near int64, step int, loc *time.Location) int64 {
	w := time.Unix(0, part).UTC()
	if loc == nil {
		loc = time.UTC
	}
	if near == 0 {
		return part
	}
	y := time.Unix(0, near).In(loc).Year() + step
	for w.Month() == time.February && w.Day() == 29 && daysIn(2, y) != 29 {
		y--
	}
	return fromLocal(epochDays(y, int(w.Month()), w.Day())*86400+part%day/second, loc)*second + part%second
}

// daily is the time that a part stamp, ns since midnight, has on the day of
// near and step days on.
func daily(part, near int64, step int, loc *time.Location) int64 {
	if loc == nil {
		loc = time.UTC
	}
	n := time.Unix(0, near).In(loc)
	wall := epochDays(n.Year(), int(n.Month()), n.Day()) + int64(step)
	return fromLocal(wall*86400+part/second, loc)*second + part%second
}
