package query

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"ravel/model"
)

// Shape says what the rows of a pipeline are.
type Shape uint8

// The shapes.
const (
	Records  Shape = iota // whole records: printed as records are
	Requests              // whole requests: printed as requests are
	Table                 // values by column
)

// Row is what a pipeline emits. It is valid during the call only; what it
// points to may alias a batch.
type Row struct {
	Record  *model.Record  // of shape Records
	Request *model.Request // of shape Requests
	Values  []model.Value  // of shape Table: one a column, Null where there is none
	Seq     model.Seq      // of the record that a row of a Table shows; 0 if it is made of several
	opens   func() Expr
}

// Open is a filter that finds the records behind a row of a Table; nil if there
// is none.
func (r *Row) Open() Expr {
	if r.opens == nil {
		return nil
	}
	return r.opens()
}

// ErrDone is returned by Add when no further record can change what is
// emitted. It is no failure: stop reading and Close.
var ErrDone = errors.New("the pipeline needs no more records")

// Pipeline runs the stages of a query over records as they come, in memory
// that does not grow with their number: groups, distinct values and sorted
// rows are bounded, and Notes says what a bound cut. It belongs to one
// goroutine.
type Pipeline struct {
	env     Env
	shape   Shape
	columns []string
	fromReq bool
	room    *room // of what operators keep of rows
	first   operator
	binned  *grouper // the grouper that closes bins by time, nil if none
	ops     []operator
	single  []func(operator) operator // what begins the pipeline and looks at one row at a time
	shared  sharer                    // what follows that, if lanes do a part of its work; nil: they do not
	own     *Lane                     // of Add
	scan    scan
}

// operator is a stage at work.
type operator interface {
	// push takes a row; ErrDone says that it needs no more.
	push(r *row) error
	// close emits what waits, then closes what follows.
	close() error
}

// NewPipeline makes the stages ready; rows go to emit, whose error stops it.
// Filters of q that can run before its other stages should have been moved
// there by Normal. emit may be nil if the pipeline is PerRow and only its lanes
// are used.
func NewPipeline(stages []Stage, env Env, emit func(*Row) error) (*Pipeline, error) {
	p := &Pipeline{env: env, room: newRoom(env.Room)}
	p.scan.p = &Predicate{env: env}
	b := builder{p: p}
	for i, s := range stages {
		if err := b.plan(i, s); err != nil {
			return nil, err
		}
	}
	p.shape, p.columns = b.shape, b.columns
	next := operator(&sink{p.shape, emit})
	for i := len(b.make) - 1; i >= 0; i-- {
		next = b.make[i](next)
		p.ops = append(p.ops, next)
		if g, ok := next.(*grouper); ok && g.bin >= 0 {
			p.binned = g // the first of them in the end
		}
	}
	p.first = next
	p.single = b.make[:b.single]
	if b.single < len(p.ops) {
		p.shared, _ = p.ops[len(p.ops)-1-b.single].(sharer)
		if _, counts := p.shared.(*grouper); !counts && b.single > 0 {
			p.shared = nil // what it asks of rows again would lack what was added to them
		}
	}
	return p, nil
}

// Shape says what the rows are.
func (p *Pipeline) Shape() Shape { return p.shape }

// Columns are the names of a Table's columns.
func (p *Pipeline) Columns() []string { return p.columns }

// FromRequests reports whether the pipeline is fed by AddRequest, because its
// first stage is requests.
func (p *Pipeline) FromRequests() bool { return p.fromReq }

// Add takes the records of b that are in bits, in order.
func (p *Pipeline) Add(b *model.Batch, bits model.Bits) error {
	if p.shared != nil {
		if p.own == nil {
			p.own = p.Lane(nil)
		}
		part, err := p.own.Work(b, bits)
		if err != nil {
			return err
		}
		return p.Take(part)
	}
	if t, ok := p.first.(*tailer); ok {
		bits = bits.Last(t.n)
	}
	return p.scan.pushAll(b, bits, p.first)
}

// pushAll pushes the records of b that are in bits to o.
func (s *scan) pushAll(b *model.Batch, bits model.Bits, o operator) error {
	s.b, s.at = b, -1
	defer func() { s.rec, s.b = model.Record{}, nil }() // they would keep the arena alive
	r := row{batched: true}
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		r.subject = subject{b: b, i: i, s: s}
		if err := o.push(&r); err != nil {
			return err
		}
	}
	return nil
}

// Keeps reports whether stages may still look at a batch when Add or Take has
// returned.
func (p *Pipeline) Keeps() bool {
	_, counts := p.shared.(*grouper)
	return !counts // which clones what it keeps
}

// AddRequest takes a request. The pipeline keeps r.
func (p *Pipeline) AddRequest(r *model.Request) error { return p.first.push(&row{req: r}) }

// Advance emits the groups of spans of time that ended before ns: what follows
// a live stream calls it with the stream's time (rule 24). A later record of
// such a span begins its group anew.
func (p *Pipeline) Advance(ns int64) error {
	if p.binned == nil {
		return nil
	}
	return p.binned.advance(ns)
}

// Close emits what waits for the end. It is called once.
func (p *Pipeline) Close() error {
	err := p.first.close()
	if errors.Is(err, ErrDone) {
		return nil
	}
	return err
}

// Notes are what a bound cut, in words for a person; complete after Close.
func (p *Pipeline) Notes() []string {
	var notes []string
	for _, o := range p.ops {
		if n, ok := o.(interface{ note() string }); ok && n.note() != "" {
			notes = append(notes, n.note())
		}
	}
	return notes
}

// sink turns rows into what is emitted.
type sink struct {
	shape Shape
	emit  func(*Row) error
}

func (s *sink) push(r *row) error {
	out := Row{opens: r.opens}
	switch s.shape {
	case Records:
		out.Record = r.rec()
		if len(r.extra) > 0 {
			c := *out.Record
			c.Fields = append(append([]model.Field(nil), c.Fields...), r.extra...)
			out.Record = &c
		}
	case Requests:
		out.Request = r.req
	case Table:
		out.Values = r.values
		switch {
		case r.batched:
			out.Seq = r.b.First + model.Seq(r.i)
		case r.r != nil:
			out.Seq = r.r.Seq
		}
	}
	return s.emit(&out)
}

func (s *sink) close() error { return nil }

// builder plans a pipeline from its stages.
type builder struct {
	p       *Pipeline
	shape   Shape
	columns []string
	make    []func(operator) operator
	single  int // of make, from the front, look at one row at a time
}

// plan adds a stage.
func (b *builder) plan(i int, s Stage) error {
	switch s := s.(type) {
	case *FilterStage:
		f, err := newRowFilter(s.Filter, b.p.env, b.shape, b.columns)
		if err != nil {
			return err
		}
		b.addSingle(func(next operator) operator { f := *f; f.next = next; return &f })
	case *Stats:
		b.group(s)
	case *Sort:
		b.add(func(next operator) operator { return newSorter(s.Keys, &b.p.env, b.p.room, next) })
	case *Limit:
		b.add(func(next operator) operator {
			if s.Tail {
				return &tailer{n: s.N, room: b.p.room, next: next}
			}
			return &limiter{n: s.N, next: next}
		})
	case *Top:
		b.group(&Stats{Aggs: []Agg{{Fn: "count"}}, By: []Key{{Field: s.Field}}})
		b.add(func(next operator) operator { return &limiter{n: s.N, next: next} })
	case *Fields:
		b.project(s)
	case *Dedup:
		b.add(func(next operator) operator { return newDeduper(s.Fields, &b.p.env, next) })
	case *Extract:
		return b.extract(s)
	case *View:
		return b.view(i, s)
	}
	return nil
}

// add appends an operator.
func (b *builder) add(mk func(operator) operator) { b.make = append(b.make, mk) }

// addSingle is add for one that looks at one row at a time and remembers none.
func (b *builder) addSingle(mk func(operator) operator) {
	if b.single == len(b.make) {
		b.single++
	}
	b.add(mk)
}

// unlike numbers columns of one name, so that each can be told from the others:
// of "top count" the second is count_2.
func unlike(columns []string) []string {
	for i, name := range columns {
		for n := 2; slices.Contains(columns[:i], columns[i]); n++ {
			columns[i] = name + "_" + strconv.Itoa(n)
		}
	}
	return columns
}

// project chooses columns. The rows keep what they come from, so that later
// stages may still name other fields, as Insights allows.
func (b *builder) project(s *Fields) {
	b.shape, b.columns = Table, nil
	for _, it := range s.Items {
		b.columns = append(b.columns, it.Column())
	}
	b.columns = unlike(b.columns)
	columns, env := b.columns, &b.p.env
	names := make([]string, len(s.Items))
	for i, it := range s.Items {
		names[i] = it.Name
	}
	b.addSingle(func(next operator) operator {
		return &projector{fields: getters(names, env), columns: columns, next: next}
	})
}

// view adds a stage that makes a table of its own.
func (b *builder) view(i int, s *View) error {
	switch s.Name {
	case "requests":
		if i > 0 {
			return fmt.Errorf("| requests cannot follow another stage but filter: requests are folded from records")
		}
		b.p.fromReq, b.shape, b.columns = true, Requests, rowColumns
	case "errors":
		b.columns = errorColumns
		b.shape = Table
		b.add(func(next operator) operator { return newErrors(next) })
	case "templates":
		b.columns = templateColumns
		b.shape = Table
		b.add(func(next operator) operator { return newTemplates(next) })
	}
	return nil
}
