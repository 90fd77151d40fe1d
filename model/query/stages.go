package query

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stageNames are the stages, as errors and completion list them.
var stageNames = []string{"filter", "stats", "sort", "limit", "head", "tail", "top", "fields", "display", "dedup", "parse", "requests", "errors", "templates"}

// Functions are the aggregates of stats, in the order of the documentation.
// pNN stands for any percentile.
var Functions = []string{"count", "count_distinct", "sum", "avg", "min", "max", "p50", "p90", "p95", "p99", "pct", "rate", "earliest", "latest"}

// defaultTop is how many values top shows unless it is told.
const defaultTop = 10

// stage reads a stage; the | before it has been read.
func (p *parser) stage() (Stage, error) {
	p.space()
	off := p.pos
	name := p.ident()
	switch name {
	case "filter":
		e, err := p.filter()
		if err != nil {
			return nil, err
		}
		return &FilterStage{e}, nil
	case "stats":
		s, err := p.stats()
		p.calls = true
		return s, err
	case "sort":
		return p.sort()
	case "limit", "head", "tail":
		n, err := p.count(name)
		return &Limit{N: n, Tail: name == "tail"}, err
	case "top":
		return p.top()
	case "fields", "display":
		items, err := list(p, (*parser).item)
		return &Fields{items}, err
	case "dedup":
		fields, err := list(p, (*parser).column)
		return &Dedup{fields}, err
	case "parse":
		return p.extract()
	case "requests", "errors", "templates":
		return &View{name}, nil
	}
	const want = "filter, stats, sort, limit, tail, top, fields, dedup, parse, requests, errors or templates"
	if off == len(p.src) || p.src[off] == '|' && !strings.HasPrefix(p.src[off-1:], "||") {
		return nil, p.fail(off, want, "no stage stands after the |")
	}
	if strings.HasPrefix(p.src[off:], "|") {
		return nil, p.fail(off, `"or"`, `"||" is no operator; to search for | quote it`)
	}
	return nil, p.fail(off, want, "%s is no stage%s; to search for | quote it", p.shown(off), suggestion(name, stageNames))
}

// ident reads letters, digits and underscores.
func (p *parser) ident() string {
	start := p.pos
	for p.pos < len(p.src) && (isLetter(p.src[p.pos]) || isDigit(p.src[p.pos]) || p.src[p.pos] == '_') {
		p.pos++
	}
	return p.src[start:p.pos]
}

// clause skips white space and word, if it stands here as a whole.
func (p *parser) clause(word string) bool {
	p.space()
	start := p.pos
	if p.ident() == word {
		return true
	}
	p.pos = start
	return false
}

// accept skips white space and c, if it stands there.
func (p *parser) accept(c byte) bool {
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// list reads items joined by commas.
func list[T any](p *parser, item func(*parser) (T, error)) ([]T, error) {
	var items []T
	for {
		it, err := item(p)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
		if !p.accept(',') {
			return items, nil
		}
	}
}

// stats reads aggregates and keys.
func (p *parser) stats() (Stage, error) {
	aggs, err := list(p, (*parser).agg)
	if err != nil {
		return nil, err
	}
	s := &Stats{Aggs: aggs}
	if p.clause("by") {
		s.By, err = list(p, (*parser).key)
	}
	return s, err
}

// agg reads an aggregate with its name.
func (p *parser) agg() (Agg, error) {
	a, err := p.function()
	if err != nil {
		return a, err
	}
	a.As, err = p.as()
	return a, err
}

// function reads fn(field), fn(field, number), fn(*) or fn().
func (p *parser) function() (Agg, error) {
	p.space()
	off := p.pos
	a := Agg{Fn: p.ident()}
	if a.Fn == "" || !p.accept('(') {
		hint := suggestion(a.Fn, Functions)
		if isFunction(a.Fn) {
			hint = " without its (...)"
		}
		return a, p.fail(off, "such as count() or avg(duration)", "%s is no aggregate%s", p.shown(off), hint)
	}
	if !isFunction(a.Fn) {
		return a, p.refuse(off, "one of "+strings.Join(Functions, ", "), "there is no function %s%s", a.Fn, suggestion(a.Fn, Functions))
	}
	p.space()
	if !p.accept('*') && p.pos < len(p.src) && p.src[p.pos] != ')' {
		var err error
		if a.Field, err = p.name(); err != nil {
			return a, err
		}
		if p.accept(',') {
			if a.Arg, err = p.percent(); err != nil {
				return a, err
			}
		}
	}
	if err := p.noArithmetic(); err != nil {
		return a, err
	}
	if !p.accept(')') {
		return a, p.fail(p.pos, `")"`, "the call of %s is not closed", a.Fn)
	}
	switch {
	case a.Fn == "count" || a.Fn == "rate":
	case a.Field == "":
		return a, p.fail(off, "such as "+a.Fn+"(duration)", "%s needs a field", a.Fn)
	}
	if (a.Fn == "pct") != (a.Arg != 0) {
		return a, p.fail(off, "such as pct(duration, 95)", "a percentile from 0 to 100 belongs to pct and to pct alone")
	}
	return a, nil
}

// isFunction reports whether an aggregate has that name.
func isFunction(name string) bool {
	_, pct := percentileOf(name)
	return pct || slices.Contains(Functions, name)
}

// percentileOf is 0.95 for p95.
func percentileOf(fn string) (float64, bool) {
	if len(fn) < 2 || len(fn) > 3 || fn[0] != 'p' || fn[1] == '0' {
		return 0, false
	}
	n, err := strconv.Atoi(fn[1:])
	return float64(n) / 100, err == nil && isDigit(fn[1]) && n > 0
}

// percent reads the number of pct.
func (p *parser) percent() (float64, error) {
	p.space()
	n := numberLen(p.src[p.pos:])
	f, err := strconv.ParseFloat(p.src[p.pos:p.pos+n], 64)
	if n == 0 || err != nil || f <= 0 || f > 100 || math.IsNaN(f) {
		return 0, p.fail(p.pos, "a number above 0, at most 100", "%s is no percentile", p.shown(p.pos))
	}
	p.pos += n
	return f, nil
}

// key reads a field or bin(duration), with its name.
func (p *parser) key() (Key, error) {
	p.space()
	var k Key
	var err error
	if strings.HasPrefix(p.src[p.pos:], "bin(") {
		p.pos += len("bin(")
		if k.Bin, err = p.bin(); err != nil {
			return k, err
		}
	} else if k.Field, err = p.column(); err != nil {
		return k, err
	}
	k.As, err = p.as()
	return k, err
}

// bin reads the duration of bin(…) and its parenthesis.
func (p *parser) bin() (time.Duration, error) {
	p.space()
	off := p.pos
	for p.pos < len(p.src) && p.src[p.pos] != ')' && p.src[p.pos] != '|' && !isSpace(p.src[p.pos]) {
		p.pos++
	}
	q, ok := parseQuantity(p.src[off:p.pos])
	if !ok || q.unit != unitTime || q.num < 1 || q.num > math.MaxInt64/2 {
		return 0, p.fail(off, "such as bin(5m)", "bin(...) needs a duration")
	}
	if !p.accept(')') {
		return 0, p.fail(p.pos, `")"`, "bin(... is not closed")
	}
	return time.Duration(q.num), nil
}

// name reads a field's name.
func (p *parser) name() (string, error) {
	p.space()
	off := p.pos
	name, ok := p.field()
	if !ok {
		return "", p.fail(off, "a name, or any name in `backticks`", "no field's name stands here")
	}
	return name, nil
}

// column reads the name of a field or of a column made by an aggregate, which
// may be written as the aggregate was.
func (p *parser) column() (string, error) {
	p.space()
	off := p.pos
	name, err := p.name()
	if err != nil {
		return "", err
	}
	if p.pos < len(p.src) && p.src[p.pos] == '(' {
		p.pos = off
		a, err := p.function()
		if err != nil {
			return "", err
		}
		name = a.Column()
	}
	return name, p.noArithmetic()
}

// noArithmetic refuses what Insights has and this language has not.
func (p *parser) noArithmetic() error {
	p.space()
	if p.pos < len(p.src) && strings.IndexByte(arithmetic, p.src[p.pos]) >= 0 {
		return p.refuseArithmetic(p.pos)
	}
	return nil
}

// arithmetic is the operators of what Insights computes.
const arithmetic = "+-*/%^"

// refuseArithmetic tells of the operator at byte off.
func (p *parser) refuseArithmetic(off int) error {
	return p.refuse(off, "a comma or the next stage; a name that holds it is written in `backticks`", "arithmetic (%s) is not part of this language", p.src[off:off+1])
}

// as reads "as name", if it stands here.
func (p *parser) as() (string, error) {
	if err := p.noArithmetic(); err != nil {
		return "", err
	}
	if !p.clause("as") {
		return "", nil
	}
	return p.name()
}

// item reads a column with its new name.
func (p *parser) item() (Item, error) {
	name, err := p.column()
	if err != nil {
		return Item{}, err
	}
	as, err := p.as()
	return Item{name, as}, err
}

// sort reads the keys of a sort.
func (p *parser) sort() (Stage, error) {
	keys, err := list(p, func(p *parser) (SortKey, error) {
		name, err := p.column()
		if err != nil || p.clause("asc") {
			return SortKey{Name: name}, err
		}
		return SortKey{Name: name, Desc: p.clause("desc")}, nil
	})
	return &Sort{keys}, err
}

// count reads the number of a limit.
func (p *parser) count(stage string) (int, error) {
	p.space()
	off := p.pos
	for p.pos < len(p.src) && isDigit(p.src[p.pos]) {
		p.pos++
	}
	n, err := strconv.ParseInt(p.src[off:p.pos], 10, 32)
	if errors.Is(err, strconv.ErrRange) {
		return 0, p.fail(off, "at most "+strconv.Itoa(math.MaxInt32), "%s is more than %s takes", p.shown(off), stage)
	}
	if err != nil || !p.endsTerm(p.pos, "") {
		return 0, p.fail(off, "such as "+stage+" 10", "%s needs a whole number", stage)
	}
	return int(n), nil
}

// top reads its number and field.
func (p *parser) top() (Stage, error) {
	t := &Top{N: defaultTop}
	p.space()
	var err error
	if p.pos < len(p.src) && isDigit(p.src[p.pos]) {
		if t.N, err = p.count("top"); err != nil {
			return nil, err
		}
	}
	t.Field, err = p.column()
	return t, err
}
