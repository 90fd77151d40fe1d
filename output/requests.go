package output

import (
	"strconv"

	"ravel/model"
)

// AppendRequest appends q as one JSON object and a line feed, its keys in the
// order of rule 18. What is open (in flight or hung) has neither end nor
// duration.
func AppendRequest(dst []byte, q *model.Request) []byte {
	dst = appendStringOrNull(append(dst, `{"request_id":`...), q.ID)
	dst = appendStringOrNull(append(dst, `,"correlation_id":`...), q.CorrelationID)
	dst = appendString(append(dst, `,"kind":`...), q.Kind.String())
	dst = appendStringOrNull(append(dst, `,"name":`...), q.Name)
	dst = appendString(append(dst, `,"state":`...), q.State.String())
	dst = appendStampOrNull(append(dst, `,"start":`...), q.Start)
	dst = appendStampOrNull(append(dst, `,"end":`...), endOf(q))
	dst = append(dst, `,"duration_ms":`...)
	if hasDuration(q) {
		dst = appendMillis(dst, q.Duration)
	} else {
		dst = append(dst, "null"...)
	}
	dst = appendStringOrNull(append(dst, `,"method":`...), q.Method)
	dst = appendStringOrNull(append(dst, `,"path":`...), q.Path)
	dst = appendStringOrNull(append(dst, `,"client":`...), q.Client)
	dst = append(dst, `,"status":`...)
	if q.Status > 0 {
		dst = strconv.AppendInt(dst, int64(q.Status), 10)
	} else {
		dst = append(dst, "null"...)
	}
	dst = appendLevel(append(dst, `,"level":`...), q.Level)
	dst = append(dst, `,"records":`...)
	dst = strconv.AppendInt(dst, int64(q.Records), 10)
	dst = append(dst, `,"sources":[`...)
	for i, s := range q.Sources {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	dst = append(dst, `],"error":`...)
	if q.ErrorType == "" && q.ErrorMessage == "" {
		dst = append(dst, "null"...)
	} else {
		dst = appendStringOrNull(append(dst, `{"type":`...), q.ErrorType)
		dst = appendStringOrNull(append(dst, `,"message":`...), q.ErrorMessage)
		dst = append(dst, '}')
	}
	return append(dst, '}', '\n')
}

// isOpen reports whether a request has started and not ended.
func isOpen(q *model.Request) bool { return q.State == model.InFlight || q.State == model.Hung }

// hasDuration reports whether how long a request took is known: one that is
// unmarked took from its first record to its last.
func hasDuration(q *model.Request) bool { return q.Duration >= 0 && !isOpen(q) }

// endOf is when q ended, NoTime while it is open.
func endOf(q *model.Request) int64 {
	if isOpen(q) {
		return model.NoTime
	}
	return q.End
}

func appendInt(n int) []byte { return strconv.AppendInt(nil, int64(n), 10) }

// appendMillis appends ns as milliseconds with as many decimals as it takes.
func appendMillis(dst []byte, ns int64) []byte {
	dst = strconv.AppendInt(dst, ns/1e6, 10)
	frac := ns % 1e6
	if frac == 0 {
		return dst
	}
	dst = appendPadded(append(dst, '.'), int(frac), 6)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
