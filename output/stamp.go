package output

import (
	"time"

	"ravel/model"
)

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
		return append(model.AppendClock(dst, ns, 3), 'Z')
	}
	_, offset := time.Unix(0, ns).In(zone).Zone()
	dst = model.AppendClock(dst, ns+int64(offset)*int64(time.Second), 3)
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = appendPadded(append(dst, sign), offset/3600, 2)
	return appendPadded(append(dst, ':'), offset/60%60, 2)
}

// stampWidth is how many cells zoneStamp takes in zone.
func stampWidth(zone *time.Location) int { return len(zoneStamp(nil, 0, zone)) }

// appendStampOrNull is model.AppendStamp quoted for JSON.
func appendStampOrNull(dst []byte, ns int64) []byte {
	if ns == model.NoTime {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = model.AppendStamp(dst, ns)
	return append(dst, '"')
}
