package stamp

import (
	"math"
	"strconv"
)

// The magnitudes that tell the unit of a count since the epoch, in whole
// units: seconds from 1973 to the year 5138, and so on in steps of a thousand.
const (
	minSeconds = 100_000_000
	maxSeconds = 100_000_000_000
)

// Epoch reads a count of seconds, milliseconds, microseconds or nanoseconds
// since the epoch, whole or with a fraction; its magnitude tells the unit.
// Counts before 1973 are no stamps to it.
func Epoch(text []byte) (ns int64, ok bool) {
	whole, n := uint64(0), 0
	for n < len(text) && n < 19 && isDigit(text[n]) {
		whole = whole*10 + uint64(text[n]-'0')
		n++
	}
	if n == 0 || n == len(text) {
		return scaleEpoch(whole, nil)
	}
	if text[n] != '.' {
		return epochFloat(text)
	}
	frac := text[n+1:]
	for _, d := range frac {
		if !isDigit(d) {
			return epochFloat(text)
		}
	}
	if n < 9 {
		return epochFloat(text)
	}
	return scaleEpoch(whole, frac)
}

// scaleEpoch makes ns of a count and the digits of its fraction, exactly.
func scaleEpoch(whole uint64, frac []byte) (int64, bool) {
	unit := uint64(second)
	for limit := uint64(maxSeconds); whole >= limit; limit *= 1000 {
		if unit /= 1000; unit == 1 {
			break
		}
	}
	if whole < minSeconds || whole > math.MaxInt64/unit {
		return 0, false
	}
	ns := whole * unit
	for _, d := range frac {
		unit /= 10
		ns += uint64(d-'0') * unit
	}
	return int64(ns), ns <= math.MaxInt64
}

// epochFloat reads a count with an exponent, as some encoders spell floats.
func epochFloat(text []byte) (int64, bool) {
	if len(text) > 32 || len(text) == 0 || !isDigit(text[0]) {
		return 0, false
	}
	for _, c := range text {
		if !isDigit(c) && c != '.' && c != 'e' && c != 'E' && c != '+' && c != '-' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f < minSeconds || f > math.MaxInt64 {
		return 0, false
	}
	whole := math.Floor(f)
	ns, ok := scaleEpoch(uint64(whole), nil)
	if !ok {
		return 0, false
	}
	one, _ := scaleEpoch(uint64(whole)+1, nil)
	if one > ns { // a step of the unit, for the fraction
		ns += int64((f - whole) * float64(one-ns))
	}
	return ns, true
}

// readCount reads a count at the start of a line: ten digits with or without
// a fraction, or thirteen, sixteen or nineteen, of this century.
func readCount(b []byte, c *civil) int {
	n := 0
	for n < len(b) && n < 20 && isDigit(b[n]) {
		n++
	}
	if n == 1 && len(b) > 6 && b[1] == '.' { // 1.7726184001234567e+09: zap
		return readFloat(b, c)
	}
	whole := n
	if n+1 < len(b) && b[n] == '.' && isDigit(b[n+1]) {
		n++
		for n < len(b) && n-whole < 11 && isDigit(b[n]) {
			n++
		}
	}
	switch {
	case whole != 10 && whole != 13 && whole != 16 && whole != 19:
		return 0
	case !endsWord(b, n), n < len(b) && (b[n] == '.' || b[n] == '-'):
		return 0
	}
	ns, ok := Epoch(b[:n])
	if !ok || ns < 946684800*second || ns > 4102444800*second {
		return 0
	}
	c.counted, c.count, c.zone, c.date, c.hasYear = true, ns, fixedZone, true, true
	return n
}

// readFloat reads seconds since the epoch with an exponent.
func readFloat(b []byte, c *civil) int {
	n := 2
	for n < len(b) && n < 22 && isDigit(b[n]) {
		n++
	}
	if n < 8 || n+4 > len(b) || string(b[n:n+4]) != "e+09" || !endsWord(b, n+4) {
		return 0
	}
	ns, ok := Epoch(b[:n+4])
	if !ok || ns < 946684800*second || ns > 4102444800*second {
		return 0
	}
	c.counted, c.count, c.zone, c.date, c.hasYear = true, ns, fixedZone, true, true
	return n + 4
}

// readTAI reads a TAI64N label as multilog writes it. Like multilog's readers
// it takes ten seconds between TAI and UTC.
func readTAI(b []byte, c *civil) int {
	const digits = 24
	if len(b) < digits+1 || b[0] != '@' || b[1] != '4' {
		return 0
	}
	secs, err := strconv.ParseUint(string(b[1:17]), 16, 64)
	if err != nil {
		return 0
	}
	nanos, err := strconv.ParseUint(string(b[17:25]), 16, 32)
	if err != nil || nanos >= uint64(second) || !endsWord(b, digits+1) {
		return 0
	}
	secs -= 1<<62 + 10
	if secs > maxSeconds/20 {
		return 0
	}
	c.counted, c.count, c.zone, c.date, c.hasYear = true, int64(secs)*second+int64(nanos), fixedZone, true, true
	return digits + 1
}
