package cli

import (
	"ravel/model/query"
	"ravel/output"
)

// filter is what every printed record meets: the query's filter, --since and
// --until. Nil is every record.
func (s *settings) filter(env query.Env) (output.Filter, error) {
	if s.query.Filter == nil && s.since == nil && s.until == nil {
		return nil, nil
	}
	p, err := (&query.Query{Filter: s.query.Filter}).Compile(env)
	if err != nil {
		return nil, usagef("-q: %w", err)
	}
	if s.since != nil || s.until != nil {
		p = p.Within(s.window(env))
	}
	return p, nil
}
