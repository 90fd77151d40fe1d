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
	if i, not := findClause(q, field); i >= 0 {
		return editClause(q, i, field, v, not, !slices.Contains(clauseValues(q, i), v))
	}
	return addTerm(q, Negate(clause(field, v)))
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
	i, not := findClause(q, field)
	switch {
	case i < 0:
	case not:
		return editClause(q, i, field, v, true, true)
	case slices.Contains(clauseValues(q, i), v) && len(clauseValues(q, i)) > 1:
		return editClause(q, i, field, v, false, false)
	}
	return addTerm(q, Negate(clause(field, v)))
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

// speaksOf reports whether e tests that field and nothing else.
func speaksOf(e Expr, field string, inRequest bool) bool {
	fits := ofRequests(field) == inRequest
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

// clause is field=values as a conjunct.
func clause(field string, values ...Value) Expr {
	t := Expr(&Test{Field: field, Op: Eq, Values: values})
	if ofRequests(field) {
		return &Request{t}
	}
	return t
}

// equality is the test of a conjunct that is field=values or its negation.
func equality(e Expr, field string) (t *Test, not bool) {
	if n, ok := e.(*Not); ok {
		e, not = n.Term, true
	}
	if r, ok := e.(*Request); ok && ofRequests(field) {
		e = r.Filter
	} else if ofRequests(field) {
		return nil, false
	}
	t, ok := e.(*Test)
	if !ok || t.Op != Eq || !sameField(t.Field, field) {
		return nil, false
	}
	return t, not
}

// findClause is the conjunct that lists values of the field, and whether it
// hides them; -1 if there is none.
func findClause(q *Query, field string) (i int, not bool) {
	for i, e := range terms(q) {
		if t, not := equality(e, field); t != nil {
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

// editClause adds v to the list of conjunct i or takes it out; an empty list
// is no conjunct.
func editClause(q *Query, i int, field string, v Value, not, add bool) *Query {
	values := slices.DeleteFunc(slices.Clone(clauseValues(q, i)), func(o Value) bool { return o == v })
	if add {
		values = append(values, v)
	}
	ts := slices.Clone(terms(q))
	switch c := clause(field, values...); {
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
