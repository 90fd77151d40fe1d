package cli

import (
	"time"

	"ravel/model"
	"ravel/model/query"
)

// moment is a time as --since and --until give it (rule 26): some forms count
// from the newest record and are known only once that is.
type moment struct {
	flag string
	text string
}

// check reports a text that is no time.
func (m *moment) check(env query.Env) error {
	if _, _, err := query.Moment(m.text, env); err != nil {
		return usagef("--%s %q is no time: use 15m (before now), end-15m (before the newest record), 14:05, or 2006-01-02T15:04", m.flag, m.text)
	}
	return nil
}

// resolve is the span [from, to) in ns that the text names; from == to for a
// point.
func (m *moment) resolve(env query.Env) (from, to int64) {
	from, to, err := query.Moment(m.text, env)
	if err != nil {
		panic("unchecked " + err.Error())
	}
	return from, to
}

// counts reports whether a time means another one where the newest record is
// another.
func countsFromNewest(text string, now time.Time, zone *time.Location) bool {
	env := query.Env{Now: now.UnixNano(), Newest: now.UnixNano(), Zone: zone}
	a, _, err := query.Moment(text, env)
	if err != nil {
		return false
	}
	env.Newest -= int64(100 * 24 * time.Hour)
	b, _, err := query.Moment(text, env)
	return err == nil && a != b
}

// needsNewest reports whether what is asked for counts from the newest record.
func (s *settings) needsNewest() bool {
	if s.windowNeedsNewest() || s.exprNeedsNewest(s.query.Filter) {
		return true
	}
	for _, stage := range s.query.Stages {
		if f, ok := stage.(*query.FilterStage); ok && s.exprNeedsNewest(f.Filter) {
			return true
		}
	}
	return false
}

// windowNeedsNewest reports it of --since and --until.
func (s *settings) windowNeedsNewest() bool {
	for _, m := range []*moment{s.since, s.until} {
		if m != nil && countsFromNewest(m.text, s.now, s.zone) {
			return true
		}
	}
	return false
}

// exprNeedsNewest looks for such times in a filter.
func (s *settings) exprNeedsNewest(e query.Expr) bool {
	var terms []query.Expr
	switch e := e.(type) {
	case *query.And:
		terms = e.Terms
	case *query.Or:
		terms = e.Terms
	case *query.Not:
		terms = []query.Expr{e.Term}
	case *query.Request:
		terms = []query.Expr{e.Filter}
	case *query.Test:
		for _, v := range e.Values {
			if isTimeField(e.Field) && countsFromNewest(v.Text, s.now, s.zone) {
				return true
			}
		}
	}
	for _, t := range terms {
		if s.exprNeedsNewest(t) {
			return true
		}
	}
	return false
}

// isTimeField reports whether tests of a field compare times.
func isTimeField(name string) bool {
	switch name {
	case "ts", "@timestamp", "@ingestionTime", "start", "end":
		return true
	}
	return false
}

// window is --since and --until as a span [from, to) of event time, which may be
// empty.
func (s *settings) window(env query.Env) (from, to int64) {
	from, to = model.NoTime, 1<<63-1
	if s.since != nil {
		from, _ = s.since.resolve(env)
	}
	if s.until != nil {
		point, end := s.until.resolve(env)
		to = max(point+1, end, from)
	}
	return from, to
}
