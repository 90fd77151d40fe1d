package query

import (
	"strings"

	"ravel/model"
)

// CloneRecord is r with memory of its own, for those who keep it beyond its
// batch.
func CloneRecord(r *model.Record) *model.Record {
	c := *r
	c.Source, c.Domain, c.Format = clone(r.Source), clone(r.Domain), clone(r.Format)
	c.RequestID, c.CorrelationID, c.Message = clone(r.RequestID), clone(r.CorrelationID), clone(r.Message)
	c.Raw = append([]byte(nil), r.Raw...)
	c.Text = c.Raw
	if string(r.Text) != string(r.Raw) {
		c.Text = append([]byte(nil), r.Text...)
	}
	c.LineList = append([]uint32(nil), r.LineList...)
	c.Fields = cloneFields(r.Fields)
	if r.Traceback != nil {
		c.Traceback = cloneTraceback(r.Traceback)
	}
	return &c
}

// clone is s with memory of its own.
func clone(s string) string { return strings.Clone(s) }

// cloneFields is fields with memory of their own.
func cloneFields(fields []model.Field) []model.Field {
	if fields == nil {
		return nil
	}
	out := make([]model.Field, len(fields))
	for i, f := range fields {
		out[i] = model.Field{Name: clone(f.Name), Value: cloneValue(f.Value)}
	}
	return out
}

// cloneValue is v with memory of its own.
func cloneValue(v model.Value) model.Value {
	c := model.Value{Kind: v.Kind, Str: clone(v.Str), Keys: cloneFields(v.Keys)}
	if v.Items != nil {
		c.Items = make([]model.Value, len(v.Items))
		for i := range v.Items {
			c.Items[i] = cloneValue(v.Items[i])
		}
	}
	return c
}

// cloneTraceback is t with memory of its own.
func cloneTraceback(t *model.Traceback) *model.Traceback {
	c := &model.Traceback{Type: clone(t.Type), Message: clone(t.Message), Text: clone(t.Text)}
	for _, f := range t.Frames {
		c.Frames = append(c.Frames, model.Frame{File: clone(f.File), Line: f.Line, Function: clone(f.Function), Code: clone(f.Code)})
	}
	for _, e := range t.Causes {
		c.Causes = append(c.Causes, model.Cause{Type: clone(e.Type), Message: clone(e.Message)})
	}
	return c
}
