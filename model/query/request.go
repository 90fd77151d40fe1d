package query

// RequestFilter is the filter of request(…).
type RequestFilter struct {
	expr Expr
}

// String is the filter's canonical form.
func (f *RequestFilter) String() string { return f.expr.String() }
