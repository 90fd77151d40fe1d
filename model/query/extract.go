package query

import (
	"regexp"
	"slices"
	"strings"

	"ravel/model"
)

// extractor adds the values that a pattern takes out of a field's text to the
// row. Rows that it does not match pass without them, as in Insights.
type extractor struct {
	field  *getter
	re     *regexp.Regexp
	names  []string // by group, "" for one that has none
	out    []model.Field
	values []model.Value
	cols   []string // of a table with the columns added; nil: the row is no table
	next   operator
}

// extract adds the stage parse.
func (b *builder) extract(s *Extract) error {
	expr := s.Pattern.expr()
	if s.Pattern.Source == "" {
		expr = globExpr(s.Glob)
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return errorAt("", 0, "", "the pattern of parse is not valid: %s", regexpReason(err))
	}
	names := re.SubexpNames()
	given := s.Names
	for i := 1; i < len(names) && len(given) > 0; i++ {
		if names[i] == "" {
			names[i], given = given[0], given[1:]
		}
	}
	var columns []string
	if b.shape == Table {
		columns = slices.Clone(b.columns)
		for _, n := range names {
			if n != "" && !slices.Contains(columns, n) {
				columns = append(columns, n)
			}
		}
		b.columns = columns
	}
	env := &b.p.env
	b.addSingle(func(next operator) operator {
		return &extractor{field: newGetter(s.Field, env), re: re, names: names, cols: columns, next: next}
	})
	return nil
}

// globExpr is a glob as a regular expression whose groups are its stars: each
// takes as little as it can, the last one the rest where nothing follows it.
func globExpr(glob string) string {
	parts := strings.Split(glob, "*")
	var sb strings.Builder
	sb.WriteString("(?s)")
	for i, p := range parts {
		if i > 0 {
			if i == len(parts)-1 && p == "" {
				sb.WriteString("(.*)$")
				break
			}
			sb.WriteString("(.*?)")
		}
		sb.WriteString(regexp.QuoteMeta(p))
	}
	return sb.String()
}

func (x *extractor) push(r *row) error {
	out := *r
	x.out = append(x.out[:0], r.extra...)
	if v, ok := x.field.of(r); ok {
		text := valueText(v)
		if m := x.re.FindStringSubmatchIndex(text); m != nil {
			for i, n := range x.names {
				if n != "" && m[2*i] >= 0 {
					x.out = append(x.out, model.Field{Name: n, Value: cell(text[m[2*i]:m[2*i+1]])})
				}
			}
		}
	}
	out.extra = x.out
	if x.cols != nil {
		x.values = append(x.values[:0], make([]model.Value, len(x.cols))...)
		for i, c := range x.cols {
			if v, ok := model.Lookup(x.out, c); ok {
				x.values[i] = v
			} else if v, ok := r.field(c); ok {
				x.values[i] = v
			}
		}
		out.names, out.values = x.cols, x.values
	}
	return x.next.push(&out)
}

func (x *extractor) close() error { return x.next.close() }

// cell is text taken out of a record, a number if it is spelled as one.
func cell(s string) model.Value {
	if jsonNumber([]byte(s)) {
		return model.NumberValue(s)
	}
	return model.StringValue(s)
}

// extract reads the stage parse.
func (p *parser) extract() (Stage, error) {
	x := &Extract{Field: "@message"}
	p.space()
	var err error
	if p.pos < len(p.src) && strings.IndexByte("\"'/", p.src[p.pos]) < 0 {
		if x.Field, err = p.name(); err != nil {
			return nil, err
		}
		p.space()
	}
	off := p.pos
	switch {
	case p.pos == len(p.src) || strings.IndexByte("\"'/", p.src[p.pos]) < 0:
		return nil, p.fail(off, `"user=*, took * ms" or /user=(?<user>\S+)/`, "parse needs a pattern")
	case p.src[p.pos] == '/':
		x.Pattern, err = p.pattern()
	case p.src[p.pos] == '"':
		x.Glob, err = p.doubleQuoted()
	default:
		var ok bool
		if x.Glob, ok = p.singleQuoted(""); !ok {
			err = p.fail(off, "another ' further on", "this quote is not closed")
		}
	}
	if err != nil {
		return nil, err
	}
	if p.clause("as") {
		if x.Names, err = list(p, (*parser).name); err != nil {
			return nil, err
		}
	}
	return x, p.checkExtract(x, off)
}

// checkExtract reports whether names and what they name are as many.
func (p *parser) checkExtract(x *Extract, off int) error {
	if x.Pattern.Source == "" {
		if n := strings.Count(x.Glob, "*"); n == 0 || n != len(x.Names) {
			return p.fail(off, `such as parse message "took * ms" as took`, "the pattern has %d stars and %d names", n, len(x.Names))
		}
		return nil
	}
	re, err := regexp.Compile(x.Pattern.expr())
	if err != nil {
		return p.fail(off, "", "the regular expression is not valid: %s", regexpReason(err))
	}
	named := 0
	for _, n := range re.SubexpNames()[1:] {
		named += btoi(n != "")
	}
	if unnamed := re.NumSubexp() - named; re.NumSubexp() == 0 || unnamed != len(x.Names) && len(x.Names) > 0 || len(x.Names) == 0 && named == 0 {
		return p.fail(off, `such as /took (?<took>\d+) ms/, or "as" with a name for each group without one`,
			"the regular expression has %d groups without a name, and %d names follow", unnamed, len(x.Names))
	}
	return nil
}
