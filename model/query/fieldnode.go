package query

import (
	"bytes"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ravel/model"
)

// Deriver is what a Decoder may implement to spare queries from decoding
// records that cannot have a field.
type Deriver interface {
	// Derives reports whether records of a format number (Batch.Format) and
	// source may have a field of that name although the name does not stand in
	// their bytes: captured by the format's pattern, or the stream's own.
	Derives(format uint8, source uint16, name string) bool
}

// streamFields are names that sources add to each record (sources.Info), and
// captured are those that lifecycle and access patterns take out of text
// (rule 10): both may be there though the name is not spelled.
var (
	streamFields = []string{"namespace", "pod", "container", "node", "context", "stream", "also_in"}
	captured     = []string{"method", "path", "query", "client", "bytes"}
)

// trailingZeros is the number of the lowest bit.
func trailingZeros(w uint64) int { return bits.TrailingZeros64(w) }

// constant is a field that a stream gives all its records.
type constant struct {
	v  model.Value
	ok bool
}

// fieldNode tests a field that has no column: candidates are found by the
// bytes of value and key, JSON is skimmed, and only the rest is decoded.
type fieldNode struct {
	name    string
	col     column    // of the record's own that need decoding
	c       *comparer // nil: exists
	key     *finder   // last part of the name
	path    string    // name without fields.
	value   *textNode // nil: no text that must be there
	stream  bool
	capture bool
	trace   bool // may come from the traceback
	derive  Deriver
}

// newFieldNode tests a field; c nil asks whether it exists.
func newFieldNode(name string, c *comparer, env *Env) *fieldNode {
	n := &fieldNode{name: name, col: columnOf(name), c: c, path: strings.TrimPrefix(name, "fields.")}
	last := n.path[strings.LastIndexByte(n.path, '.')+1:]
	n.key = newFinder(last, false)
	n.stream = slices.Contains(streamFields, n.path)
	n.capture = slices.Contains(captured, n.path)
	head, _, _ := strings.Cut(n.path, ".")
	n.trace = head == "exception" || head == "traceback" || head == "error"
	n.derive, _ = env.Decoder.(Deriver)
	if c == nil || n.stream || n.trace {
		return n
	}
	f := c.literal()
	switch {
	case n.col == colTemplate && c.op == Eq && f != nil:
		f = templateLiteral(string(f.needle))
	case !n.textual():
		f = nil
	}
	if f != nil {
		n.value = asTextNode(f)
	}
	return n
}

// placeholder is what a template has where messages differ.
var placeholder = regexp.MustCompile(`<[a-z]+>`)

// templateLiteral finds the longest text that all messages of a template have;
// nil if they have none.
func templateLiteral(template string) *finder {
	best := ""
	for _, part := range placeholder.Split(template, -1) {
		if len(part) > len(best) {
			best = part
		}
	}
	if best == "" {
		return nil
	}
	return newFinder(best, false)
}

// textual reports whether the field's value stands in the record's bytes.
func (n *fieldNode) textual() bool {
	switch n.col {
	case noColumn:
		return n.path != "duration_ms"
	case colMessage, colText, colRaw, colRequestID, colCorrelationID:
		return true
	}
	return false
}

func (n *fieldNode) prune(z *model.Zone) model.Verdict {
	if n.col == colTraceback && z.Flags&model.HasTraceback == 0 && !n.absent() {
		return model.None
	}
	return model.Maybe
}

// absent reports whether the test holds for records without the field.
func (n *fieldNode) absent() bool { return n.c != nil && n.c.absent }

func (n *fieldNode) narrow(s *scan, set model.Bits) {
	if n.value != nil {
		s.free(n.value.split(s, set))
		if set.Empty() {
			return
		}
	}
	clear(s.constant)
	if n.col != noColumn && n.col != colStatus {
		for i := set.Next(0); i >= 0; i = set.Next(i + 1) {
			if !n.ownHolds(s, i) {
				set.Clear(i)
			}
		}
		return
	}
	spelled, open := s.empty(set), s.empty(set)
	n.key.visit(s, set, func(i int, rec []byte, at int) bool {
		if !n.named(rec, at) {
			return false
		}
		spelled.Set(i)
		if n.mayHold(rec, at) {
			open.Set(i)
			return true
		}
		return false
	})
	for i := set.Next(0); i >= 0; i = set.Next(i + 1) {
		if spelled.Has(i) && !open.Has(i) && !n.escapes(s.b, i) || !n.inputHolds(s, i, spelled.Has(i)) {
			set.Clear(i)
		}
	}
	s.free(spelled)
	s.free(open)
}

// named reports whether the name found at a place is no part of a longer one.
func (n *fieldNode) named(rec []byte, at int) bool {
	end := at + len(n.key.needle)
	return (at == 0 || !inName(rec[at-1])) && (end >= len(rec) || !inName(rec[end]))
}

// inName reports whether c beside a name makes it a part of a longer one.
func inName(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }

// mayHold looks at one place where the field's name stands: false if it is a
// key of JSON whose value fails the test. A record all of whose places fail
// fails.
func (n *fieldNode) mayHold(rec []byte, at int) bool {
	end := at + len(n.key.needle)
	if n.absent() || n.col != noColumn || n.trace || at == 0 || rec[at-1] != '"' || end >= len(rec) || rec[end] != '"' {
		return true
	}
	i := blank(rec, end+1)
	if i >= len(rec) || rec[i] != ':' {
		return true
	}
	i = blank(rec, i+1)
	stop := i
	switch {
	case i >= len(rec):
		return true
	case rec[i] == '"':
		if stop = stringEnd(rec, i); stop < 0 {
			return true
		}
	default:
		for stop < len(rec) && rec[stop] > ' ' && rec[stop] != ',' && rec[stop] != '}' && rec[stop] != ']' {
			stop++
		}
	}
	if n.c == nil {
		return string(rec[i:stop]) != "null"
	}
	holds, sure := n.c.token(rec[i:stop])
	return holds || !sure
}

// escapes reports whether record i may spell the field's name in another way
// too.
func (n *fieldNode) escapes(b *model.Batch, i int) bool {
	return b.Flags[i]&model.HasEscape != 0 && bytes.Contains(b.Raw(i), []byte(`\u`))
}

// holds applies the test to a value.
func (n *fieldNode) holds(v model.Value, ok bool) bool {
	switch {
	case !ok || v.Kind == model.Null:
		return n.absent()
	case n.c == nil:
		return true
	}
	return n.c.holds(v)
}

// ownHolds tests one of the record's own fields.
func (n *fieldNode) ownHolds(s *scan, i int) bool {
	f := s.b.Flags[i]
	switch {
	case n.col == colTraceback && f&model.HasTraceback == 0,
		(n.col == colRequestID || n.col == colCorrelationID) && s.b.Req[i] == 0:
		return n.absent()
	case n.col == colRaw, n.col == colText && f&model.HasCarrier == 0:
		raw := trimEOL(s.b.Raw(i))
		if n.c != nil && n.c.op == Match {
			return s.matches(n.c.re, raw, 0)
		}
		return n.holds(text(string(raw)))
	}
	return n.match(s.subject(i))
}

// inputHolds tests a field of the input; spelled says whether its name stands
// in the record's bytes.
func (n *fieldNode) inputHolds(s *scan, i int, spelled bool) bool {
	b := s.b
	raw := b.Raw(i)
	if n.col == colStatus && b.Status[i] != 0 {
		return n.holds(number(int64(b.Status[i])), true)
	}
	plain := b.Flags[i]&model.HasCarrier == 0 && len(raw) > 0 && raw[blank(raw, 0)%len(raw)] == '{'
	if spelled {
		if plain {
			if v, f := skimField(raw, n.name); f == present && v.Kind != model.Null {
				return n.holds(v, true)
			}
		}
		return n.match(s.subject(i))
	}
	if n.escapes(b, i) {
		return n.match(s.subject(i))
	}
	switch {
	case n.stream:
		return n.constantHolds(s, i)
	case n.trace:
		if b.Flags[i]&model.HasTraceback == 0 {
			return n.elsewhere(s, i, plain)
		}
	case n.path == "duration_ms":
		if d := b.Dur[i]; d < model.MaxDur {
			return n.holds(model.NumberValue(strconv.FormatFloat(float64(d)/1000, 'f', -1, 64)), true)
		}
		return n.absent()
	case n.path == "status":
		if e := b.Mark[i].Event(); e == model.NoEvent || e == model.Started || e == model.Step { // not captured either
			return n.absent()
		}
	default:
		return n.elsewhere(s, i, plain)
	}
	return n.match(s.subject(i))
}

// elsewhere tests a field whose name the record does not spell: only a pattern
// or the stream can have given it.
func (n *fieldNode) elsewhere(s *scan, i int, plain bool) bool {
	b := s.b
	switch {
	case n.capture && b.Mark[i].Event() != model.NoEvent:
	case plain:
		return n.absent()
	case n.derive != nil:
		if !n.derive.Derives(b.Format[i], b.Source[i], n.path) {
			return n.absent()
		}
	}
	return n.match(s.subject(i))
}

// constantHolds tests a field that the stream gives; it is decoded once for each
// source and format. What a carrier tells may differ from line to line: streams of
// one container, containers of one stream.
func (n *fieldNode) constantHolds(s *scan, i int) bool {
	if n.path == "also_in" || s.b.Flags[i]&model.HasCarrier != 0 {
		return n.match(s.subject(i))
	}
	src := uint32(s.b.Source[i])<<8 | uint32(s.b.Format[i])
	k := s.constant[src]
	if k == nil {
		v, ok := s.subject(i).field(n.name)
		k = &constant{v, ok}
		if s.constant == nil {
			s.constant = map[uint32]*constant{}
		}
		s.constant[src] = k
	}
	return n.holds(k.v, k.ok)
}

func (n *fieldNode) match(u *subject) bool { return n.holds(u.field(n.name)) }

func (n *fieldNode) needs() model.Columns { return model.TextBytes }

func (n *fieldNode) cost() int {
	switch {
	case n.value != nil:
		return 50
	case n.col == colTraceback:
		return 40
	}
	return 100
}
