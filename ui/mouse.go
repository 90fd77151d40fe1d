package ui

import (
	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
)

// wheelRows is how far the wheel scrolls.
const wheelRows = 3

// onMouse scrolls what is under the pointer, and clicks: the first click on a
// row goes there, the second opens it.
func (m *Model) onMouse(msg tea.MouseMsg) tea.Cmd {
	mouse := msg.Mouse()
	if _, ok := msg.(tea.MouseWheelMsg); ok {
		switch mouse.Button {
		case tea.MouseWheelUp:
			m.wheel(mouse, -wheelRows)
		case tea.MouseWheelDown:
			m.wheel(mouse, +wheelRows)
		}
		return nil
	}
	if mouse.Button != tea.MouseLeft || m.over.kind != nothing || m.bar.line != nil {
		return nil
	}
	y := mouse.Y - m.show.bodyTop
	switch {
	case m.inDetail(mouse):
		m.side.focus = onDetail
		return nil
	case m.inFacet(mouse):
		m.side.focus = onFacet
		if m.side.facet.Click(y) {
			return m.act(keymap.ToggleValue)
		}
		return nil
	case m.side.table != nil:
		m.side.focus = onTable
		if m.side.table.Click(y) {
			return m.openRow()
		}
		return nil
	}
	m.side.focus = onLog
	at := m.log.Cursor()
	if m.log.Click(y) && m.log.Cursor() == at {
		return m.openHere()
	}
	m.syncDetail()
	return nil
}

// wheel scrolls by n rows.
func (m *Model) wheel(at tea.Mouse, n int) {
	switch {
	case m.bar.line != nil:
	case m.over.kind != nothing:
		m.over.move(n)
	case m.inDetail(at):
		m.side.detail.Move(n)
	case m.inFacet(at):
		m.side.facet.Move(n)
	case m.side.table != nil:
		m.side.table.Move(n)
	default:
		m.log.Scroll(n)
	}
}

// inDetail reports whether the pointer stands in the detail, inFacet whether
// in the facet's pane.
func (m *Model) inDetail(at tea.Mouse) bool {
	if !m.side.detailOpen {
		return false
	}
	body := m.layout().body
	return at.Y >= m.show.bodyTop+body-m.detailRows(body) && at.Y < m.show.bodyTop+body
}

func (m *Model) inFacet(at tea.Mouse) bool {
	return m.side.facet != nil && m.side.table == nil && at.X < facetWidth(m.width) && m.width >= facetFrom
}
