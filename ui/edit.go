package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
	"ravel/model/query"
)

// likeThis filters by what the cursor stands on: a request by its path, a
// record by its template. To be hidden, a request is asked as a whole: most of
// its records have no path, and one that is left keeps its row.
func (m *Model) likeThis(hide bool) tea.Cmd {
	rec, req := m.log.Selected()
	if rec == nil {
		return nil
	}
	clause := query.SameTemplate(rec.Message)
	if m.log.OnHead() && req.Path != "" {
		if clause = query.Is("path", req.Path); hide && req.Records > 1 {
			clause = &query.Request{Filter: clause}
		}
	}
	if hide {
		clause = query.Negate(clause)
	}
	return m.addTerm(clause)
}

// followID shows only what shares the record's correlation id, or its request
// id where it has none, in every source; of a request also what a proxy may have
// written about it.
func (m *Model) followID() tea.Cmd {
	rec, req := m.log.Selected()
	if rec == nil {
		return nil
	}
	var flow query.Expr
	if rec.CorrelationID != "" {
		flow = query.Is("correlation_id", rec.CorrelationID)
	} else if req != nil && req.CorrelationID != "" { // of another of its records
		flow = query.Is("correlation_id", req.CorrelationID)
	}
	if rec.CorrelationID == "" && rec.RequestID != "" {
		flow = query.Either(flow, query.Is("request_id", rec.RequestID))
	}
	if flow == nil {
		flow = calledBy(rec)
	}
	if flow == nil {
		m.say("this record has no id to follow")
		return nil
	}
	if len(m.state.Sources) > 1 && req != nil {
		flow = query.Either(flow, sameCall(req))
	}
	return m.filter((&query.Query{Filter: flow}).String())
}

// callSlack is how far the stamps of a proxy may lie from those of what stands
// behind it: access lines often have whole seconds.
const callSlack = time.Second

// calledBy finds, for an access line without an id, the requests behind the
// proxy that wrote it, and the line itself: of the same method and path, ended
// about when it was written. It is nil for any other record.
func calledBy(rec *model.Record) query.Expr {
	method, ok := query.Lookup(rec, "method")
	path, ok2 := query.Lookup(rec, "path")
	if !ok || !ok2 || rec.Time == model.NoTime || rec.RequestID != "" {
		return nil
	}
	call := func(field string) query.Expr {
		return query.All(query.Is("method", method.Str), query.Is("path", path.Str),
			timeTest(field, query.Ge, rec.Time-int64(callSlack)), timeTest(field, query.Le, rec.Time+2*int64(callSlack)))
	}
	return query.Either(&query.Request{Filter: call("end")}, query.All(call("ts"), query.Negate(&query.Exists{Field: "request_id"})))
}

// timeTest compares a field with a moment.
func timeTest(field string, op query.Op, ns int64) query.Expr {
	return &query.Test{Field: field, Op: op, Values: []query.Value{{Text: time.Unix(0, ns).UTC().Format(time.RFC3339Nano)}}}
}

// sameCall finds the lines without an id that a proxy may have written about a
// request: of the same method, path and time. It is nil where these are not
// known.
func sameCall(r *model.Request) query.Expr {
	if r.Method == "" || r.Path == "" || r.Start == model.NoTime || r.End == model.NoTime {
		return nil
	}
	return query.All(query.Is("method", r.Method), query.Is("path", r.Path), timeTest("ts", query.Ge, r.Start-int64(callSlack)), timeTest("ts", query.Le, r.End+int64(callSlack)),
		query.Negate(&query.Exists{Field: "request_id"}))
}

// setSince keeps what is not older than a time; empty text drops the bound.
func (m *Model) setSince(text string) tea.Cmd {
	q, err := query.Parse(m.state.Query)
	if err == nil {
		q, err = query.Since(q, strings.TrimSpace(text))
	}
	if err != nil {
		m.say(err.Error())
		return nil
	}
	return m.filter(q.String())
}

// goToTime reads a time as a person types it and goes there.
func (m *Model) goToTime(text string) {
	env := query.Env{Now: m.opt.Now().UnixNano(), Newest: m.state.MaxTime, Zone: m.opt.Zone}
	if env.Newest == model.NoTime {
		env.Newest = env.Now
	}
	from, _, err := query.Moment(strings.TrimSpace(text), env)
	if err != nil {
		m.say(err.Error())
		return
	}
	m.jumpTo(from)
}
