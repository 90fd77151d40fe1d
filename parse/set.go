package parse

import (
	"sync"
	"sync/atomic"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// Format is what is known of one format, for `ravel formats`.
type Format struct {
	Name    string
	Title   string // one line
	Builtin bool
	Pattern string // the regular expression; "" where code recognises it
	File    string // where a user's format was read; "" for a built-in one
	Samples []Sample
}

// format is one row of a Set.
type format struct {
	Format  // of a pattern the name only
	try     func(r *reader, t []byte, h *head) fit
	pattern *pattern // nil where code recognises it
	exact   bool     // nothing else looks so: tried before looser ones
	spells  bool     // no field that it gives is named by it: their names stand in the text
	most    fit      // how surely a line fits at best
}

// about is all that is known of the format.
func (f *format) about() Format {
	if f.pattern != nil {
		return f.pattern.recipe().about
	}
	return f.Format
}

// noFormat stands for no sticky format.
const noFormat = 255

// maxFormats bounds a set: a format's number fits a byte.
const maxFormats = 200

// Set is the formats that are tried, in order. Its formats are frozen once
// made; it is safe for concurrent use.
type Set struct {
	formats []format
	own     uint8         // how many of them are the user's: the first
	object  uint8         // the one of JSON objects; noFormat: another has its name
	byFirst [256][]uint8  // formats that a line with this first byte may have
	exact   [256]uint8    // 1 + the exact one of these; 0: none
	glances [256]*glances // of those of them that are patterns

	mu     sync.Mutex
	shapes atomic.Pointer[[]shape]
}

// shape is what a record's Format column names: the carriers around it and its
// own format.
type shape struct {
	in     stack
	format uint8
}

// anyShape is the column's value of records that are recognised anew when they
// are decoded.
const anyShape = 0

// shape returns the number of a shape, adding it if it is new.
func (s *Set) shape(sh shape) uint8 {
	shapes := *s.shapes.Load()
	for i := 1; i < len(shapes); i++ {
		if shapes[i] == sh {
			return uint8(i)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	shapes = *s.shapes.Load()
	for i := 1; i < len(shapes); i++ {
		if shapes[i] == sh {
			return uint8(i)
		}
	}
	if len(shapes) > 255 {
		return anyShape
	}
	grown := append(shapes, sh) // readers hold a shorter slice
	s.shapes.Store(&grown)
	return uint8(len(grown) - 1)
}

// shapeOf is the inverse of shape.
func (s *Set) shapeOf(n uint8) (shape, bool) {
	shapes := *s.shapes.Load()
	if n == anyShape || int(n) >= len(shapes) {
		return shape{}, false
	}
	return shapes[n], true
}

// recognise finds the format of a record's first line: one of the user's, an
// exact one or the sticky one if it fits surely, else one that the stream has shown before and that does, else
// the best of those that the first byte allows, the earlier one where two fit
// alike. So a stream of a few formats costs a few tries a record, and no format
// is tried twice. shown may be nil.
func (s *Set) recognise(r *reader, t []byte, h *head, sticky uint8, shown *formatSet) (uint8, fit) {
	if len(t) == 0 {
		return noFormat, misfit
	}
	if n, ok := s.owned(r, t, h, sticky); ok {
		return n, strong
	}
	if sticky == noFormat {
		c := contest{s: s, r: r, t: t, h: h, best: noFormat, kept: noFormat}
		return c.run(noFormat, shown)
	}
	if n := s.exact[t[0]]; n > 0 && n-1 != sticky { // the sticky one may look so, too
		if h.reset(); s.formats[n-1].try(r, t, h) == strong {
			h.format, h.fit = n-1, strong
			return n - 1, strong
		}
	}
	h.reset()
	f := s.formats[sticky].try(r, t, h)
	if s.settles(sticky, f) {
		h.format, h.fit = sticky, f
		return sticky, f
	}
	c := contest{s: s, r: r, t: t, h: h, best: noFormat, kept: noFormat}
	c.note(sticky, f)
	return c.run(sticky, shown)
}

// owned gives the line to the user's formats: what is sticky takes none of their
// lines, unless it is one of them.
func (s *Set) owned(r *reader, t []byte, h *head, sticky uint8) (uint8, bool) {
	if sticky < s.own {
		return noFormat, false
	}
	for _, n := range s.byFirst[t[0]] {
		if n >= s.own {
			break
		}
		if h.reset(); s.formats[n].try(r, t, h) == strong {
			h.format, h.fit = n, strong
			return n, true
		}
	}
	return noFormat, false
}

// formatSet is a set of format numbers.
type formatSet [4]uint64

func (s *formatSet) add(n uint8)      { s[n>>6] |= 1 << (n & 63) }
func (s *formatSet) has(n uint8) bool { return s[n>>6]&(1<<(n&63)) != 0 }

// find returns the number of the format with that name.
func (s *Set) find(name string) (uint8, bool) {
	for i := range s.formats {
		if s.formats[i].Name == name {
			return uint8(i), true
		}
	}
	return noFormat, false
}

// builtin is the number of a format that code recognises; noFormat where it is
// not there, or another has its name.
func (s *Set) builtin(name string) uint8 {
	if n, ok := s.find(name); ok && s.formats[n].Builtin && s.formats[n].pattern == nil {
		return n
	}
	return noFormat
}

// quick is builtin for a format whose lines, which begin with one of first's
// bytes, can be taken without a look at others: none of the user's may begin so.
func (s *Set) quick(name, first string) uint8 {
	for _, c := range []byte(first) {
		if may := s.byFirst[c]; len(may) > 0 && may[0] < s.own {
			return noFormat
		}
	}
	return s.builtin(name)
}

// formatName is the name of format number n, "text" for none.
func (s *Set) formatName(n uint8) string {
	if int(n) < len(s.formats) {
		return s.formats[n].Name
	}
	return "text"
}

// Facts is what a record says of its request: by the lifecycle of its own
// format, where that has one, and by the built-in one. With it a Set is a
// model.Lifecycle.
func (s *Set) Facts(r *model.Record) model.Facts {
	f := lifecycle.Builtin().Facts(r)
	n, ok := s.find(r.Format)
	if !ok || s.formats[n].pattern == nil {
		return f
	}
	table := s.formats[n].pattern.recipe().table
	if table == nil {
		return f
	}
	own := table.Facts(r)
	for _, text := range [...]struct{ own, builtin *string }{{&own.Method, &f.Method}, {&own.Path, &f.Path}, {&own.Client, &f.Client}, {&own.Name, &f.Name}} {
		if *text.own == "" {
			*text.own = *text.builtin
		}
	}
	own.Opens, own.Closes = own.Opens|f.Opens, own.Closes|f.Closes
	return own
}

// Names lists the formats in the order in which they are tried.
func (s *Set) Names() []string {
	names := make([]string, len(s.formats))
	for i := range s.formats {
		names[i] = s.formats[i].Name
	}
	return names
}

// Format returns the format of that name.
func (s *Set) Format(name string) (Format, bool) {
	n, ok := s.find(name)
	if !ok {
		return Format{}, false
	}
	return s.formats[n].about(), true
}
