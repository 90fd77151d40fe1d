package model

// AppendStamp appends ns (UTC) as RFC 3339 with nine decimals and Z: the only
// form of a time stamp in data outputs and of a query's values.
func AppendStamp(dst []byte, ns int64) []byte {
	return append(AppendClock(dst, ns, 9), 'Z')
}

const (
	nsPerSecond = int64(1e9)
	nsPerDay    = 24 * 3600 * nsPerSecond
)

// AppendClock appends date and time of ns to the given number of decimals, 1 to
// 9, without a zone. It replaces time.AppendFormat, which costs several times the
// rest of a record's encoding.
func AppendClock(dst []byte, ns int64, decimals int) []byte {
	days, rest := floorDiv(ns, nsPerDay)
	year, month, day := civil(days)
	sec, frac := uint32(rest/nsPerSecond), uint32(rest%nsPerSecond)
	text := [29]byte{4: '-', 7: '-', 10: 'T', 13: ':', 16: ':', 19: '.'}
	putTwo(text[0:2], uint32(year/100))
	putTwo(text[2:4], uint32(year%100))
	putTwo(text[5:7], uint32(month))
	putTwo(text[8:10], uint32(day))
	putTwo(text[11:13], sec/3600)
	putTwo(text[14:16], sec/60%60)
	putTwo(text[17:19], sec%60)
	text[20] = byte('0' + frac/1e8)
	putTwo(text[21:23], frac/1e6%100)
	putTwo(text[23:25], frac/1e4%100)
	putTwo(text[25:27], frac/100%100)
	putTwo(text[27:29], frac%100)
	return append(dst, text[:20+decimals]...)
}

// putTwo writes n, at most 99, as two digits.
func putTwo(dst []byte, n uint32) {
	_ = dst[1]
	dst[0], dst[1] = byte('0'+n/10), byte('0'+n%10)
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
