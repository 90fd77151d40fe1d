package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"ravel/keymap"
	"ravel/model"
	"ravel/ui/canvas"
	"ravel/ui/logview"
)

// Model is the root of the screen: it owns the panes, knows which one has the
// keys, and turns keys into actions. It runs on the program's event loop only;
// commands get copies and answer by messages.
type Model struct {
	ctx   context.Context
	eng   Engine
	opt   Options
	pen   canvas.Pen
	meter *meter
	acts  *actions
	after func(time.Duration, tea.Msg) tea.Cmd // a message after a while

	log  *logview.View
	side side  // what else stands in the body, and which pane has the keys
	bar  bar   // the prompt and what it edits
	over over  // help, palette and other lists over the body
	find find  // the search
	jobs jobs  // what runs beside the event loop
	show shown // what of the chrome is drawn

	width, height int
	state         State
	typed         string    // of a key sequence
	ahead         []tea.Msg // typed, and waiting for a jump to end
	note          string    // one line for the user, until the next key
	notes         []string  // that take its place then
	asked         bool      // q was pressed and waits for its second press
	dirty         bool
	frozen        bool
	first         tea.Cmd // of the query that the program was called with
	status        int     // exit status
	canvas        canvas.Line
	frame         tea.View
	buf           []byte
}

// shown is what of the chrome is drawn, and what it remembers.
type shown struct {
	mouse    bool
	strips   []strip
	labels   labels
	clocks   clocks
	counted  countedColumns
	baseline int64 // what is first seen after it is new; NoTime: a tenth into the time held
	cursor   *tea.Cursor
	lastNote string    // of the sources that was shown
	news     time.Time // when a frame last showed what has come
	notedAt  time.Time // when that was
	bodyTop  int       // first row of the log on screen
	read     model.Seq // newest record when the log was last followed
}

// noteFor is how long a source's message stands over the query if no key takes
// it away; the list of sources keeps what is wrong with them.
const noteFor = 10 * time.Second

// New makes the screen over an engine. The program's Init starts it.
func New(ctx context.Context, eng Engine, opt Options) (*Model, error) {
	opt = opt.withDefaults()
	pen, err := opt.pen()
	m := &Model{ctx: ctx, eng: eng, opt: opt, pen: pen, dirty: true, canvas: canvas.Line{Pen: pen}}
	if err != nil {
		return nil, err
	}
	m.meter, m.acts = &meter{now: opt.Now}, newActions()
	m.after, m.jobs.stopTable = m.wait, func() {}
	m.log = logview.New(eng, pen)
	m.log.Zone, m.log.Redact, m.log.Libraries = opt.Zone, opt.Redact, opt.Libraries
	m.log.Label = func(source string) string { return m.show.labels.short[source] }
	m.log.SetFollow(true)
	m.show.mouse, m.show.clocks = !opt.SSH, clocks{}
	m.initSide()
	m.notes = opt.Notes
	m.note = m.nextNote()
	m.show.baseline = model.NoTime
	if opt.Query != "" {
		if m.first, err = m.runQuery(opt.Query); err != nil {
			return nil, err
		}
	}
	m.refreshState()
	return m, nil
}

// Status is the exit status that the user's last action asks for: 0, or 130
// after Ctrl-C at rest.
func (m *Model) Status() int { return m.status }

// Init starts listening to the engine.
func (m *Model) Init() tea.Cmd {
	var ask tea.Cmd
	if m.opt.mayAsk() {
		ask = tea.Raw(ansi.RequestBackgroundColor)
	}
	return tea.Batch(listen(m.ctx, m.eng.Changed(), 0), m.first, m.facetsCmd(), m.tickCmd(), ask)
}

// Update takes one message. It does no I/O beyond asking the engine for what
// it answers at once.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case changedMsg:
		return m, m.onChanged()
	case tickMsg:
		m.jobs.ticking = false
		if !m.newsSoon() { // their frame shows the clocks, too
			m.dirty = m.dirty || !m.frozen
		}
		m.refreshState()
		return m, m.tickCmd()
	case tea.WindowSizeMsg:
		m.width, m.height, m.dirty = msg.Width, msg.Height, true
		m.refreshState()
		return m, m.facetsCmd()
	case tea.KeyPressMsg, tea.PasteMsg:
		m.dirty = true
		return m, m.onTyped(msg)
	case tea.MouseWheelMsg, tea.MouseClickMsg:
		m.dirty = true
		return m, m.onMouse(msg.(tea.MouseMsg))
	case tea.ResumeMsg:
		m.dirty = true
		return m, nil
	case tea.BackgroundColorMsg:
		m.adapt(!msg.IsDark(), colorprofile.Unknown)
		return m, nil
	case tea.ColorProfileMsg:
		m.adapt(false, msg.Profile)
		return m, nil
	}
	return m, tea.Batch(m.onAnswer(msg), m.catchUp())
}

// onChanged takes the engine's news into the next frame.
func (m *Model) onChanged() tea.Cmd {
	again := listen(m.ctx, m.eng.Changed(), m.floor())
	if m.frozen {
		return again
	}
	m.log.Hold() // records that join a finished request leave their rows: the cursor stays put
	m.refreshState()
	m.unfoldOnly()
	if m.side.detail.Uncounted() {
		m.syncDetail()
	}
	m.dirty, m.show.news = true, m.opt.Now()
	return tea.Batch(again, m.facetsCmd(), m.tableCmd(false), m.tickCmd(), m.recountCmd(histogramEvery))
}

func (m *Model) refreshState() {
	first := m.state.First
	m.state = m.eng.State()
	if m.state.First != first {
		m.log.Forget(m.state.First)
	}
	if n := len(m.state.Notes); n > 0 && m.state.Notes[n-1] != m.show.lastNote {
		m.show.lastNote, m.show.notedAt = m.state.Notes[n-1], m.opt.Now()
		m.say(m.safe(m.show.lastNote))
	}
	if m.note != "" && m.note == m.safe(m.show.lastNote) && m.opt.Now().Sub(m.show.notedAt) >= noteFor {
		m.note, m.dirty = "", true
	}
	m.show.labels.update(m.state.Sources, m.width)
	m.log.LabelW = m.show.labels.width
	m.log.Days = m.width >= stripsWide && m.spansDays()
}

// setQuery makes text the filter. The engine says no to what it cannot read,
// and the query that ran goes on running.
func (m *Model) setQuery(text string) error {
	m.log.Hold()
	if err := m.eng.SetQuery(text); err != nil {
		return err
	}
	m.bar.query = text
	m.refreshState()
	m.markFacets()
	m.jobs.facetsDue = true
	m.dirty = true
	return nil
}

// scope is whose keys hold.
func (m *Model) scope() keymap.Scope {
	switch m.side.focus {
	case onDetail:
		return keymap.Detail
	case onFacet:
		return keymap.Facets
	case onTable:
		return keymap.Table
	}
	return keymap.Log
}

// onKey gives a key to what has the keys: a prompt, a list, or the key table.
func (m *Model) onKey(k tea.KeyPressMsg) tea.Cmd {
	key := k.String()
	if key == "ctrl+z" {
		return tea.Suspend
	}
	switch {
	case m.bar.line != nil:
		return m.onBarKey(k)
	case m.over.kind != nothing:
		return m.onOverKey(k)
	}
	a, typed, more := m.opt.Keys.Lookup(m.scope(), m.typed, key)
	m.typed = typed
	if more {
		return nil
	}
	asked := m.asked
	m.note, m.asked = m.nextNote(), false
	if a == keymap.Quit {
		m.asked = asked
	}
	return m.act(a)
}
