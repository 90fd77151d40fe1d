package cli

import (
	"ravel/model/query"
	"ravel/output"
)

// filter is what every printed record meets: e, --since and --until. Nil is
// every record.
func (s *settings) filter(e query.Expr, env query.Env) (output.Filter, error) {
	if e == nil && s.since == nil && s.until == nil {
		return nil, nil
	}
	p, err := (&query.Query{Filter: e}).Compile(env)
	if err != nil {
		return nil, usagef("-q: %w", err)
	}
	if s.since != nil || s.until != nil {
		p = p.Within(s.window(env))
	}
	return p, nil
}
