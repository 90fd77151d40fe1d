package query

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// operators, longest first.
var operators = []struct {
	text string
	op   Op
	not  bool
}{
	{"==", Eq, false}, {"=~", Match, false}, {"!=", Eq, true}, {"!~", Match, true}, {"<=", Le, false}, {">=", Ge, false},
	{"=", Eq, false}, {"<", Lt, false}, {">", Gt, false}, {"~", Match, false}, {":", Has, false},
}

// operatorAt is the index of the operator at byte i, -1 if there is none.
func operatorAt(s string, i int) int {
	for k, o := range operators {
		if strings.HasPrefix(s[min(i, len(s)):], o.text) {
			return k
		}
	}
	return -1
}

// test reads field, operator and value; nil where none stands here and the
// text is a word (R4, R5).
func (p *parser) test() (Expr, error) {
	start := p.pos
	field, end := p.computed()
	if end < 0 {
		field, end = fieldAt(p.src, p.pos, p.plain)
	}
	if end < 0 {
		return nil, nil
	}
	e, err := p.tightTest(field, end)
	if e == nil && err == nil {
		p.pos = start
		e, err = p.spacedTest(field, end)
	}
	if e == nil || err != nil {
		p.pos = start
		return nil, err
	}
	return e, nil
}

// computed is the column of a stats before that is written here as it was there,
// avg(duration), and where it ends; -1 if none is.
func (p *parser) computed() (column string, end int) {
	if !p.calls {
		return "", -1
	}
	start := p.pos
	defer func() { p.pos = start }()
	a, err := p.function()
	if err != nil {
		return "", -1
	}
	return a.Column(), p.pos
}

// tightTest reads an operator that stands directly after the name.
func (p *parser) tightTest(field string, end int) (Expr, error) {
	k := operatorAt(p.src, end)
	if k < 0 {
		return nil, nil
	}
	o, after := operators[k], end+len(operators[k].text)
	var next byte
	if after < len(p.src) {
		next = p.src[after]
	}
	switch {
	case o.op == Has && (next == ':' || strings.HasPrefix(p.src[after:], "//")),
		o.op == Eq && !o.not && (next == '>' || next == '='),                      // Ruby's and JavaScript's arrows
		o.text == "<" && (next == '>' || strings.HasSuffix(p.wordAt(after), ">")), // a<>b, List<String>
		strings.HasSuffix(field, "-") && p.src[end] == '>':                        // ptr->field
		return nil, nil
	case !p.endsTerm(after, ""):
		p.pos = after
		return p.operand(field, k)
	case o.text == "=" || o.text == ":" || o.text == "~":
		return nil, nil // key= and AttributeError: are words
	}
	return nil, p.fail(after, "a value right after it", "%s%s compares with nothing", field, o.text)
}

// spacedTest reads an operator that stands alone between spaces, or like, in
// and their negations.
func (p *parser) spacedTest(field string, end int) (Expr, error) {
	if !p.spaceAt(end) {
		return nil, nil
	}
	p.pos = end
	p.space()
	if k := operatorAt(p.src, p.pos); k >= 0 && operators[k].op != Has {
		o, after := operators[k], p.pos+len(operators[k].text)
		if after < len(p.src) && !isSpace(p.src[after]) {
			return nil, nil
		}
		p.pos = after
		p.space()
		switch {
		case !p.atEnd():
			return p.operand(field, k)
		case o.text == "=" || o.text == "~":
			return nil, nil
		}
		return nil, p.fail(p.pos, "a value", "%s %s compares with nothing", field, o.text)
	}
	not := p.keyword("not")
	p.space()
	var e Expr
	var err error
	switch {
	case p.keyword("like"):
		e, err = p.like(field)
	case p.keyword("in") || strings.HasPrefix(p.src[p.pos:], "in["):
		p.pos += len("in") * btoi(strings.HasPrefix(p.src[p.pos:], "in["))
		e, err = p.in(field)
	}
	if e != nil && not {
		e = Negate(e)
	}
	return e, err
}

// btoi is 1 for true.
func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// operand reads what the operator compares with.
func (p *parser) operand(field string, k int) (Expr, error) {
	o := operators[k]
	t := &Test{Field: field, Op: o.op}
	var err error
	switch o.op {
	case Match:
		t.Pattern, err = p.pattern()
	case Eq, Has:
		err = p.list(t)
	default:
		err = p.single(t)
	}
	if err != nil {
		return nil, err
	}
	if o.not {
		return Negate(t), nil
	}
	return t, nil
}

// list reads values joined by commas, tight.
func (p *parser) list(t *Test) error {
	for {
		if p.endsTerm(p.pos, ",") {
			return p.fail(p.pos, "a value; lists are written a,b and a comma that is text is quoted", "no value stands here")
		}
		if err := p.value(t, ","); err != nil {
			return err
		}
		if p.pos == len(p.src) || p.src[p.pos] != ',' {
			return nil
		}
		p.pos++
	}
}

// single reads one value.
func (p *parser) single(t *Test) error { return p.value(t, "") }

// value reads one value and adds it to t; stop are bytes that end a bare one.
func (p *parser) value(t *Test, stop string) error {
	off := p.pos
	var v Value
	switch c := p.src[p.pos]; {
	case c == '"':
		s, err := p.doubleQuoted()
		if err != nil {
			return err
		}
		v = Value{s, true}
	case c == '\'':
		if s, ok := p.singleQuoted(stop); ok {
			v = Value{s, true}
			break
		}
		fallthrough
	default:
		v = Value{p.word(stop), false}
	}
	v, err := p.typed(t.Field, t.Op, v, off)
	if err != nil {
		return err
	}
	t.Values = append(t.Values, v)
	return nil
}

// in reads a list in parentheses or brackets. What does not look like one is
// text where a bracket opens it ("error in [worker 1]").
func (p *parser) in(field string) (Expr, error) {
	p.space()
	if p.pos == len(p.src) || p.src[p.pos] != '(' && p.src[p.pos] != '[' {
		return nil, nil
	}
	open := p.src[p.pos]
	shut := map[byte]byte{'(': ')', '[': ']'}[open]
	t := &Test{Field: field, Op: Eq}
	for {
		p.pos++
		p.space()
		if p.endsTerm(p.pos, ",]") {
			return nil, p.fail(p.pos, "a value", "the list has a gap")
		}
		if err := p.value(t, ",)]"); err != nil {
			return nil, err
		}
		p.space()
		switch {
		case p.pos < len(p.src) && p.src[p.pos] == shut:
			p.pos++
			return t, nil
		case p.pos < len(p.src) && p.src[p.pos] == ',':
		case open == '[' && len(t.Values) == 1:
			return nil, nil
		default:
			return nil, p.fail(p.pos, `"," or "`+string(shut)+`"`, "the list of %s is not closed", field)
		}
	}
}

// like reads Insights' like: a regular expression, or a string found as it is.
func (p *parser) like(field string) (Expr, error) {
	p.space()
	if p.pos == len(p.src) {
		return nil, nil
	}
	switch p.src[p.pos] {
	case '/':
		if end, _ := p.regexpEnd(); end < 0 {
			return nil, nil
		}
		pat, err := p.pattern()
		if err != nil {
			return nil, err
		}
		return &Test{Field: field, Op: Match, Pattern: pat}, nil
	case '"':
		s, err := p.doubleQuoted()
		if err != nil {
			return nil, err
		}
		return &Test{Field: field, Op: Like, Values: []Value{{Text: s}}}, nil
	case '\'':
		if s, ok := p.singleQuoted(""); ok {
			return &Test{Field: field, Op: Like, Values: []Value{{Text: s}}}, nil
		}
	}
	return nil, nil
}

// pattern reads what `~` compares with: a regular expression between slashes,
// or one written as a value.
func (p *parser) pattern() (Pattern, error) {
	off := p.pos
	if p.src[p.pos] == '/' {
		end, flags := p.regexpEnd()
		if end < 0 {
			return Pattern{}, p.fail(off, "/.../ and then only flags of i, m, s", "this regular expression is not closed")
		}
		pat := newPattern(p.src[p.pos+1:end], flags)
		p.pos = end + 1 + len(flags)
		return pat, p.checkPattern(pat, off)
	}
	t := &Test{Op: Match}
	if err := p.value(t, ""); err != nil {
		return Pattern{}, err
	}
	pat, err := PatternOf(t.Values[0].Text)
	if err != nil {
		return Pattern{}, p.fail(off, "", "the regular expression is not valid: %s", regexpReason(err))
	}
	return pat, p.checkPattern(pat, off)
}

// regexpEnd is where the slash that closes the regular expression at the
// cursor stands, and the flags behind it; -1 if none closes it and ends the
// term.
func (p *parser) regexpEnd() (int, string) {
	for i := p.pos + 1; i < len(p.src); i++ {
		switch p.src[i] {
		case '\\':
			i++
		case '/':
			end := i + 1
			for end < len(p.src) && strings.IndexByte("ims", p.src[end]) >= 0 {
				end++
			}
			if !p.endsTerm(end, "") {
				return -1, ""
			}
			return i, p.src[i+1 : end]
		}
	}
	return -1, ""
}

// bareRegexp reads a regular expression that is a term; nil where the text is
// a word, as a path is (R6).
func (p *parser) bareRegexp() (Expr, error) {
	end, flags := p.regexpEnd()
	if end <= p.pos+1 || strings.ContainsAny(p.src[p.pos:end], " \t\n\v\f\r") {
		return nil, nil
	}
	pat := newPattern(p.src[p.pos+1:end], flags)
	off := p.pos
	p.pos = end + 1 + len(flags)
	return &Regexp{pat}, p.checkPattern(pat, off)
}

// newPattern orders the flags and drops repeated ones.
func newPattern(source, flags string) Pattern {
	pat := Pattern{Source: source}
	for _, f := range "ims" {
		if strings.ContainsRune(flags, f) {
			pat.Flags += string(f)
		}
	}
	return pat
}

// PatternOf is a regular expression given as text, which may hold slashes. The
// error is that of package regexp.
func PatternOf(text string) (Pattern, error) {
	re, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return Pattern{}, err
	}
	if strings.Contains(text, `\Q`) { // a slash in there cannot be escaped
		text = re.String()
	}
	var sb strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			sb.WriteString(text[i : i+2])
			i++
		case text[i] == '/':
			sb.WriteString(`\/`)
		default:
			sb.WriteByte(text[i])
		}
	}
	return Pattern{Source: sb.String()}, nil
}

// checkPattern compiles pat to tell of what is wrong with it.
func (p *parser) checkPattern(pat Pattern, off int) error {
	if pat.Source == "" {
		return p.fail(off, "such as /time.?out/i", "the regular expression is empty")
	}
	if _, err := pat.compile(); err != nil {
		return p.fail(off, "", "the regular expression is not valid: %s", regexpReason(err))
	}
	return nil
}

// regexpReason is an error of package regexp without its preamble.
func regexpReason(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// expr is the pattern as package regexp takes it.
func (p Pattern) expr() string {
	if p.Flags == "" {
		return p.Source
	}
	return "(?" + p.Flags + ")" + p.Source
}

// compile compiles the pattern.
func (p Pattern) compile() (*regexp.Regexp, error) { return regexp.Compile(p.expr()) }
