package query

import "slices"

// Numbers reports whether what the query makes of records depends on their seq
// or line, beyond their order: who asks a query that does not need not count
// what it passes over. Queries with other stages than a first stats do.
func (q *Query) Numbers() bool {
	if len(q.Stages) == 0 {
		return numbered(q.Filter)
	}
	s, ok := q.Stages[0].(*Stats)
	return !ok || numbered(q.Filter) ||
		slices.ContainsFunc(s.By, func(k Key) bool { return isNumber(k.Field) }) ||
		slices.ContainsFunc(s.Aggs, func(a Agg) bool { return isNumber(a.Field) })
}

// isNumber reports whether a field is a record's seq or line.
func isNumber(field string) bool { return columnOf(field) == colSeq || columnOf(field) == colLine }

// numbered reports whether a filter tests seq or line.
func numbered(e Expr) bool {
	switch e := e.(type) {
	case *And:
		return slices.ContainsFunc(e.Terms, numbered)
	case *Or:
		return slices.ContainsFunc(e.Terms, numbered)
	case *Not:
		return numbered(e.Term)
	case *Request:
		return numbered(e.Filter)
	case *Exists:
		return isNumber(e.Field)
	case *Test:
		return isNumber(e.Field)
	}
	return false
}
