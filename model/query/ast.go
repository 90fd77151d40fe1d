package query

import (
	"strings"
)

// Expr is a filter: And, Or, Not, or a leaf (Text, Regexp, Test, Exists,
// Request). Nodes are never changed once made; edits build new ones.
type Expr interface {
	// String is the canonical form, as a term where that needs parentheses.
	String() string
	expr()
}

// And holds if all its terms do. It has at least two, none of them an And.
type And struct{ Terms []Expr }

// Or holds if one of its terms does. It has at least two, none of them an Or.
type Or struct{ Terms []Expr }

// Not holds if its term does not; the term is no Not.
type Not struct{ Term Expr }

// Text is a word or quoted words: a part of the record's own text or of its
// message, in any case unless it has a capital (R8).
type Text struct{ Word string }

// Regexp is a regular expression over the record's own text or its message.
type Regexp struct{ Pattern Pattern }

// Exists holds if the record has the field.
type Exists struct{ Field string }

// Test compares a field. An absent field fails every test.
type Test struct {
	Field   string
	Op      Op
	Values  []Value // one of them must hold; exactly one but for Eq and Has; none for Match
	Pattern Pattern // of Match
}

// Request holds for the records of each request for which Filter does.
type Request struct{ Filter Expr }

func (*And) expr()     {}
func (*Or) expr()      {}
func (*Not) expr()     {}
func (*Text) expr()    {}
func (*Regexp) expr()  {}
func (*Exists) expr()  {}
func (*Test) expr()    {}
func (*Request) expr() {}

// Op is how a Test compares. != !~ and their like are Not around the positive
// test.
type Op uint8

// The operators. Has is `:`, Match `~`, Like Insights' case-sensitive part.
const (
	Eq Op = iota
	Has
	Lt
	Le
	Gt
	Ge
	Match
	Like
)

var opText = [...]string{"=", ":", "<", "<=", ">", ">=", "~", " like "}

// Value is what a test compares with. Quoted values are text even if they
// look like a number; Parse keeps Quoted only where that makes a difference.
type Value struct {
	Text   string
	Quoted bool
}

// Pattern is a regular expression (RE2) as it stands between slashes.
type Pattern struct {
	Source string // `/` inside it is escaped
	Flags  string // some of "ims", in that order
}

// Either joins two terms by or; where one is nil it is the other.
func Either(a, b Expr) Expr {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &Or{Terms: []Expr{a, b}}
}

// All joins terms by and, flattening; nil if there is none.
func All(terms ...Expr) Expr {
	var flat []Expr
	for _, t := range terms {
		switch t := t.(type) {
		case nil:
		case *And:
			flat = append(flat, t.Terms...)
		default:
			flat = append(flat, t)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return &And{flat}
}

// Any joins terms by or, flattening; nil if there is none.
func Any(terms ...Expr) Expr {
	var flat []Expr
	for _, t := range terms {
		switch t := t.(type) {
		case nil:
		case *Or:
			flat = append(flat, t.Terms...)
		default:
			flat = append(flat, t)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return &Or{flat}
}

// Negate is not e, without doubling.
func Negate(e Expr) Expr {
	if n, ok := e.(*Not); ok {
		return n.Term
	}
	return &Not{e}
}

// String joins the terms by a space.
func (e *And) String() string {
	var sb strings.Builder
	for i, t := range e.Terms {
		if i > 0 {
			sb.WriteByte(' ')
		}
		sb.WriteString(termText(t))
	}
	return sb.String()
}

// String joins the terms by or.
func (e *Or) String() string {
	var sb strings.Builder
	for i, t := range e.Terms {
		if i > 0 {
			sb.WriteString(" or ")
		}
		sb.WriteString(t.String())
	}
	return sb.String()
}

// String is -term, or "not term" where a hyphen would not negate (R1).
func (e *Not) String() string {
	s := termText(e.Term)
	switch t := e.Term.(type) {
	case *And:
		s = "(" + s + ")"
	case *Text:
		if !negatable(s) {
			s = quote(t.Word)
		}
	}
	if negatable(s) {
		return "-" + s
	}
	return "not " + s
}

// String is the word, quoted unless it reads back as that word anywhere.
func (e *Text) String() string {
	if plainWord(e.Word) {
		return e.Word
	}
	return quote(e.Word)
}

// String is /source/flags, with spaces written so that it stays one term (R6).
func (e *Regexp) String() string {
	return Pattern{Source: noSpaces.Replace(e.Pattern.Source), Flags: e.Pattern.Flags}.String()
}

// noSpaces writes white space as a regular expression may.
var noSpaces = strings.NewReplacer(" ", `\x20`, "\t", `\t`, "\n", `\n`, "\r", `\r`, "\v", `\v`, "\f", `\f`)

// String is exists(field).
func (e *Exists) String() string { return "exists(" + fieldText(e.Field) + ")" }

// String is request(filter).
func (e *Request) String() string { return "request(" + e.Filter.String() + ")" }

// String is field, operator and values, tight.
func (e *Test) String() string {
	var sb strings.Builder
	sb.WriteString(fieldText(e.Field))
	sb.WriteString(opText[e.Op])
	if e.Op == Match {
		sb.WriteString(e.Pattern.String())
		return sb.String()
	}
	for i, v := range e.Values {
		if i > 0 {
			sb.WriteByte(',')
		}
		if e.Op == Like {
			v.Quoted = true
		}
		sb.WriteString(v.String())
	}
	return sb.String()
}

// String is the value as it stands in a query.
func (v Value) String() string {
	if v.Quoted {
		return quote(v.Text)
	}
	return v.Text
}

// String is /source/flags.
func (p Pattern) String() string { return "/" + p.Source + "/" + p.Flags }

// termText is e where only one term may stand: an Or needs parentheses.
func termText(e Expr) string {
	if _, or := e.(*Or); or {
		return "(" + e.String() + ")"
	}
	return e.String()
}
