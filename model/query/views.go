package query

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ravel/model"
	"ravel/model/stats"
)

// The columns of | errors and | templates.
var (
	errorColumns    = []string{"fingerprint", "count", "last_hour", "first", "last", "level", "domain", "type", "message", "trend", "trend_step"}
	templateColumns = []string{"template", "count", "last_hour", "first", "last", "level", "domain", "trend", "trend_step"}
)

// maxKinds bounds the kinds of errors or templates that are told apart.
const maxKinds = 20_000

// summary gathers records that say the same thing in different words.
type summary struct {
	name   string // of the stage
	kindOf func(r *row) (key string, ok bool)
	cols   []string
	kinds  map[string]*kind
	newest int64
	time   calendar
	lost   int
	next   operator
}

// kind is one of them.
type kind struct {
	key         string
	typ         string
	message     string // of its first record
	domain      string
	level       model.Level
	count       int64
	first, last int64
	minutes     [60]uint32 // of the hour that ends at minute
	minute      int64
	trend       trend
}

// at counts a record with a stamp in its minute.
func (k *kind) at(ns int64) {
	if k.first == model.NoTime || ns < k.first {
		k.first = ns
	}
	k.last = max(k.last, ns)
	m := ns / int64(time.Minute)
	for k.minute < m { // the hour moves on
		if m-k.minute >= 60 {
			k.minutes = [60]uint32{}
			k.minute = m
			break
		}
		k.minute++
		k.minutes[k.minute%60] = 0
	}
	if k.minute-m < 60 && m >= 0 {
		k.minutes[m%60]++
	}
}

// lastHour is how many of them are of the hour that ends at ns.
func (k *kind) lastHour(ns int64) int64 {
	end, n := ns/int64(time.Minute), int64(0)
	for m := max(end-59, k.minute-59, 0); m <= min(end, k.minute); m++ {
		n += int64(k.minutes[m%60])
	}
	return n
}

// newErrors summarises errors: records of level ERROR or above, or with a
// traceback, by the exception's type and the template of its message.
func newErrors(next operator) *summary {
	return &summary{name: "errors", cols: errorColumns, kinds: map[string]*kind{}, newest: model.NoTime, next: next,
		kindOf: func(r *row) (string, bool) {
			rec := r.rec()
			switch {
			case rec.Traceback != nil && rec.Traceback.Type != "":
				return rec.Traceback.Type + "\x00" + stats.Template([]byte(rec.Traceback.Message)), true
			case rec.Level >= model.Error || rec.Traceback != nil:
				return "\x00" + stats.Template([]byte(rec.Message)), true
			}
			return "", false
		},
	}
}

// newTemplates summarises messages by their template.
func newTemplates(next operator) *summary {
	return &summary{name: "templates", cols: templateColumns, kinds: map[string]*kind{}, newest: model.NoTime, next: next,
		kindOf: func(r *row) (string, bool) {
			if r.rec().Message == "" {
				return "", false
			}
			return stats.Template([]byte(r.rec().Message)), true
		},
	}
}

func (s *summary) push(r *row) error {
	if r.r == nil && !r.batched {
		return fmt.Errorf("| %s needs records: put it in front of the stages that make a table", s.name)
	}
	s.newest = max(s.newest, r.time())
	if s.name == "errors" && r.batched && r.b.Level[r.i] < model.Error && r.b.Flags[r.i]&model.HasTraceback == 0 {
		return nil
	}
	key, ok := s.kindOf(r)
	if !ok {
		return nil
	}
	k := s.kinds[key]
	if k == nil {
		if len(s.kinds) >= maxKinds {
			s.lost++
			return nil
		}
		k = newKind(key, r.rec(), s.name == "errors")
		s.kinds[k.key] = k
	}
	k.count++
	k.level = max(k.level, r.rec().Level)
	if t := r.time(); t != model.NoTime {
		s.time.see(t)
		k.at(t)
		k.trend.add(t, &s.time)
	}
	return nil
}

// newKind is the kind whose first record is rec; of an error it is told by its
// exception, if it has one.
func newKind(key string, rec *model.Record, isError bool) *kind {
	k := &kind{key: clone(key), message: clone(rec.Message), domain: clone(rec.Domain), first: model.NoTime, last: model.NoTime}
	if tb := rec.Traceback; tb != nil && isError {
		k.typ = clone(tb.Type)
		if tb.Message != "" {
			k.message = clone(tb.Message)
		}
	}
	return k
}

func (s *summary) close() error {
	all := make([]*kind, 0, len(s.kinds))
	for _, k := range s.kinds {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *kind) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.first, b.first), cmp.Compare(a.key, b.key))
	})
	for _, k := range all {
		r := row{names: s.cols, values: s.values(k), opens: func() Expr { return s.opens(k) }}
		if err := s.next.push(&r); err != nil {
			return drained(err, s.next)
		}
	}
	return s.next.close()
}

// values is a kind's row.
func (s *summary) values(k *kind) []model.Value {
	first, _, _ := stamp(k.first)
	last, _, _ := stamp(k.last)
	level := model.Value{}
	if k.level != model.LevelNone {
		level = model.StringValue(k.level.String())
	}
	shape := []model.Value{k.trend.values(&s.time), s.time.step()}
	common := []model.Value{number(k.count), number(k.lastHour(s.newest)), first, last, level, orNull(k.domain)}
	if s.name == "templates" {
		return slices.Concat([]model.Value{model.StringValue(k.key)}, common, shape)
	}
	print := fmt.Sprintf("%016x", stats.Fingerprint([]byte(k.key)))
	return slices.Concat([]model.Value{model.StringValue(print)}, common, []model.Value{orNull(k.typ), model.StringValue(k.message)}, shape)
}

// orNull is a string, Null if empty.
func orNull(s string) model.Value {
	if s == "" {
		return model.Value{}
	}
	return model.StringValue(s)
}

// opens is the filter that finds the records of a kind.
func (s *summary) opens(k *kind) Expr {
	message := &Test{Field: "template", Op: Eq, Values: []Value{facetValue("template", stats.Template([]byte(k.message)))}}
	if s.name == "templates" {
		return message
	}
	if k.typ != "" {
		return &Test{Field: "exception.type", Op: Eq, Values: []Value{facetValue("exception.type", k.typ)}}
	}
	return All(&Test{Field: "level", Op: Ge, Values: []Value{{Text: "error"}}}, message)
}

// note says that kinds were left out.
func (s *summary) note() string {
	if s.lost == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %d records are of kinds beyond the first %d and are not counted", s.name, s.lost, maxKinds)
}
