package ui

import (
	"regexp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ravel/model"
	"ravel/model/query"
)

// likeThis filters by what the cursor stands on: a request by its path, a
// record by its template.
func (m *Model) likeThis(hide bool) tea.Cmd {
	rec, req := m.log.Selected()
	if rec == nil {
		return nil
	}
	clause := query.SameTemplate(rec.Message)
	if m.log.OnHead() && req.Path != "" {
		clause = query.Is("path", req.Path)
	}
	if hide {
		clause = query.Negate(clause)
	}
	return m.addTerm(clause)
}

// followID shows only what shares the record's correlation id, or its request
// id where it has none, in every source.
func (m *Model) followID() tea.Cmd {
	rec, _ := m.log.Selected()
	switch {
	case rec == nil:
		return nil
	case rec.CorrelationID != "":
		return m.filter(query.Is("correlation_id", rec.CorrelationID).String())
	case rec.RequestID != "":
		return m.filter(query.Is("request_id", rec.RequestID).String())
	}
	m.say("this record has no id to follow")
	return nil
}

// setSince keeps what is not older than a time; empty text drops the bound.
func (m *Model) setSince(text string) tea.Cmd {
	q := strings.TrimSpace(sinceClause.ReplaceAllString(" "+m.state.Query+" ", " "))
	if text = strings.TrimSpace(text); text != "" {
		q = strings.TrimSpace(q + " ts>=" + text)
	}
	return m.filter(q)
}

// sinceClause is a lower bound on the time.
var sinceClause = regexp.MustCompile(`\sts>=?\S+\s`)

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
