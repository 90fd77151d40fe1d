package stamp

import (
	"sync/atomic"
	"time"
)

// civil is a stamp's parts as written.
type civil struct {
	year, month, day     int
	hour, min, sec, frac int // frac in ns
	off                  int // seconds east of UTC, for fixedZone and namedZone
	zone                 zoneKind
	date, hasYear        bool
	count                int64          // ns since the epoch, for counted stamps
	name                 []byte         // the abbreviation, of a namedZone
	loc                  *time.Location // of a locatedZone
	counted              bool
}

type zoneKind uint8

const (
	noZone      zoneKind = iota
	fixedZone            // Z or an offset
	namedZone            // an abbreviation, which the location may know better
	locatedZone          // the name of a location
)

const (
	leapYear = 2000 // stands for a missing year: it has a 29th of February
	second   = int64(time.Second)
	day      = 24 * 3600 * second
)

func (c *civil) setYear(y int) { c.year, c.hasYear = y, true }

func (c *civil) setDate(month, day int) { c.month, c.day, c.date = month, day, true }

// valid reports whether such a moment exists in the calendar.
func (c *civil) valid() bool {
	if c.counted {
		return true
	}
	if c.hour > 23 || c.min > 59 || c.sec > 60 {
		return false
	}
	if !c.date {
		return true
	}
	if !c.hasYear {
		c.year = leapYear
	}
	return c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= daysIn(c.month, c.year) &&
		c.year >= 1900 && c.year < 2200
}

func daysIn(month, year int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// epochDays counts the days from 1970-01-01 to a date of the Gregorian
// calendar. The year is taken to begin in March, so that the leap day is its
// last: then the days before a month are a line, rounded down.
func epochDays(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	return int64(365*year+year/4-year/100+year/400+(153*(month-3)+2)/5+day) - 719469
}

// nanos is what Stamp.Nanos says of c, which is valid.
func (c *civil) nanos(loc *time.Location) int64 {
	if c.counted {
		return c.count
	}
	wall := int64(c.hour*3600 + c.min*60 + c.sec)
	if c.date {
		wall += epochDays(c.year, c.month, c.day) * 86400
	}
	switch {
	case c.zone == fixedZone:
		wall -= int64(c.off)
	case c.zone == namedZone:
		wall = fromNamed(wall, c, loc)
	case c.zone == locatedZone:
		wall = fromLocal(wall, c.loc)
	case c.date && c.hasYear:
		wall = fromLocal(wall, loc)
	}
	return wall*second + int64(c.frac)
}

// fromNamed takes an abbreviation as the location means it, if it knows it
// (CST is in Chicago and in Shanghai), else as the table of names does.
func fromNamed(wall int64, c *civil, loc *time.Location) int64 {
	if loc != nil && loc != time.UTC && c.date && c.hasYear {
		u := fromLocal(wall, loc)
		if name, _ := time.Unix(u, 0).In(loc).Zone(); name == string(c.name) {
			return u
		}
	}
	return wall - int64(c.off)
}

// span is a stretch of time over which a location keeps one offset, a day cut
// off at both ends: there a wall clock can mean two times or none, and the
// answer must not depend on which span was looked at before.
type span struct {
	loc      *time.Location
	from, to int64 // seconds, UTC
	off      int64
}

// spans remembers the span last used of a few locations. It holds what could
// be computed again: to lose an entry to another goroutine costs time only.
var spans [8]atomic.Pointer[span]

// fromLocal converts a wall clock in loc, as seconds from 1970 as if it were
// UTC, to seconds of UTC.
func fromLocal(wall int64, loc *time.Location) int64 {
	if loc == nil || loc == time.UTC {
		return wall
	}
	slot := &spans[len(loc.String())&7]
	if s := slot.Load(); s != nil && s.loc == loc && s.from <= wall-s.off && wall-s.off < s.to {
		return wall - s.off
	}
	w := time.Unix(wall, 0).UTC()
	t := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, loc)
	_, off := t.Zone()
	s := span{loc: loc, from: -1 << 62, to: 1 << 62, off: int64(off)}
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		s.from = start.Unix() + 86400
	}
	if !end.IsZero() {
		s.to = end.Unix() - 86400
	}
	if u := t.Unix(); s.from <= u && u < s.to {
		slot.Store(&s)
	}
	return t.Unix()
}
