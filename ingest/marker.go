package ingest

import (
	"encoding/json"
	"strings"
	"time"

	"ravel/model"
	"ravel/sources"
)

// marker makes a batch of one record of ravel's own: a JSON line, so that it
// is decoded like any other, flagged model.Marker, so that it is not taken for
// a byte of the input.
func (in *Ingest) marker(info sources.Info, t time.Time, level model.Level, text string, fields []model.Field) *model.Batch {
	var line strings.Builder
	member := func(key string, v any) {
		k, _ := json.Marshal(key) // strings, numbers and maps of them cannot fail
		val, err := json.Marshal(v)
		if err != nil {
			return
		}
		line.WriteByte(",{"[b2i(line.Len() == 0)])
		line.Write(k)
		line.WriteByte(':')
		line.Write(val)
	}
	if !t.IsZero() {
		member("timestamp", t.UTC().Format(time.RFC3339Nano))
	}
	if level != model.LevelNone {
		member("level", level.String())
	}
	member("message", text)
	for _, f := range fields {
		member(f.Name, plainValue(f.Value))
	}
	line.WriteString("}\n")

	in.mu.Lock()
	p := in.newParser(info)
	in.mu.Unlock()
	b := &model.Batch{Buf: []byte(line.String())}
	p.Parse(b, 0, true)
	for i := range b.Flags {
		b.Flags[i] |= model.Marker
		b.Line[i] = 0
	}
	b.Pack()
	return b
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// plainValue turns a value into what encoding/json writes the same way.
func plainValue(v model.Value) any {
	switch v.Kind {
	case model.Null:
		return nil
	case model.Bool:
		return v.Str == "true"
	case model.Number:
		return json.Number(v.Str)
	case model.Array:
		items := make([]any, len(v.Items))
		for i, item := range v.Items {
			items[i] = plainValue(item)
		}
		return items
	case model.Object:
		keys := make(map[string]any, len(v.Keys))
		for _, f := range v.Keys {
			keys[f.Name] = plainValue(f.Value)
		}
		return keys
	}
	return v.Str
}
