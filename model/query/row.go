package query

import "ravel/model"

// row is what travels between operators: a record, a request or values. It is
// valid during push only; keep clones it.
type row struct {
	subject
	batched bool // the subject is a record of a batch
	req     *model.Request
	names   []string // of values; nil: the row has none
	values  []model.Value
	opens   func() Expr // the filter that finds what it is made of
}

// field is a value of the row by name.
func (r *row) field(name string) (model.Value, bool) {
	for i, n := range r.names {
		if n == name {
			return r.values[i], r.values[i].Kind != model.Null
		}
	}
	switch {
	case r.req != nil:
		if len(r.extra) > 0 {
			if v, ok := model.Lookup(r.extra, name); ok {
				return v, v.Kind != model.Null
			}
		}
		v, _, ok := rowValue(r.req, name)
		return v, ok
	case r.r != nil || r.batched:
		return r.subject.field(name)
	}
	return model.Value{}, false
}

// time is the row's stamp.
func (r *row) time() int64 {
	switch {
	case r.req != nil:
		return r.req.Start
	case r.batched:
		return r.b.Time[r.i]
	case r.r != nil:
		return r.r.Time
	}
	return model.NoTime
}

// keep is the row with memory of its own.
func (r *row) keep() *row {
	k := &row{req: r.req, names: r.names, opens: r.opens}
	k.values = append([]model.Value(nil), r.values...)
	k.extra = append([]model.Field(nil), r.extra...)
	if r.r != nil || r.batched {
		k.r = CloneRecord(r.rec())
		if r.b != nil {
			k.fix(&r.subject)
		}
	}
	return k
}

// fix keeps what only the batch's columns told.
func (r *row) fix(u *subject) {
	for _, c := range [...]struct {
		name string
		col  column
	}{{"status", colStatus}, {"duration", colDuration}} {
		if v, ok := u.own(c.col); ok {
			if _, taken := model.Lookup(r.extra, c.name); !taken {
				r.fixed = append(r.fixed, model.Field{Name: c.name, Value: v})
			}
		}
	}
}
