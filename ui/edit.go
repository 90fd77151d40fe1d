package ui

import (
	"regexp"
	"strconv"
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
	clause := "message~/" + templatePattern(rec.Message) + "/"
	if m.log.OnHead() && req.Path != "" {
		clause = "path=" + quoteValue(req.Path)
	}
	if hide {
		clause = "-" + clause
	}
	return m.addClause(clause)
}

// followID shows only what shares the record's correlation id, or its request
// id where it has none, in every source.
func (m *Model) followID() tea.Cmd {
	rec, _ := m.log.Selected()
	switch {
	case rec == nil:
		return nil
	case rec.CorrelationID != "":
		return m.filter("correlation_id=" + quoteValue(rec.CorrelationID))
	case rec.RequestID != "":
		return m.filter("request_id=" + quoteValue(rec.RequestID))
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

// variable is what differs between messages of one template.
var variable = regexp.MustCompile(`"[^"]*"|'[^']*'|[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){2,}[0-9a-fA-F-]*|\S*[0-9]\S*`)

// templatePattern is a regexp for messages like msg: its first line with what
// varies left open.
func templatePattern(msg string) string {
	msg, _, _ = strings.Cut(msg, "\n")
	var b strings.Builder
	b.WriteByte('^')
	last := 0
	for _, at := range variable.FindAllStringIndex(msg, -1) {
		b.WriteString(slashed(msg[last:at[0]]))
		if c := msg[at[0]]; c == '"' || c == '\'' {
			b.WriteString(string(c) + `[^` + string(c) + `]*` + string(c))
		} else {
			b.WriteString(`\S+`)
		}
		last = at[1]
	}
	b.WriteString(slashed(msg[last:]))
	return b.String()
}

// slashed quotes text for a regexp between slashes.
func slashed(text string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(text), "/", `\/`)
}

// plainValue is a value that needs no quotes in a query.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9_./:@-]+$`)

// quoteValue writes a value into a query.
func quoteValue(v string) string {
	if plainValue.MatchString(v) && v[0] != '/' && v[0] != '-' {
		return v
	}
	if strings.ContainsAny(v, "\"\\") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
	}
	return strconv.Quote(v)
}
