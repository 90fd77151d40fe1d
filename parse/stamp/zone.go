package stamp

import (
	"sync"
	"time"
)

// readZone reads the zone that follows a clock at b[i:] and returns where it
// ends; i if there is none.
func readZone(b []byte, i int, c *civil) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case 'Z', 'z':
		if endsWord(b, i+1) {
			c.zone, c.off = fixedZone, 0
			return i + 1
		}
	case '+', '-':
		return readOffset(b, i, c)
	case ' ':
		if i+1 >= len(b) {
			return i
		}
		if b[i+1] == '+' || b[i+1] == '-' {
			if n := readOffset(b, i+1, c); n > i+1 {
				return afterOffset(b, n)
			}
			return i
		}
		if n := readZoneName(b, i+1, c); n > i+1 {
			return n
		}
		if n := readLocation(b, i+1, c); n > i+1 {
			return n
		}
	default:
		return readZoneName(b, i, c)
	}
	return i
}

// readOffset reads ±hh:mm, ±hhmm or ±hh at b[i:], which begins with the sign, and
// Db2's ±mmm of minutes.
func readOffset(b []byte, i int, c *civil) int {
	if m, n := number(b, i+1, 3, 3); n > 0 && endsWord(b, n) && m <= 14*60 && (n >= len(b) || b[n] != ':') {
		c.zone, c.off = fixedZone, m*60
		if b[i] == '-' {
			c.off = -c.off
		}
		return n
	}
	h, n := number(b, i+1, 2, 2)
	if n < 0 {
		return i
	}
	m := 0
	switch {
	case n+2 < len(b) && b[n] == ':' && isDigit(b[n+1]):
		v, k := number(b, n+1, 2, 2)
		if k < 0 {
			return i
		}
		m, n = v, k
	case n < len(b) && isDigit(b[n]):
		v, k := number(b, n, 2, 2)
		if k < 0 {
			return i
		}
		m, n = v, k
	}
	if h > 14 || m > 59 || !endsWord(b, n) {
		return i
	}
	c.zone, c.off = fixedZone, h*3600+m*60
	if b[i] == '-' {
		c.off = -c.off
	}
	return n
}

// afterOffset passes over the abbreviation that Go's time.Time.String and some
// others print after the offset: `+0000 UTC`.
func afterOffset(b []byte, i int) int {
	if i >= len(b) || b[i] != ' ' {
		return i
	}
	var c civil
	if n := readZoneName(b, i+1, &c); n > i+1 && c.zone == namedZone {
		return n
	}
	return i
}

// readZoneName reads an abbreviation of the table at b[i:], UTC and GMT with
// an offset behind them included.
func readZoneName(b []byte, i int, c *civil) int {
	n := i
	for n < len(b) && n-i < 5 && b[n]-'A' < 26 {
		n++
	}
	if n-i < 2 || n < len(b) && (b[n]|0x20-'a' < 26 || isDigit(b[n]) || b[n] == '_') {
		return i
	}
	quarters, ok := zoneNames[string(b[i:n])]
	if !ok {
		return i
	}
	if quarters == 0 && n < len(b) && (b[n] == '+' || b[n] == '-') {
		if k := readOffset(b, n, c); k > n {
			return k
		}
	}
	c.zone, c.off, c.name = namedZone, int(quarters)*900, b[i:n]
	return n
}

// locations remembers those that stamps have named. Names that are none are not
// remembered: they end before the slash as a rule.
var locations sync.Map // string to *time.Location

// readLocation reads a name such as Europe/Rome at b[i:], as PHP prints it.
func readLocation(b []byte, i int, c *civil) int {
	n, slash := i, 0
	for n < len(b) && n-i < 32 && (isLetter(b[n]) || b[n] == '_' || b[n] == '/' && n > i) {
		if b[n] == '/' && slash == 0 {
			slash = n
		}
		n++
	}
	if slash == 0 {
		return i
	}
	switch string(b[i:slash]) {
	case "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "Etc":
	default:
		return i
	}
	name := string(b[i:n])
	loc, ok := locations.Load(name)
	if !ok {
		l, err := time.LoadLocation(name)
		if err != nil {
			return i
		}
		loc = l
		locations.Store(name, l)
	}
	c.zone, c.loc = locatedZone, loc.(*time.Location)
	return n
}

// zoneNames are the abbreviations in use, in quarter hours east of UTC. Where
// one has several meanings, the most populous use of it in logs is taken; the
// location in force goes before the table.
var zoneNames = map[string]int8{
	"UTC": 0, "GMT": 0, "WET": 0, "UT": 0,
	"WEST": 4, "BST": 4, "CET": 4, "MET": 4, "WAT": 4,
	"CEST": 8, "MEST": 8, "EET": 8, "SAST": 8, "CAT": 8,
	"EEST": 12, "MSK": 12, "EAT": 12, "TRT": 12,
	"MSD": 16, "GST": 16, "PKT": 20, "IST": 22, "NPT": 23,
	"ICT": 28, "WIB": 28, "SGT": 32, "HKT": 32, "PHT": 32, "AWST": 32, "WITA": 32,
	"JST": 36, "KST": 36, "WIT": 36, "ACST": 38, "AEST": 40, "ACDT": 42, "AEDT": 44,
	"NZST": 48, "NZDT": 52,
	"NST": -14, "NDT": -10, "AST": -16, "ADT": -12, "ART": -12, "BRT": -12, "CLT": -16, "CLST": -12,
	"EST": -20, "EDT": -16, "CST": -24, "CDT": -20, "MST": -28, "MDT": -24,
	"PST": -32, "PDT": -28, "AKST": -36, "AKDT": -32, "HST": -40,
}
