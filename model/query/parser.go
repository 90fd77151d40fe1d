package query

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds nesting: parentheses and negations each cost stack.
const maxDepth = 200

// parser is a recursive descent over the text itself: what a character means
// depends on where it stands, so there is no token list.
type parser struct {
	src    string
	pos    int  // next byte
	groups int  // open parentheses of groups and calls
	depth  int  // of recursion
	inReq  bool // inside request(…)
	plain  bool // names without hyphen, as Insights has them (R13)
	quoted bool // the last atom was a quoted string
	calls  bool // a stats stands before: its columns may be named as they were computed
}

// query reads the whole text.
func (p *parser) query() (*Query, error) {
	q := &Query{}
	p.space()
	switch {
	case p.pos == len(p.src):
		return q, nil
	case p.src[p.pos] == '|':
	default:
		first, err := p.insights()
		if err != nil {
			return nil, err
		}
		if first != nil {
			q.Stages = append(q.Stages, first)
			break
		}
		if q.Filter, err = p.filter(); err != nil {
			return nil, err
		}
	}
	for {
		p.space()
		switch {
		case p.pos == len(p.src):
			return q, nil
		case p.src[p.pos] != '|':
			return nil, p.unexpected()
		}
		p.pos++
		p.space()
		off := p.pos
		s, err := p.stage()
		if err != nil {
			return nil, err
		}
		if v, ok := s.(*View); ok && v.Name == "requests" && slices.ContainsFunc(q.Stages, notFilter) {
			return nil, p.fail(off, "| requests as the first stage", "requests are folded from records: only filters may stand before them")
		}
		q.Stages = append(q.Stages, s)
	}
}

// notFilter reports whether s does more than leave out rows.
func notFilter(s Stage) bool { _, ok := s.(*FilterStage); return !ok }

// unexpected tells of what stands where a filter or a stage should have ended.
func (p *parser) unexpected() error {
	if p.src[p.pos] == ')' {
		return p.fail(p.pos, "", `no "(" is open here; quote the text to search for ")"`)
	}
	return p.fail(p.pos, `"|" or the end`, "%s does not belong here", p.shown(p.pos))
}

// filter reads terms joined by or.
func (p *parser) filter() (Expr, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.fail(p.pos, "", "nested more than %d deep", maxDepth)
	}
	var terms []Expr
	for {
		t, err := p.conj()
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
		if !p.keyword("or", "OR") {
			return Any(terms...), nil
		}
	}
}

// conj reads terms joined by and, or by standing beside each other.
func (p *parser) conj() (Expr, error) {
	var terms []Expr
	for joined := true; ; joined = p.keyword("and", "AND") {
		p.space()
		if p.atEnd() || p.atKeyword("or", "OR") || p.atKeyword("and", "AND") {
			if joined {
				return nil, p.noTerm()
			}
			return All(terms...), nil
		}
		t, err := p.unary()
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
		p.space()
	}
}

// noTerm tells that a term is missing here.
func (p *parser) noTerm() error {
	const want = "a word, a test such as level>=warning, or ("
	switch {
	case p.pos == len(p.src):
		return p.fail(p.pos, want, "the filter ends too early")
	case p.src[p.pos] == '|' && strings.HasPrefix(p.src[p.pos:], "||"):
		return p.fail(p.pos, want, `"||" is written "or"; to search for | quote it`)
	case p.src[p.pos] == '|' || p.src[p.pos] == ')' && p.groups > 0:
		return p.fail(p.pos, want, "nothing stands before %q", p.src[p.pos:p.pos+1])
	case p.src[p.pos] == ')':
		return p.unexpected()
	}
	return p.fail(p.pos, want, "%s joins two terms; quote it to search for the word", p.shown(p.pos))
}

// unary reads a term with its negations.
func (p *parser) unary() (Expr, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.fail(p.pos, "", "nested more than %d deep", maxDepth)
	}
	c := p.src[p.pos]
	if (c == '-' || c == '!') && negatable(p.src[p.pos+1:]) {
		p.pos++
		return p.negated()
	}
	if p.keyword("NOT") {
		p.space()
		if p.atEnd() {
			return nil, p.noTerm()
		}
		return p.negated()
	}
	if p.atKeyword("not") {
		if e, err := p.lowerNot(); e != nil || err != nil {
			return e, err
		}
	}
	return p.atom()
}

// negated reads the operand of a negation.
func (p *parser) negated() (Expr, error) {
	e, err := p.unary()
	if err != nil {
		return nil, err
	}
	return Negate(e), nil
}

// lowerNot reads `not` and its operand, or nothing where a plain word follows:
// "not found" is text (R2), "not (found)" a group.
func (p *parser) lowerNot() (Expr, error) {
	start := p.pos
	p.pos += len("not")
	p.space()
	if !p.atEnd() {
		grouped := p.src[p.pos] == '('
		e, err := p.atom()
		if err != nil {
			return nil, err
		}
		if _, isText := e.(*Text); !isText || p.quoted || grouped {
			return Negate(e), nil
		}
	}
	p.pos = start
	return nil, nil
}

// atom reads one term without negation.
func (p *parser) atom() (Expr, error) {
	p.quoted = false
	switch p.src[p.pos] {
	case '(':
		p.pos++
		return p.group()
	case '"':
		s, err := p.doubleQuoted()
		p.quoted = true
		return &Text{s}, err
	case '\'':
		if s, ok := p.singleQuoted(""); ok {
			p.quoted = true
			return &Text{s}, nil
		}
	case '/':
		if e, err := p.bareRegexp(); e != nil || err != nil {
			return e, err
		}
	}
	if e, err := p.call(); e != nil || err != nil {
		return e, err
	}
	if e, err := p.test(); e != nil || err != nil {
		return e, err
	}
	off := p.pos
	word := p.word("")
	if p.plain {
		return &Text{word}, p.notInsights(word, off)
	}
	return &Text{word}, nil
}

// group reads a filter and the parenthesis that closes it; the opening one has
// been read.
func (p *parser) group() (Expr, error) {
	open := p.pos - 1
	p.groups++
	defer func() { p.groups-- }()
	e, err := p.filter()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.pos == len(p.src) || p.src[p.pos] != ')' {
		return nil, p.fail(p.pos, `")"`, `the "(" of column %d is not closed`, utf8.RuneCountInString(p.src[:open])+1)
	}
	p.pos++
	return e, nil
}

// call reads request(…), exists(…) or ispresent(…); nil if none stands here.
func (p *parser) call() (Expr, error) {
	rest := p.src[p.pos:]
	switch {
	case strings.HasPrefix(rest, "request("):
		if p.inReq {
			return nil, p.fail(p.pos, "", "request(...) cannot stand inside request(...)")
		}
		p.pos += len("request(")
		p.inReq = true
		defer func() { p.inReq = false }()
		e, err := p.group()
		if err != nil {
			return nil, err
		}
		return &Request{e}, nil
	case strings.HasPrefix(rest, "exists("):
		p.pos += len("exists(")
	case strings.HasPrefix(rest, "ispresent("):
		p.pos += len("ispresent(")
	default:
		return nil, nil
	}
	p.space()
	name, ok := p.field()
	if !ok {
		return nil, p.fail(p.pos, "such as exists(user_id)", "a field's name must stand here")
	}
	p.space()
	if p.pos == len(p.src) || p.src[p.pos] != ')' {
		return nil, p.fail(p.pos, `")"`, "exists(...) takes one field")
	}
	p.pos++
	return &Exists{name}, nil
}

// fail makes an Error at byte off.
func (p *parser) fail(off int, expected, format string, args ...any) error {
	return errorAt(p.src, off, expected, format, args...)
}
