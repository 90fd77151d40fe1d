package query

// Normal is the query with the filters of its first stages joined to its own
// filter, where that does not change what they see: there they run on columns.
func (q *Query) Normal() *Query {
	n := &Query{Filter: q.Filter}
	open := true
	made := map[string]bool{}
	for _, s := range q.Stages {
		f, ok := s.(*FilterStage)
		if ok && open && !names(f.Filter, made) {
			n.Filter = All(n.Filter, f.Filter)
			continue
		}
		switch s := s.(type) {
		case *Fields:
			for _, it := range s.Items {
				made[it.Column()] = made[it.Column()] || it.As != ""
			}
		case *Sort:
		default:
			open = false
		}
		n.Stages = append(n.Stages, s)
	}
	return n
}

// names reports whether e tests one of the fields in set.
func names(e Expr, set map[string]bool) bool {
	switch e := e.(type) {
	case *And:
		return anyNames(e.Terms, set)
	case *Or:
		return anyNames(e.Terms, set)
	case *Not:
		return names(e.Term, set)
	case *Exists:
		return set[e.Field]
	case *Test:
		return set[e.Field]
	}
	return false
}

func anyNames(terms []Expr, set map[string]bool) bool {
	for _, t := range terms {
		if names(t, set) {
			return true
		}
	}
	return false
}
