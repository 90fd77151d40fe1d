package query

import (
	"slices"
	"strings"

	"ravel/model"
	"ravel/model/stats"
)

// The functions below edit a query as a facet's keys do (rule 34). They return
// a new query and never change the one given. A value is the text that the
// facet shows; "none" (or "") is the value of records without the field.

// Toggle shows the records with that value if the query hides them, and hides
// them if it shows them.
func Toggle(q *Query, field, value string) *Query {
	if columnOf(field) == colLevel {
		if l, ok := levelOf(value); ok {
			return withLevels(q, levelsShown(q)^1<<l)
		}
	}
	v := facetValue(field, value)
	i, not := findClause(q, field)
	if i >= 0 && !not {
		return editClause(q, i, clause, field, v, !slices.Contains(clauseValues(q, i), v))
	}
	return hide(q, field, v, i < 0 || !slices.Contains(clauseValues(q, i), v))
}

// Only shows just the records with that value.
func Only(q *Query, field, value string) *Query {
	return addTerm(Without(q, field), clause(field, facetValue(field, value)))
}

// Exclude hides the records with that value.
func Exclude(q *Query, field, value string) *Query {
	if columnOf(field) == colLevel {
		if l, ok := levelOf(value); ok {
			return withLevels(q, levelsShown(q)&^(1<<l))
		}
	}
	v := facetValue(field, value)
	if i, not := findClause(q, field); i >= 0 && !not && slices.Contains(clauseValues(q, i), v) && len(clauseValues(q, i)) > 1 {
		return editClause(q, i, clause, field, v, false)
	}
	return hide(q, field, v, true)
}

// hide makes the query hide a value, or show it again. What only some records
// of a request have is asked of the request, too: one record that is left would
// keep its row.
func hide(q *Query, field string, v Value, hidden bool) *Query {
	q = hideBy(q, clause, field, v, hidden)
	if ofSome(field) && v.Text != none {
		q = hideBy(q, requestClause, field, v, hidden)
	}
	return q
}

// hideBy edits the conjunct that hides values by such a clause.
func hideBy(q *Query, form form, field string, v Value, hidden bool) *Query {
	for i, e := range terms(q) {
		if n, ok := e.(*Not); ok && listed(n.Term, form, field) != nil {
			return editClause(q, i, form, field, v, hidden)
		}
	}
	if !hidden {
		return q
	}
	return addTerm(q, Negate(form(field, v)))
}

// Without is the query without the clauses that speak of that field alone:
// what the field's own facet is counted under.
func Without(q *Query, field string) *Query {
	var keep []Expr
	for _, t := range terms(q) {
		if !speaksOf(t, field, false) {
			keep = append(keep, t)
		}
	}
	return &Query{Filter: All(keep...), Stages: q.Stages}
}

// Is is the filter of the records whose field has exactly that value.
func Is(field, value string) Expr {
	v := facetValue(field, value)
	v.Quoted = v.Quoted || value == none
	return clause(field, v)
}

// SameTemplate is the filter of the records whose messages have the template of
// this one.
func SameTemplate(message string) Expr { return Is("template", stats.Template([]byte(message))) }

// With is the query with one more term; nil changes nothing.
func With(q *Query, term Expr) *Query { return addTerm(q, term) }

// Since is the query for what is not older than a time, as it is written in
// queries; "" drops the bound. It takes the place of lower bounds that are terms
// of their own. The error is an *Error where the text is no time.
func Since(q *Query, text string) (*Query, error) {
	keep := slices.DeleteFunc(slices.Clone(terms(q)), func(e Expr) bool {
		t, ok := e.(*Test)
		return ok && columnOf(t.Field) == colTime && (t.Op == Ge || t.Op == Gt)
	})
	if text != "" {
		p := parser{src: text}
		v, err := p.typed("ts", Ge, Value{Text: text}, 0)
		if err != nil {
			return nil, err
		}
		keep = append(keep, &Test{Field: "ts", Op: Ge, Values: []Value{v}})
	}
	return &Query{Filter: All(keep...), Stages: q.Stages}, nil
}

// Shows reports whether the query's own clauses on the field let the value
// pass: how a facet draws it.
func Shows(q *Query, field, value string) bool {
	r := model.Request{State: model.NumStates}
	for _, t := range terms(q) {
		if !speaksOf(t, field, false) || holdsFor(t, field, value, &r) {
			continue
		}
		return false
	}
	return true
}

// holdsFor evaluates a clause that speaks of one field alone on a value of it.
func holdsFor(e Expr, field, value string, r *model.Request) bool {
	absent := value == none || value == ""
	switch e := e.(type) {
	case *And:
		return !slices.ContainsFunc(e.Terms, func(t Expr) bool { return !holdsFor(t, field, value, r) })
	case *Or:
		return slices.ContainsFunc(e.Terms, func(t Expr) bool { return holdsFor(t, field, value, r) })
	case *Not:
		return !holdsFor(e.Term, field, value, r)
	case *Request:
		return holdsFor(e.Filter, field, value, r)
	case *Exists:
		return !absent
	case *Test:
		c, err := newComparer(e)
		if err != nil {
			return true
		}
		if columnOf(field) == colLevel {
			l, _ := levelOf(value)
			return levelMask(e, c)>>l&1 != 0
		}
		if columnOf(field) == colStatus && !absent {
			return statusHolds(e, c, value)
		}
		if absent {
			return c.absent
		}
		v := model.StringValue(value)
		if strings.EqualFold(value, "true") || strings.EqualFold(value, "false") {
			v.Kind = model.Bool
		}
		return c.holds(v)
	}
	return true
}

// statusHolds is holdsFor for a status or a class of them.
func statusHolds(t *Test, c *comparer, value string) bool {
	want, isSpan := statusSpan(Eq, Value{Text: value})
	for _, v := range t.Values {
		if sp, ok := statusSpan(t.Op, v); ok && isSpan && sp.from < want.to && want.from < sp.to {
			return true
		}
	}
	return !isSpan && c.holds(model.StringValue(value))
}

// terms are the conjuncts of the filter.
func terms(q *Query) []Expr {
	switch e := q.Filter.(type) {
	case nil:
		return nil
	case *And:
		return e.Terms
	}
	return []Expr{q.Filter}
}

// addTerm is the query with a further conjunct.
func addTerm(q *Query, t Expr) *Query {
	if t == nil {
		return q
	}
	return &Query{Filter: All(append(slices.Clip(slices.Clone(terms(q))), t)...), Stages: q.Stages}
}

// sameField reports whether two names mean the same field.
func sameField(a, b string) bool {
	return a == b || columnOf(a) != noColumn && columnOf(a) == columnOf(b)
}

// ofRequests reports whether a field is known of requests only: its clauses
// stand inside request(…).
func ofRequests(field string) bool { return field == "state" || field == "kind" }

// ofSome reports whether a field is one of a request's that most of its records
// do not have.
func ofSome(field string) bool {
	return columnOf(field) == colStatus || field == "method" || field == "path" || field == "client"
}

// speaksOf reports whether e tests that field and nothing else.
func speaksOf(e Expr, field string, inRequest bool) bool {
	fits := ofRequests(field) == inRequest || ofSome(field)
	switch e := e.(type) {
	case *And:
		return !slices.ContainsFunc(e.Terms, func(t Expr) bool { return !speaksOf(t, field, inRequest) })
	case *Or:
		return !slices.ContainsFunc(e.Terms, func(t Expr) bool { return !speaksOf(t, field, inRequest) })
	case *Not:
		return speaksOf(e.Term, field, inRequest)
	case *Request:
		return speaksOf(e.Filter, field, true)
	case *Exists:
		return fits && sameField(e.Field, field)
	case *Test:
		return fits && sameField(e.Field, field)
	}
	return false
}

// form makes a conjunct of field=values.
type form func(field string, values ...Value) Expr

// clause is the form of a facet's clauses.
func clause(field string, values ...Value) Expr {
	if ofRequests(field) {
		return requestClause(field, values...)
	}
	return &Test{Field: field, Op: Eq, Values: values}
}

// requestClause is the form that asks the request.
func requestClause(field string, values ...Value) Expr {
	return &Request{&Test{Field: field, Op: Eq, Values: values}}
}

// listed is the test of a conjunct of that form; nil if it is none.
func listed(e Expr, form form, field string) *Test {
	if r, ok := e.(*Request); ok {
		if e = r.Filter; !inRequest(form, field) {
			return nil
		}
	} else if inRequest(form, field) {
		return nil
	}
	t, ok := e.(*Test)
	if !ok || t.Op != Eq || !sameField(t.Field, field) {
		return nil
	}
	return t
}

func inRequest(form form, field string) bool { _, ok := form(field).(*Request); return ok }

// findClause is the conjunct that lists values of the field, and whether it
// hides them; -1 if there is none.
func findClause(q *Query, field string) (i int, not bool) {
	for i, e := range terms(q) {
		n, not := e.(*Not)
		if not {
			e = n.Term
		}
		if listed(e, clause, field) != nil {
			return i, not
		}
	}
	return -1, false
}

// clauseValues are the values that conjunct i lists.
func clauseValues(q *Query, i int) []Value {
	e := terms(q)[i]
	if n, ok := e.(*Not); ok {
		e = n.Term
	}
	if r, ok := e.(*Request); ok {
		e = r.Filter
	}
	return e.(*Test).Values
}

// editClause adds v to the list of conjunct i, of that form, or takes it out; an
// empty list is no conjunct.
func editClause(q *Query, i int, form form, field string, v Value, add bool) *Query {
	values := slices.DeleteFunc(slices.Clone(clauseValues(q, i)), func(o Value) bool { return o == v })
	if add {
		values = append(values, v)
	}
	ts := slices.Clone(terms(q))
	_, not := ts[i].(*Not)
	switch c := form(field, values...); {
	case len(values) == 0:
		ts = slices.Delete(ts, i, i+1)
	case not:
		ts[i] = Negate(c)
	default:
		ts[i] = c
	}
	return &Query{Filter: All(ts...), Stages: q.Stages}
}

// facetValue is a value as it stands in a query.
func facetValue(field, value string) Value {
	switch {
	case value == none || value == "":
		return Value{Text: none}
	case columnOf(field) == colLevel:
		if l, ok := levelOf(value); ok {
			return Value{Text: strings.ToLower(l.String())}
		}
	}
	_, isNumber := parseQuantity(value)
	return Value{value, !bareValue(value) || special(value) && !isNumber && !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false")}
}

// levelOf is the level that a facet's value names.
func levelOf(value string) (model.Level, bool) {
	if value == none || value == "" {
		return model.LevelNone, true
	}
	return model.ParseLevel(value)
}

// allLevels is the mask of all levels and none.
const allLevels = 1<<model.NumLevels - 1

// levelsShown is the mask of the levels that the query's own clauses let pass.
func levelsShown(q *Query) uint16 {
	mask := uint16(0)
	for l := range model.NumLevels {
		if Shows(q, "level", l.String()) {
			mask |= 1 << l
		}
	}
	return mask
}

// withLevels is the query with one clause, the shortest there is, for the
// levels of mask. Hiding all is the same as hiding none: nobody means it.
func withLevels(q *Query, mask uint16) *Query {
	rest := Without(q, "level")
	mask &= allLevels
	if mask == 0 || mask == allLevels {
		return rest
	}
	var in, out []Value
	for l := range model.NumLevels {
		v := facetValue("level", l.String())
		if mask>>l&1 != 0 {
			in = append(in, v)
		} else {
			out = append(out, v)
		}
	}
	for l := model.Debug; l < model.NumLevels; l++ {
		if mask == allLevels&^(1<<l-1) && len(in) > 1 {
			return addTerm(rest, &Test{Field: "level", Op: Ge, Values: []Value{in[0]}})
		}
	}
	if len(out) < len(in) {
		return addTerm(rest, Negate(clause("level", out...)))
	}
	slices.Reverse(in)
	return addTerm(rest, clause("level", in...))
}
