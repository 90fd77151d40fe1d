package canvas

import (
	"strconv"
	"time"
)

// AppendCount appends a count in at most five cells: 204, 5.6k, 98k, 1.20M.
func AppendCount(dst []byte, n uint64) []byte {
	switch {
	case n < 1000:
		return strconv.AppendUint(dst, n, 10)
	case n < 99_950:
		return appendTenths(dst, (n+50)/100, 'k')
	case n < 999_500:
		return append(strconv.AppendUint(dst, (n+500)/1000, 10), 'k')
	case n < 999_500_000:
		return append(appendThree(dst, n, 1_000_000), 'M')
	case n < 999_500_000_000:
		return append(appendThree(dst, n, 1_000_000_000), 'G')
	}
	return append(appendThree(dst, n, 1_000_000_000_000), 'T')
}

// appendTenths appends n tenths without a needless .0.
func appendTenths(dst []byte, n uint64, unit byte) []byte {
	dst = strconv.AppendUint(dst, n/10, 10)
	if n%10 != 0 {
		dst = append(dst, '.', byte('0'+n%10))
	}
	return append(dst, unit)
}

// appendThree appends n in units with three significant digits.
func appendThree(dst []byte, n, unit uint64) []byte {
	decimals := 2
	switch {
	case n >= 100*unit-unit/2:
		decimals = 0
	case n >= 10*unit-unit/200:
		decimals = 1
	}
	return strconv.AppendFloat(dst, float64(n)/float64(unit), 'f', decimals, 64)
}

// AppendTook appends how long a request took, given in ns: 0.4ms, 182ms,
// 1.25s, 12.3s, 2m05s.
func AppendTook(dst []byte, ns int64) []byte {
	switch d := time.Duration(ns); {
	case d < 0:
		return append(dst, '-')
	case d < time.Millisecond && d > 0:
		return append(strconv.AppendFloat(dst, float64(d)/1e6, 'f', 1, 64), "ms"...)
	case d < time.Second:
		return append(strconv.AppendInt(dst, int64((d+time.Millisecond/2)/time.Millisecond), 10), "ms"...)
	case d < 10*time.Second:
		return append(strconv.AppendFloat(dst, d.Seconds(), 'f', 2, 64), 's')
	case d < time.Minute:
		return append(strconv.AppendFloat(dst, d.Seconds(), 'f', 1, 64), 's')
	}
	return AppendSpan(dst, time.Duration(ns))
}

// AppendSpan appends a span of time: 0s, 41s, 15m02s, 3h05m, 2d04h.
func AppendSpan(dst []byte, d time.Duration) []byte {
	s := max(int64(d/time.Second), 0)
	switch {
	case s < 60:
		return append(strconv.AppendInt(dst, s, 10), 's')
	case s < 3600:
		return appendPair(dst, s/60, 'm', s%60, 's')
	case s < 86400:
		return appendPair(dst, s/3600, 'h', s%3600/60, 'm')
	}
	return appendPair(dst, s/86400, 'd', s%86400/3600, 'h')
}

func appendPair(dst []byte, a int64, ua byte, b int64, ub byte) []byte {
	dst = append(strconv.AppendInt(dst, a, 10), ua)
	return append(dst, byte('0'+b/10), byte('0'+b%10), ub)
}

// ClockStep is how far a running clock must have run on before the screen shows
// it anew (rule 16): 1 s under 10 s, 10 s under 2 min, then 1 min.
func ClockStep(shown time.Duration) time.Duration {
	switch {
	case shown >= 2*time.Minute:
		return time.Minute
	case shown >= 10*time.Second:
		return 10 * time.Second
	}
	return time.Second
}

// AppendDelta appends a time since: +0ms, +36ms, +1.250s, +2m05s.
func AppendDelta(dst []byte, ns int64) []byte {
	if ns < 0 {
		dst, ns = append(dst, '-'), -ns
	} else {
		dst = append(dst, '+')
	}
	switch d := time.Duration(ns); {
	case d < time.Second:
		return append(strconv.AppendInt(dst, int64(d/time.Millisecond), 10), "ms"...)
	case d < time.Minute:
		return append(strconv.AppendFloat(dst, d.Seconds(), 'f', 3, 64), 's')
	default:
		return AppendSpan(dst, d)
	}
}

// Count and Span are the forms for text that is built once.
func Count(n uint64) string { return string(AppendCount(nil, n)) }

// Span is AppendSpan as a string.
func Span(d time.Duration) string { return string(AppendSpan(nil, d)) }

// Took is AppendTook as a string.
func Took(ns int64) string { return string(AppendTook(nil, ns)) }
