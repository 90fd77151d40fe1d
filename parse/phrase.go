package parse

import (
	"bytes"

	"ravel/model"
)

// phrase reads the two phrases that most lines of a web service's log are, and
// gives what package lifecycle gives for them, without the spans that only
// decoding needs:
//
//	Started METHOD /path HTTP/1.1 from CLIENT
//	Completed STATUS REASON in Nms
//
// ok is false for anything else, and for any doubt: then lifecycle is asked.
func phrase(msg []byte) (mark model.Mark, status uint16, dur uint32, ok bool) {
	switch {
	case hasPrefix(msg, "Started "):
		return model.MakeMark(model.KindHTTP, model.Started), 0, model.NoDur, startedPhrase(msg[8:])
	case hasPrefix(msg, "Completed ") && len(msg) > 20:
		status, dur, ok = completedPhrase(msg[10:])
		return model.MakeMark(model.KindHTTP, model.Ended), status, dur, ok
	}
	return 0, 0, 0, false
}

// startedPhrase reads `METHOD /path HTTP/1.1 from CLIENT`.
func startedPhrase(b []byte) bool {
	n := token(b, 0)
	switch string(b[:n]) {
	case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS":
	default:
		return false
	}
	if n+1 >= len(b) || b[n+1] != '/' {
		return false
	}
	end := bytes.IndexByte(b[n+1:], ' ')
	if end < 0 {
		return false
	}
	rest := b[n+1+end:]
	if !hasPrefix(rest, " HTTP/") {
		return false
	}
	from := token(rest, 6)
	return hasPrefix(rest[from:], " from ") && from+6 < len(rest) && isWord(rest[from+6])
}

// completedPhrase reads `200 OK in 12ms`.
func completedPhrase(b []byte) (status uint16, dur uint32, ok bool) {
	if !isDigits(b[:3]) || b[0] < '1' || b[0] > '5' || b[3] != ' ' || !hasPrefix(b[len(b)-2:], "ms") {
		return 0, 0, false
	}
	i := len(b) - 2
	ms, unit := uint64(0), uint64(1000)
	for i > 0 && isDigit(b[i-1]) && unit < 1e12 {
		i--
		ms += uint64(b[i]-'0') * unit
		unit *= 10
	}
	if unit == 1000 || unit >= 1e10 || !bytes.HasSuffix(b[:i], []byte(" in ")) || bytes.Contains(b[:i-4], []byte(" in ")) {
		return 0, 0, false
	}
	return uint16(atoi(b[:3], 999)), uint32(ms), true
}
