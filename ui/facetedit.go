package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
)

// editFacet edits the query as a key in a facet's pane asks for (rule 34): the
// pane keeps no state of its own.
func (m *Model) editFacet(a keymap.Action, field, value string) tea.Cmd {
	clause := field + "=" + quoteValue(value)
	if a == keymap.HideThis {
		clause = "-" + clause
	}
	return m.addClause(clause)
}

// quoteText writes text into a query as one quoted string.
func quoteText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
