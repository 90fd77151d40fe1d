// Package query is the one language in which records are asked for: the filter
// bar, -q, saved views and the search that a backend runs. Text becomes an AST
// (Parse), the AST a predicate over batches (Compile) and a pipeline of stages
// (NewPipeline). It holds no goroutine and does no I/O; what it compiles is
// safe for concurrent use, a Pipeline belongs to one goroutine.
package query

import (
	"strings"
	"time"

	"ravel/model"
)

// Query is a parsed query: which records, then what is done with them.
type Query struct {
	Filter Expr    // nil: every record
	Stages []Stage // in order; nil: the records themselves
}

// Parse reads a query. Its error is always an *Error, which names the column.
func Parse(text string) (*Query, error) {
	p := &parser{src: text}
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	return q, nil
}

// String is the canonical form: Parse of it gives an equal Query, and two
// queries with the same canonical form mean the same.
func (q *Query) String() string {
	var sb strings.Builder
	if q.Filter != nil {
		sb.WriteString(filterText(q.Filter, len(q.Stages) > 0))
	}
	for i, s := range q.Stages {
		if i > 0 || q.Filter != nil {
			sb.WriteByte(' ')
		}
		sb.WriteString("| ")
		sb.WriteString(s.String())
	}
	return sb.String()
}

// Env is what a query is compiled against. The zero Env serves queries that
// look at columns only.
type Env struct {
	Decoder model.Decoder  // for what has no column
	Names   *model.Names   // of domains and sources
	Now     int64          // ns since the epoch: what -15m counts from
	Newest  int64          // newest record's stamp: what end-15m counts from; 0: Now
	Zone    *time.Location // shown zone, that of stamps in queries; nil: UTC
	Room    int64          // bytes that the stages of a pipeline may keep of rows and groups; 0: 256 MiB
	// Requests answers request(…): which records stand in a request for which
	// f holds. Nil: request(…) is refused.
	Requests func(f *RequestFilter) Membership
}

// Membership says which records stand in one of the requests that a
// RequestFilter found. It is safe for concurrent use.
type Membership interface {
	// Narrow clears from bits the records of b that stand in none of them. It
	// looks at columns only: b may lack Buf.
	Narrow(b *model.Batch, bits model.Bits)
	// Holds reports it for a single decoded record.
	Holds(r *model.Record) bool
}

// zone is Zone, never nil.
func (e *Env) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}
