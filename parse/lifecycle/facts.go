package lifecycle

import (
	"strings"

	"ravel/model"
)

// Facts is what a record says of its request, by t's rules and the tables of
// keys; with it a Table is a model.Lifecycle.
func (t *Table) Facts(r *model.Record) model.Facts {
	var g gathered
	g.walk(Top, r.Fields)
	var scratch [512]byte
	msg := append(scratch[:0], firstPart(r.Message)...)
	var h Hit
	if !t.Match(msg, &h) && g.event != "" {
		msg = append(scratch[:0], firstPart(g.event)...)
		t.Match(msg, &h)
	}
	path, _ := splitTarget(g.path)
	f := model.Facts{Method: strings.Clone(g.method), Path: strings.Clone(path), Client: strings.Clone(g.client), Name: strings.Clone(g.name), IDs: g.ids}
	t.tell(msg, &h, &f)
	return f
}

// Told is Facts of a record that says nothing but its message, which t's Match
// has been asked about: h is what it left.
func (t *Table) Told(msg []byte, h *Hit) model.Facts {
	var f model.Facts
	t.tell(msg, h, &f)
	return f
}

// tell adds what the phrase of a message says to what f has.
func (t *Table) tell(msg []byte, h *Hit, f *model.Facts) {
	if h.Event == model.NoEvent {
		return
	}
	fill(&f.Method, h.Method.Of(msg))
	fill(&f.Path, h.Path.Of(msg))
	fill(&f.Client, h.Client.Of(msg))
	rule := &t.rules[h.Rule]
	if h.Kind == model.KindHTTP {
		f.Name = ""
	} else {
		fill(&f.Name, h.Name.Of(msg))
		if f.Name == "" {
			f.Name = rule.Name
		}
	}
	switch h.Event {
	case model.Started:
		f.Opens = rule.pairBits
	case model.Ended, model.EndedFailed, model.Whole, model.WholeFailed:
		f.Closes = rule.pairBits
	}
}

// firstPart is as much of a message as a phrase may take.
func firstPart(msg string) string { return msg[:min(len(msg), maxPhrase)] }

func fill(s *string, b []byte) {
	if *s == "" && len(b) > 0 {
		*s = string(b)
	}
}

// gathered is what a record's fields say, the first of equal roles each.
type gathered struct {
	method, path, client, name, event string
	ids                               []model.Field
}

// maxIDs bounds the ids by which a start and an end may find each other.
const maxIDs = 8

// walk takes the fields of object o, then those of the objects in it.
func (g *gathered) walk(o Object, fields []model.Field) {
	for i := range fields {
		name, v := fields[i].Name, &fields[i].Value
		if v.Kind != model.String && v.Kind != model.Number {
			continue
		}
		g.take(Key(o, name), v.Str)
		if len(g.ids) < maxIDs && isIDName(name) && !None([]byte(v.Str)) {
			g.ids = append(g.ids, model.Field{Name: strings.Clone(name), Value: model.StringValue(strings.Clone(v.Str))})
		}
	}
	for i := range fields {
		if fields[i].Value.Kind != model.Object {
			continue
		}
		if inner := Enter(o, fields[i].Name); inner != Elsewhere {
			g.walk(inner, fields[i].Value.Keys)
		}
	}
}

func (g *gathered) take(role Role, v string) {
	var slot *string
	switch role {
	case Method:
		slot = &g.method
	case Path:
		if !isTarget(v) {
			return
		}
		slot = &g.path
	case Client:
		slot = &g.client
	case Name:
		slot = &g.name
	case Event:
		slot = &g.event
	default:
		return
	}
	if *slot == "" {
		*slot = v
	}
}

// isIDName reports whether a key names an id that a start and its end may
// share.
func isIDName(name string) bool {
	return strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id") && len(name) > 2
}

// isTarget reports whether v is a path or a URL: "endpoint": "transcribe" is
// neither.
func isTarget[T ~string | ~[]byte](v T) bool {
	return len(v) > 0 && (v[0] == '/' || strings.Contains(string(v), "://"))
}

// splitTarget is setPath for a string.
func splitTarget(s string) (path, query string) {
	if i := strings.Index(s, "://"); i >= 0 && s[0] != '/' {
		slash := strings.IndexByte(s[i+3:], '/')
		if slash < 0 {
			return "", ""
		}
		s = s[i+3+slash:]
	}
	path, query, _ = strings.Cut(s, "?")
	return path, query
}
