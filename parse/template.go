package parse

import (
	"bytes"
	"strconv"

	"ravel/model"
)

// fillTemplate fills the holes of a message's template, {Name} or {Name:0.00}, with the
// values of fields.
func fillTemplate(template []byte, fields []model.Field) ([]byte, bool) {
	if bytes.IndexByte(template, '{') < 0 {
		return template, false
	}
	out, filled := make([]byte, 0, 2*len(template)), false
	for i := 0; i < len(template); i++ {
		c := template[i]
		if (c == '{' || c == '}') && i+1 < len(template) && template[i+1] == c {
			i++
		} else if end := bytes.IndexByte(template[i:], '}'); c == '{' && end > 1 {
			name, spec, _ := bytes.Cut(template[i+1:i+end], []byte(":"))
			name, _, _ = bytes.Cut(bytes.TrimLeft(name, "@$"), []byte(","))
			if v, ok := member(fields, string(name)); ok && (v.Kind == model.String || v.Kind == model.Number || v.Kind == model.Bool) {
				out, filled = append(out, decimals(v.Str, string(spec))...), true
				i += end
				continue
			}
		}
		out = append(out, c)
	}
	return out, filled
}

// decimals is a number with as many decimals as spec has zeros behind its point.
func decimals(number, spec string) string {
	const mark = "0."
	if len(spec) <= len(mark) || spec[:len(mark)] != mark || len(bytes.Trim([]byte(spec[len(mark):]), "0")) > 0 {
		return number
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	return strconv.FormatFloat(f, 'f', len(spec)-len(mark), 64)
}
