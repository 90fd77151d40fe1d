package output

import (
	"strconv"
	"strings"

	"ravel/model"
)

// csvEncoder prints a header and one row a record: the keys of the JSON output
// in their order, the traceback as its text, the fields as JSON.
type csvEncoder struct{}

func (csvEncoder) header(dst []byte) []byte { return appendCSVHeader(dst, recordKeys) }

func (csvEncoder) record(dst []byte, r *model.Record) []byte {
	dst = strconv.AppendUint(dst, uint64(r.Seq), 10)
	dst = appendCell(append(dst, ','), r.Source)
	dst = strconv.AppendUint(append(dst, ','), uint64(r.Line), 10)
	dst = strconv.AppendInt(append(dst, ','), int64(r.Lines), 10)
	dst = append(dst, ',')
	if r.Time != model.NoTime {
		dst = model.AppendStamp(dst, r.Time)
	}
	dst = append(dst, ',')
	if r.Level != model.LevelNone {
		dst = append(dst, r.Level.String()...)
	}
	dst = appendCell(append(dst, ','), r.Domain)
	dst = appendCell(append(dst, ','), r.RequestID)
	dst = appendCell(append(dst, ','), r.CorrelationID)
	dst = appendCell(append(dst, ','), r.Message)
	dst = append(dst, ',')
	if r.Traceback != nil {
		dst = appendCell(dst, r.Traceback.Text)
	}
	dst = appendCell(append(dst, ','), string(appendObject(nil, r.Fields)))
	return append(dst, '\n')
}

func appendCSVHeader(dst []byte, names []string) []byte {
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCell(dst, name)
	}
	return append(dst, '\n')
}

// appendCell appends a value of a row, quoted where it must be. CSV has no
// escapes: what could control a terminal is spelt out as in text.
func appendCell(dst []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") && (s == "" || s[0] != ' ' && s[len(s)-1] != ' ') {
		return appendVisible(dst, s, false)
	}
	dst = append(dst, '"')
	for more := true; more; {
		var part string
		part, s, more = strings.Cut(s, `"`)
		dst = appendVisible(dst, part, false)
		if more {
			dst = append(dst, '"', '"')
		}
	}
	return append(dst, '"')
}
