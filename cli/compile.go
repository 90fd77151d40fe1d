package cli

import (
	"ravel/model/query"
	"ravel/output"
)

// compile makes a filter of an expression.
func compile(e query.Expr, _ query.Env) (output.Filter, error) {
	return nil, usagef("-q: this build has no filters: %s", e)
}
