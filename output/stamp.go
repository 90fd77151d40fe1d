package output

import (
	"time"

	"ravel/model"
)

const (
	nsPerSecond = int64(time.Second)
	nsPerDay    = 24 * 3600 * nsPerSecond
)

// appendStamp appends ns (UTC) as RFC 3339 with nine decimals and Z: the only
// form of a time stamp in data outputs.
func appendStamp(dst []byte, ns int64) []byte {
	dst = appendClock(dst, ns, 9)
	return append(dst, 'Z')
}

// appendClock appends date and time of ns to the given number of decimals,
// without a zone. It replaces time.AppendFormat, which costs several times the
// rest of a record's encoding.
func appendClock(dst []byte, ns int64, decimals int) []byte {
	days, rest := floorDiv(ns, nsPerDay)
	year, month, day := civil(days)
	sec, frac := rest/nsPerSecond, rest%nsPerSecond
	dst = appendPadded(dst, year, 4)
	dst = appendPadded(append(dst, '-'), month, 2)
	dst = appendPadded(append(dst, '-'), day, 2)
	dst = appendPadded(append(dst, 'T'), int(sec/3600), 2)
	dst = appendPadded(append(dst, ':'), int(sec/60%60), 2)
	dst = appendPadded(append(dst, ':'), int(sec%60), 2)
	for i := decimals; i < 9; i++ {
		frac /= 10
	}
	return appendPadded(append(dst, '.'), int(frac), decimals)
}

// floorDiv is a/b and the remainder, rounding towards minus infinity.
func floorDiv(a, b int64) (q, r int64) {
	q, r = a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	return q, r
}

// civil turns days since the epoch into a date of the Gregorian calendar, by
// counting in eras of 400 years that begin on 1 March.
func civil(days int64) (year, month, day int) {
	era, doe := floorDiv(days+719468, 146097)
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy-(153*mp+2)/5) + 1
	month = int(mp) + 3
	if month > 12 {
		month -= 12
	}
	year = int(yoe + era*400)
	if month <= 2 {
		year++
	}
	return year, month, day
}

// appendPadded appends n with leading zeros to width digits.
func appendPadded(dst []byte, n, width int) []byte {
	var buf [20]byte
	i := len(buf)
	for ; n > 0 || width > 0; width-- {
		i--
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, buf[i:]...)
}

// zoneStamp appends ns in zone to the millisecond with its offset; width is
// always that of the longest form, so that columns align.
func zoneStamp(dst []byte, ns int64, zone *time.Location) []byte {
	if zone == nil || zone == time.UTC {
		return append(appendClock(dst, ns, 3), 'Z')
	}
	_, offset := time.Unix(0, ns).In(zone).Zone()
	dst = appendClock(dst, ns+int64(offset)*nsPerSecond, 3)
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = appendPadded(append(dst, sign), offset/3600, 2)
	return appendPadded(append(dst, ':'), offset/60%60, 2)
}

// stampWidth is how many cells zoneStamp takes in zone.
func stampWidth(zone *time.Location) int { return len(zoneStamp(nil, 0, zone)) }

// appendStampOrNull is appendStamp quoted for JSON.
func appendStampOrNull(dst []byte, ns int64) []byte {
	if ns == model.NoTime {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = appendStamp(dst, ns)
	return append(dst, '"')
}
