package query

import (
	"strconv"
	"strings"
	"time"
)

// momentKind says what a moment counts from.
type momentKind uint8

const (
	absolute momentKind = iota
	sinceNow            // -15m
	sinceEnd            // end-15m
	clock               // 14:05, of the latest day on which it is past
)

// moment is a time as written in a query (R11): a point, or the interval that
// a stamp of lower precision covers.
type moment struct {
	kind  momentKind
	off   time.Duration // of sinceNow and sinceEnd
	part  [6]int        // year, month, day, hour, minute, second
	nanos int
	width time.Duration // of the interval; months and years are by unit
	unit  int           // index into part of the last given part
	zone  *time.Location
}

// parseMoment reads a time; ok says whether it is one.
func parseMoment(s string) (m moment, ok bool) {
	switch {
	case s == "now":
		return moment{kind: sinceNow}, true
	case strings.HasPrefix(s, "end"):
		m.kind = sinceEnd
		if s = s[len("end"):]; s == "" {
			return m, true
		}
		m.off, ok = signedDuration(s)
		return m, ok
	case strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+"):
		m.kind = sinceNow
		m.off, ok = signedDuration(s)
		return m, ok
	}
	if m, ok = parseClock(s); ok {
		return m, true
	}
	if m, ok = parseEpoch(s); ok {
		return m, true
	}
	return parseStamp(s)
}

// signedDuration reads -15m or +1h.
func signedDuration(s string) (time.Duration, bool) {
	if s == "" || s[0] != '-' && s[0] != '+' {
		return 0, false
	}
	q, ok := parseQuantity(strings.TrimPrefix(s, "+"))
	return time.Duration(q.num), ok && q.unit == unitTime
}

// parseClock reads 14:05 or 14:05:06.
func parseClock(s string) (m moment, ok bool) {
	f := strings.Split(s, ":")
	if len(f) < 2 || len(f) > 3 {
		return m, false
	}
	limits := [...]int{24, 60, 60}
	for i, part := range f {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n >= limits[i] || len(part) > 2 || i > 0 && len(part) != 2 || !isDigit(part[0]) {
			return m, false
		}
		m.part[3+i] = n
	}
	m.kind, m.unit = clock, 1+len(f)+1
	return m, true
}

// parseEpoch reads seconds, ms, µs or ns since the epoch by their number of
// digits, as backends print them.
func parseEpoch(s string) (m moment, ok bool) {
	scale := map[int]int64{10: 1e9, 13: 1e6, 16: 1e3, 19: 1}[len(s)]
	n, err := strconv.ParseInt(s, 10, 64)
	if scale == 0 || err != nil || !isDigit(s[0]) {
		return m, false
	}
	t := time.Unix(0, n*scale).UTC()
	m = moment{unit: 5, zone: time.UTC, nanos: t.Nanosecond(), width: time.Duration(scale)}
	m.part = [6]int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()}
	return m, true
}

// parseStamp reads RFC 3339 or any prefix of it.
func parseStamp(s string) (m moment, ok bool) {
	m.part = [6]int{1, 1, 1}
	seps := [...]string{"", "-", "-", "Tt ", ":", ":"}
	for i := range m.part {
		if i > 0 {
			if s == "" {
				return m, m.valid()
			}
			if strings.IndexByte(seps[i], s[0]) < 0 {
				break
			}
			s = s[1:]
		}
		n := 2
		if i == 0 {
			n = 4
		}
		v, good := digits(s, n)
		if !good {
			return m, false
		}
		m.part[i], m.unit, s = v, i, s[n:]
	}
	if m.unit == 5 && s != "" && (s[0] == '.' || s[0] == ',') {
		n := 1
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		if n == 1 || n > 10 {
			return m, false
		}
		m.nanos, _ = strconv.Atoi((s[1:n] + "000000000")[:9])
		m.width = time.Second
		for range n - 1 {
			m.width /= 10
		}
		s = s[n:]
	}
	if s != "" {
		if m.unit < 3 {
			return m, false
		}
		if m.zone, ok = parseOffset(s); !ok {
			return m, false
		}
	}
	return m, m.valid()
}

// digits reads n digits.
func digits(s string, n int) (int, bool) {
	if len(s) < n {
		return 0, false
	}
	v := 0
	for i := range n {
		if !isDigit(s[i]) {
			return 0, false
		}
		v = v*10 + int(s[i]-'0')
	}
	return v, true
}

// parseOffset reads Z, +02:00 or +0200.
func parseOffset(s string) (*time.Location, bool) {
	if s == "Z" || s == "z" {
		return time.UTC, true
	}
	if len(s) != 5 && len(s) != 6 || s[0] != '+' && s[0] != '-' || len(s) == 6 && s[3] != ':' {
		return nil, false
	}
	h, ok1 := digits(s[1:], 2)
	m, ok2 := digits(s[len(s)-2:], 2)
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return nil, false
	}
	sec := h*3600 + m*60
	if s[0] == '-' {
		sec = -sec
	}
	return time.FixedZone(s, sec), true
}

// valid reports whether the parts name a day and time that exist, within what
// ns since the epoch can tell.
func (m *moment) valid() bool {
	t := m.date(time.UTC)
	return t.Year() == m.part[0] && int(t.Month()) == m.part[1] && t.Day() == m.part[2] &&
		m.part[3] < 24 && m.part[4] < 60 && m.part[5] < 61 && 1678 <= m.part[0] && m.part[0] <= 2261
}

// date is the moment's first instant.
func (m *moment) date(zone *time.Location) time.Time {
	if m.zone != nil {
		zone = m.zone
	}
	return firstOf(time.Date(m.part[0], time.Month(m.part[1]), m.part[2], m.part[3], m.part[4], m.part[5], m.nanos, zone))
}

// firstOf is the first instant at which the clocks show what they show at t: where
// they are put back they show it twice.
func firstOf(t time.Time) time.Time {
	_, now := t.Zone()
	_, before := t.Add(-12 * time.Hour).Zone()
	if e := t.Add(time.Duration(now-before) * time.Second); e.Before(t) && e.Hour() == t.Hour() && e.Minute() == t.Minute() {
		return e
	}
	return t
}

// span is the interval [from, to) that the moment covers, in ns; from == to
// for a point.
func (m *moment) span(env *Env) (from, to int64) {
	switch m.kind {
	case sinceNow:
		return env.Now + int64(m.off), env.Now + int64(m.off)
	case sinceEnd:
		return env.newest() + int64(m.off), env.newest() + int64(m.off)
	case clock:
		at := m.onDay(time.Unix(0, env.newest()).In(env.zone()))
		if at.UnixNano() > env.newest() {
			at = m.onDay(time.Unix(0, env.newest()).In(env.zone()).AddDate(0, 0, -1))
		}
		return at.UnixNano(), m.end(at).UnixNano()
	}
	at := m.date(env.zone())
	return at.UnixNano(), m.end(at).UnixNano()
}

// after is the span of a clock time as the first one that begins at or after
// ns: the upper bound of a range whose lower one is known.
func (m *moment) after(ns int64, env *Env) (from, to int64) {
	day := time.Unix(0, ns).In(env.zone())
	at := m.onDay(day)
	if at.UnixNano() < ns {
		at = m.onDay(day.AddDate(0, 0, 1))
	}
	return at.UnixNano(), m.end(at).UnixNano()
}

// onDay is the clock time on a day.
func (m *moment) onDay(day time.Time) time.Time {
	return firstOf(time.Date(day.Year(), day.Month(), day.Day(), m.part[3], m.part[4], m.part[5], 0, day.Location()))
}

// end is where the interval that begins at t ends.
func (m *moment) end(t time.Time) time.Time {
	if m.width > 0 {
		return t.Add(m.width)
	}
	switch m.unit {
	case 0:
		return t.AddDate(1, 0, 0)
	case 1:
		return t.AddDate(0, 1, 0)
	case 2:
		return t.AddDate(0, 0, 1)
	case 3: // an hour that the clocks go through twice is two
		next := firstOf(time.Date(t.Year(), t.Month(), t.Day(), t.Hour()+1, 0, 0, 0, t.Location()))
		if hour := t.Add(time.Hour); hour.After(next) {
			return hour
		}
		return next
	}
	return t.Add([...]time.Duration{time.Minute, time.Second}[m.unit-4])
}

// newest is Newest, or Now where that is unknown.
func (e *Env) newest() int64 {
	if e.Newest == 0 {
		return e.Now
	}
	return e.Newest
}

// Moment resolves a time as written in queries and flags: RFC 3339 or a prefix
// of it, 14:05, -15m or 15m ago, end-15m. It is the interval [from, to) in ns
// that a stamp of lower precision covers; from == to for a point.
func Moment(text string, env Env) (from, to int64, err error) {
	m, ok := parseMoment(text)
	if !ok {
		if m.off, ok = signedDuration("-" + text); ok {
			m.kind = sinceNow
		}
	}
	if !ok {
		return 0, 0, errorAt(text, 0, "2024-01-15T09:30, 14:05, 15m or end-15m", "%q is not a time", text)
	}
	from, to = m.span(&env)
	return from, to, nil
}
