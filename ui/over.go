package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/keymap"
	"ravel/model"
	"ravel/model/query"
	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/facet"
)

// overKind is what lies over the body.
type overKind uint8

const (
	nothing overKind = iota
	helpOver
	listOver
)

// over is the help, or a list to choose from by some letters of its entries.
type over struct {
	kind   overKind
	title  string
	lines  []helpLine // of the help
	top    int
	items  []item
	find   []rune
	cursor int
	seen   []int // items that the letters leave
	nameW  int   // width of the widest name
	// take does what the letters themselves say; false if they say nothing. Nil:
	// they only find entries.
	take func(m *Model, letters string) (tea.Cmd, bool)
}

// item is one entry of a list.
type item struct {
	name, note, key string
	do              func(*Model) tea.Cmd
}

// openList shows a list over the body.
func (m *Model) openList(title string, items []item) tea.Cmd {
	m.over = over{kind: listOver, title: title, items: items}
	for i := range items {
		m.over.nameW = max(m.over.nameW, canvas.Width(items[i].name))
	}
	m.over.sift()
	return nil
}

func (o *over) sift() {
	texts := make([]string, len(o.items))
	for i := range o.items {
		texts[i] = o.items[i].name + " " + o.items[i].note
	}
	o.seen = facet.Match(string(o.find), texts)
	want := strings.ToLower(strings.TrimSpace(string(o.find)))
	named := func(i int) int { // what is called so comes before what is said about it
		if strings.Contains(strings.ToLower(o.items[i].name), want) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(o.seen, func(a, b int) int { return named(a) - named(b) })
	o.cursor, o.top = 0, 0
}

// openPalette lists every action by its name.
func (m *Model) openPalette() tea.Cmd {
	var items []item
	taken := map[keymap.Action]bool{}
	for _, b := range m.opt.Keys.Bindings(m.scope()) {
		if taken[b.Action] || b.Action == keymap.Palette {
			continue
		}
		taken[b.Action] = true
		items = append(items, item{b.Name, b.Help, b.Label(), func(m *Model) tea.Cmd { return m.act(b.Action) }})
	}
	return m.openList("command", items)
}

// chooseSince lists how far back to look.
func (m *Model) chooseSince() tea.Cmd {
	var items []item
	for _, s := range []string{"1m", "5m", "15m", "1h", "4h", "24h"} {
		items = append(items, item{"end-" + s, "the last " + s + " of the log", "", func(m *Model) tea.Cmd { return m.setSince("end-" + s) }})
	}
	items = append(items,
		item{"from here", "from the cursor's record on", "", (*Model).sinceHere},
		item{"from a time", "14:05, 2025-03-20T13:24, -15m", "", func(m *Model) tea.Cmd { return m.openBar(forSince, "") }},
		item{"everything", "no bound", "", func(m *Model) tea.Cmd { return m.setSince("") }})
	cmd := m.openList("since", items)
	m.over.take = (*Model).sinceTyped
	return cmd
}

// sinceTyped takes a time that was typed where one chooses from a list.
func (m *Model) sinceTyped(text string) (tea.Cmd, bool) {
	if _, err := query.Since(&query.Query{}, text); text == "" || err != nil {
		return nil, false
	}
	return m.setSince(text), true
}

func (m *Model) sinceHere() tea.Cmd {
	rec, _ := m.log.Selected()
	if rec == nil || rec.Time == model.NoTime {
		m.say("this record has no time")
		return nil
	}
	return m.setSince(time.Unix(0, rec.Time).UTC().Format(time.RFC3339Nano))
}

// openNote asks for a note on the cursor's row.
func (m *Model) openNote() tea.Cmd {
	if rec, _ := m.log.Selected(); rec == nil {
		return nil
	}
	m.log.SetFollow(false)
	return m.openBar(forNote, m.log.Note(m.log.Cursor().Seq))
}

// chooseMark lists the marked rows.
func (m *Model) chooseMark() tea.Cmd {
	var items []item
	for _, seq := range m.log.Marks() {
		rec, ok := m.eng.Record(seq)
		if !ok {
			continue
		}
		at := "no time"
		if rec.Time != model.NoTime {
			at = time.Unix(0, rec.Time).In(m.opt.Zone).Format("15:04:05.000")
		}
		first, _, _ := strings.Cut(m.safe(rec.Message), "\n")
		if note := m.log.Note(seq); note != "" {
			first = note + "  " + first
		}
		items = append(items, item{at, first, "", func(m *Model) tea.Cmd { m.log.Jump(seq); return nil }})
	}
	if len(items) == 0 {
		m.say("no mark yet: m marks the cursor's row")
		return nil
	}
	return m.openList("marks", items)
}

// listSources lists the sources with their health; the chosen one alone is
// shown.
func (m *Model) listSources() tea.Cmd {
	items := make([]item, 0, len(m.state.Sources))
	for i := range m.state.Sources {
		s := m.state.Sources[i]
		note := canvas.Count(s.Records) + " rec"
		switch {
		case s.Err != "":
			note += "  " + m.safe(s.Err)
		case s.State != "":
			note += "  " + m.safe(s.State)
		case s.Ended:
			note += "  ended"
		case s.Live:
			note += "  live"
		}
		items = append(items, item{s.Name, note, "", func(m *Model) tea.Cmd { return m.editFacet(keymap.OnlyThis, "source", s.Name) }})
	}
	if len(items) == 0 {
		m.say("no source yet")
		return nil
	}
	return m.openList("sources", items)
}

// onOverKey takes the keys of what lies over the body.
func (m *Model) onOverKey(k tea.KeyPressMsg) tea.Cmd {
	o := &m.over
	page := max(m.layout().body-2, 1)
	switch key := k.String(); key {
	case "esc", "ctrl+c":
		m.over = over{}
	case "up", "ctrl+p":
		o.move(-1)
	case "down", "ctrl+n":
		o.move(+1)
	case "pgup", "ctrl+u":
		o.move(-page)
	case "pgdown", "ctrl+d":
		o.move(+page)
	case "enter":
		return m.choose()
	default:
		m.onOverText(k, page)
	}
	return nil
}

// onOverText takes the letters: of the list's search, or the help's moves.
func (m *Model) onOverText(k tea.KeyPressMsg, page int) {
	o := &m.over
	key := k.String()
	if o.kind == helpOver {
		switch key {
		case "j":
			o.move(+1)
		case "k":
			o.move(-1)
		case "space":
			o.move(+page)
		case "b":
			o.move(-page)
		case "q", "?":
			m.over = over{}
		}
		return
	}
	switch {
	case key == "backspace" && len(o.find) > 0:
		o.find = o.find[:len(o.find)-1]
	case k.Text != "":
		o.find = append(o.find, []rune(k.Text)...)
	default:
		return
	}
	o.sift()
}

func (o *over) move(n int) {
	if o.kind == helpOver {
		o.top = min(max(o.top+n, 0), max(len(o.lines)-1, 0))
		return
	}
	o.cursor = min(max(o.cursor+n, 0), max(len(o.seen)-1, 0))
}

// choose does what the list's current entry says.
func (m *Model) choose() tea.Cmd {
	o := m.over
	m.over = over{}
	if o.take != nil {
		if cmd, ok := o.take(m, strings.TrimSpace(string(o.find))); ok {
			return cmd
		}
	}
	if o.kind != listOver || o.cursor >= len(o.seen) {
		return nil
	}
	return o.items[o.seen[o.cursor]].do(m)
}

func (m *Model) drawOver(buf []byte, rows int) []byte {
	if m.over.kind == helpOver {
		return m.drawHelp(buf, rows)
	}
	c, o := &m.canvas, &m.over
	c.Begin(buf, m.width, theme.Text)
	c.Put(theme.Accent, o.title+": ")
	c.Put(theme.Text, string(o.find))
	m.show.cursor = tea.NewCursor(c.At(), m.show.bodyTop)
	c.Right(theme.Dim, strconv.Itoa(len(o.seen))+" of "+strconv.Itoa(len(o.items)), m.width)
	buf = append(c.End(), '\n')
	room := rows - 1
	o.top = min(max(o.top, o.cursor-room+1, 0), o.cursor)
	for y := range room {
		if i := o.top + y; i < len(o.seen) {
			buf = m.drawItem(buf, &o.items[o.seen[i]], i == o.cursor)
		}
		buf = append(buf, '\n')
	}
	return buf
}

func (m *Model) drawItem(buf []byte, it *item, here bool) []byte {
	c := &m.canvas
	over, mark := theme.Text, " "
	if here {
		over, mark = theme.Cursor, m.pen.Glyphs.Cursor
	}
	c.Begin(buf, m.width, over)
	c.Put(theme.Accent, mark)
	c.Fit(theme.Accent, it.name, min(m.over.nameW, m.width/2))
	c.Pad(c.At() + 2)
	c.PutMax(theme.Text, it.note, c.Room()-canvas.Width(it.key)-2)
	if it.key != "" {
		c.Right(theme.Dim, it.key, m.width)
	}
	return c.End()
}

// helpLine is one line of the help: a heading, or keys and what they do.
type helpLine struct{ heading, keys, text string }

// openHelp shows what the keys do here, made from the key table.
func (m *Model) openHelp() {
	rows := m.opt.Keys.Bindings(m.scope())
	var lines []helpLine
	for _, group := range m.opt.Keys.Groups() {
		heading := helpLine{heading: group}
		for i := range rows {
			if rows[i].Group != group || len(rows[i].Keys) == 0 {
				continue
			}
			if heading.heading != "" {
				lines = append(lines, heading)
				heading.heading = ""
			}
			lines = append(lines, helpLine{keys: rows[i].Label(), text: rows[i].Help})
		}
	}
	lines = append(lines, helpLine{heading: "Signs"},
		helpLine{keys: m.pen.Glyphs.Folded + " " + m.pen.Glyphs.Opened, text: "opens, is open"},
		helpLine{keys: m.pen.Glyphs.Failed + " " + m.pen.Glyphs.InFlight + " " + m.pen.Glyphs.Hung, text: "failed, in flight, hung"},
		helpLine{keys: m.pen.Glyphs.On + " " + m.pen.Glyphs.Off, text: "a value that is shown, hidden"})
	m.over = over{kind: helpOver, title: "help", lines: lines}
}

func (m *Model) drawHelp(buf []byte, rows int) []byte {
	c, o := &m.canvas, &m.over
	o.top = min(o.top, max(len(o.lines)-rows, 0))
	for y := range rows {
		if i := o.top + y; i < len(o.lines) {
			l := &o.lines[i]
			c.Begin(buf, m.width, theme.Text)
			if l.heading != "" {
				c.Put(theme.Title, l.heading)
			} else {
				c.Pad(2)
				c.Fit(theme.Accent, l.keys, min(18, m.width/2))
				c.Pad(c.At() + 1)
				c.Put(theme.Text, l.text)
			}
			buf = c.End()
		}
		buf = append(buf, '\n')
	}
	return buf
}
