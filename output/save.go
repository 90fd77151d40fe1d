package output

import (
	"path/filepath"
	"strings"

	"ravel/model"
	"ravel/model/redact"
)

// SaveAs is how records are written to a file by its name: what begins it, and
// what appends one to dst, as -o json, csv and logfmt print it, masked by r if
// that is not nil. For other names both are nil: the original bytes are meant.
func SaveAs(name string, r *redact.Redactor) (header []byte, record func(dst []byte, rec *model.Record) []byte) {
	var enc encoder
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".jsonl", ".ndjson":
		enc = jsonEncoder{}
	case ".csv":
		enc = csvEncoder{}
	case ".logfmt":
		enc = logfmtEncoder{}
	default:
		return nil, nil
	}
	return enc.header(nil), func(dst []byte, rec *model.Record) []byte { return appendRecord(dst, enc, r, rec) }
}
