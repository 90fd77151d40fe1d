package lifecycle

import (
	"strings"

	"ravel/model"
)

// Facts is the model.Lifecycle of t's rules and of the tables of keys.
func (t *Table) Facts(r *model.Record) model.Facts {
	var f Fields
	f.Reset()
	var facts model.Facts
	walk(&f, &facts, Top, r.Fields)
	msg := []byte(r.Message)
	var h Hit
	if !t.Match(msg, &h) && f.event != nil {
		t.Match(f.event, &h)
		msg = f.event
	}
	path, _ := f.Target()
	facts.Method, facts.Path, facts.Client, facts.Name = string(f.Method), string(path), string(f.Client), string(f.Name)
	if h.Event == model.NoEvent {
		return facts
	}
	fill(&facts.Method, h.Method.Of(msg))
	fill(&facts.Path, h.Path.Of(msg))
	fill(&facts.Client, h.Client.Of(msg))
	rule := &t.rules[h.Rule]
	if h.Kind != model.KindHTTP {
		fill(&facts.Name, h.Name.Of(msg))
		fill(&facts.Name, []byte(rule.Name))
	} else {
		facts.Name = ""
	}
	switch h.Event {
	case model.Started:
		facts.Opens = rule.pairBits
	case model.Ended, model.EndedFailed, model.Whole, model.WholeFailed:
		facts.Closes = rule.pairBits
	}
	return facts
}

func fill(s *string, b []byte) {
	if *s == "" {
		*s = string(b)
	}
}

// walk offers a record's fields to the tables, the top before the containers,
// and keeps its ids.
func walk(f *Fields, facts *model.Facts, o Object, fields []model.Field) {
	for i := range fields {
		v := &fields[i].Value
		switch v.Kind {
		case model.String, model.Number:
			f.Add(o, []byte(fields[i].Name), []byte(v.Str), v.Kind == model.Number)
			if name := fields[i].Name; isIDName(name) && len(facts.IDs) < 8 && !None([]byte(v.Str)) {
				facts.IDs = append(facts.IDs, model.Field{Name: name, Value: model.StringValue(strings.Clone(v.Str))})
			}
		}
	}
	for i := range fields {
		v := &fields[i].Value
		if v.Kind != model.Object {
			continue
		}
		if inner := Enter(o, []byte(fields[i].Name)); inner != Elsewhere {
			walk(f, facts, inner, v.Keys)
		}
	}
}

// isIDName reports whether a key names an id that a start and its end may
// share.
func isIDName(name string) bool {
	return strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id") && len(name) > 2
}
