package lifecycle

import "ravel/model"

// unit is a spelling of a unit of time and its length in ns.
type unit struct {
	name string
	ns   float64
}

// units, longer spellings before their own beginnings.
var units = [...]unit{
	{"milliseconds", 1e6}, {"millisecond", 1e6}, {"millis", 1e6}, {"msecs", 1e6}, {"msec", 1e6}, {"ms", 1e6},
	{"microseconds", 1e3}, {"µs", 1e3}, {"μs", 1e3}, {"usec", 1e3}, {"us", 1e3},
	{"nanoseconds", 1}, {"nanos", 1}, {"ns", 1},
	{"seconds", 1e9}, {"second", 1e9}, {"secs", 1e9}, {"sec", 1e9}, {"s", 1e9},
	{"minutes", 60e9}, {"minute", 60e9}, {"mins", 60e9}, {"min", 60e9}, {"m", 60e9},
	{"hours", 3600e9}, {"hour", 3600e9}, {"h", 3600e9},
}

// durationAt reads a duration at the start of b and returns how long it is in
// the text, 0 if there is none. For {ms} and {s} the number alone is read.
func durationAt(b []byte, c capture) (uint32, int) {
	v, n := number(b)
	if n == 0 {
		return model.NoDur, 0
	}
	switch c {
	case capMS:
		return clampDur(v * 1e6), n
	case capS:
		return clampDur(v * 1e9), n
	}
	ns, n := withUnit(b, v, n)
	if n == 0 {
		return model.NoDur, 0
	}
	for n < len(b) && digit(b[n]) { // 1m30.5s
		more, k := number(b[n:])
		part, k := withUnit(b[n:], more, k)
		if k == 0 {
			break
		}
		ns, n = ns+part, n+k
	}
	return clampDur(ns), n
}

// withUnit reads the unit behind the n bytes of number v; it returns
// nanoseconds and the length of both, 0 if no unit stands there.
func withUnit(b []byte, v float64, n int) (float64, int) {
	if n < len(b) && b[n] == ' ' {
		n++
	}
	for _, u := range units {
		if end := n + len(u.name); end <= len(b) && string(b[n:end]) == u.name && (end == len(b) || !isLetter(b[end])) {
			return v * u.ns, end
		}
	}
	return 0, 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80 }

// number reads an unsigned decimal number and returns its length, 0 if there
// is none.
func number(b []byte) (float64, int) {
	var v float64
	i := 0
	for i < len(b) && digit(b[i]) {
		v = v*10 + float64(b[i]-'0')
		i++
	}
	if i == 0 || i > 18 {
		return 0, 0
	}
	if i+1 < len(b) && b[i] == '.' && digit(b[i+1]) {
		scale := 0.1
		for i++; i < len(b) && digit(b[i]); i++ {
			v += float64(b[i]-'0') * scale
			scale /= 10
		}
	}
	return v, i
}

// Duration reads text that is a duration with its unit, as `"latency":"12.5ms"`
// holds, and returns it in µs.
func Duration(text []byte) (uint32, bool) {
	d, n := durationAt(text, capDur)
	return d, n > 0 && n == len(text)
}
