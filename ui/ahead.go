package ui

import (
	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
)

// maxAhead bounds how many keys are held back.
const maxAhead = 256

// onTyped takes a key or a paste. What is typed while a jump is under way is
// meant for where it leads to: it waits for the answer, so that keys typed at
// once do what they do one by one (rule 38).
func (m *Model) onTyped(msg tea.Msg) tea.Cmd {
	if len(m.ahead) < maxAhead && (m.waits(msg) || len(m.ahead) > 0 && !m.endsWait(msg)) {
		m.ahead = append(m.ahead, msg)
		return nil
	}
	switch m.meant(msg) {
	case keymap.Back, keymap.Interrupt, keymap.Quit:
		m.ahead = nil
	}
	return m.takeTyped(msg)
}

func (m *Model) takeTyped(msg tea.Msg) tea.Cmd {
	if p, ok := msg.(tea.PasteMsg); ok {
		return m.onPaste(p.Content)
	}
	return m.onKey(msg.(tea.KeyPressMsg))
}

// catchUp takes what has been typed ahead, up to the next wait.
func (m *Model) catchUp() tea.Cmd {
	var cmds []tea.Cmd
	for len(m.ahead) > 0 && !m.waits(m.ahead[0]) {
		msg := m.ahead[0]
		m.ahead = m.ahead[1:]
		cmds = append(cmds, m.takeTyped(msg))
	}
	return tea.Batch(cmds...)
}

// waits reports whether msg is for something that is not there yet: the row
// that a jump leads to, a table's first rows, a facet's first values.
func (m *Model) waits(msg tea.Msg) bool {
	if m.bar.line != nil || m.over.kind != nothing {
		return false
	}
	if m.find.stop != nil {
		return !m.endsWait(msg)
	}
	a := m.meant(msg)
	_, moves := m.steps(a)
	switch {
	case m.side.focus == onTable && m.jobs.tableNew:
		return moves || a == keymap.Open || a == keymap.Copy || a == keymap.SortNext || a == keymap.SortReverse
	case m.side.focus == onFacet && m.jobs.facets:
		if _, filled := m.side.facet.Current(); filled {
			return false
		}
		return moves || a == keymap.Open || a == keymap.ToggleValue || a == keymap.OnlyThis || a == keymap.HideThis
	}
	return false
}

// meant is the action of a key at rest; of others, and of the beginning of a
// sequence, none.
func (m *Model) meant(msg tea.Msg) keymap.Action {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		if a, _, more := m.opt.Keys.Lookup(m.scope(), m.typed, k.String()); !more {
			return a
		}
	}
	return keymap.NoAction
}

// endsWait reports whether what was typed needs no row: it ends the wait, or
// has nothing to do with it.
func (m *Model) endsWait(msg tea.Msg) bool {
	switch m.meant(msg) {
	case keymap.Back, keymap.Interrupt, keymap.Quit, keymap.Suspend, keymap.Redraw, keymap.Mouse:
		return true
	}
	return false
}
