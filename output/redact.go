package output

import (
	"ravel/model"
	"ravel/model/redact"
)

// maskRecord masks the secrets in r's text, in its traceback and in the values
// of its fields. What r shares with its batch is replaced, never written to.
func maskRecord(m *redact.Redactor, r *model.Record) {
	text := func(s string) string { return m.Value("", s) }
	r.Message = text(r.Message)
	r.RequestID, r.CorrelationID = text(r.RequestID), text(r.CorrelationID)
	r.Fields = maskFields(m, r.Fields)
	if r.Traceback == nil {
		return
	}
	t := *r.Traceback
	t.Message, t.Text = text(t.Message), text(t.Text)
	t.Frames = append([]model.Frame(nil), t.Frames...)
	for i := range t.Frames {
		t.Frames[i].Code = text(t.Frames[i].Code)
	}
	t.Causes = append([]model.Cause(nil), t.Causes...)
	for i := range t.Causes {
		t.Causes[i].Message = text(t.Causes[i].Message)
	}
	r.Traceback = &t
}

func maskFields(m *redact.Redactor, fields []model.Field) []model.Field {
	if len(fields) == 0 {
		return fields
	}
	masked := make([]model.Field, len(fields))
	for i := range fields {
		masked[i] = model.Field{Name: fields[i].Name, Value: maskValue(m, fields[i].Name, fields[i].Value)}
	}
	return masked
}

// maskValue masks v, which stands under key. A number that is a secret becomes
// a string.
func maskValue(m *redact.Redactor, key string, v model.Value) model.Value {
	switch v.Kind {
	case model.Object:
		v.Keys = maskFields(m, v.Keys)
	case model.Array:
		items := make([]model.Value, len(v.Items))
		for i := range items {
			items[i] = maskValue(m, key, v.Items[i])
		}
		v.Items = items
	case model.Number, model.String:
		if s := m.Value(key, v.Str); s != v.Str {
			return model.StringValue(s)
		}
	}
	return v
}
