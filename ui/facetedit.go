package ui

import (
	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
	"ravel/model/query"
)

// editFacet edits the query as a key in a facet's pane or on a value asks for
// (rule 34): the query is the one state, no pane keeps another.
func (m *Model) editFacet(a keymap.Action, field, value string) tea.Cmd {
	q, err := query.Parse(m.state.Query)
	if err != nil {
		m.say(err.Error())
		return nil
	}
	switch a {
	case keymap.ToggleValue:
		q = query.Toggle(q, field, value)
	case keymap.HideThis:
		q = query.Exclude(q, field, value)
	default:
		q = query.Only(q, field, value)
	}
	return m.filter(q.String())
}

// addClause narrows the query by a further clause.
func (m *Model) addClause(clause string) tea.Cmd {
	more, err := query.Parse(clause)
	if err != nil {
		m.say(err.Error())
		return nil
	}
	return m.addTerm(more.Filter)
}

// addTerm narrows the query by a further term.
func (m *Model) addTerm(term query.Expr) tea.Cmd {
	q, err := query.Parse(m.state.Query)
	if err != nil {
		m.say(err.Error())
		return nil
	}
	return m.filter(query.With(q, term).String())
}
