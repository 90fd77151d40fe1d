package ui

import (
	"bytes"
	"runtime"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// modesPerSecond is how often Bubble Tea looks whether something about the
// terminal's modes has changed: as seldom as it can, for each look wakes a
// program up that has nothing to do. So all that must not wait for it the painter
// writes: frames, the alternate screen, the modes that keys switch, and what
// commands send.
const modesPerSecond = 1

// frame is what the screen is to show.
type frame struct {
	content       string
	cursor        *tea.Cursor
	width, height int
	mouse         tea.MouseMode
	profile       colorprofile.Profile
	records       bool // there are some
	sync          bool // the terminal knows synchronized output
	graphemes     bool // and grapheme clusters
}

// equal reports whether f shows what o does.
func (f *frame) equal(o *frame) bool {
	a, b := *f, *o
	a.cursor, b.cursor = nil, nil
	return a == b && (f.cursor == o.cursor || f.cursor != nil && o.cursor != nil && f.cursor.Position == o.cursor.Position)
}

// painter shows frames as soon as there is one, as cells that differ from what
// stands there. Its goroutine is the only one that waits for a slow terminal:
// of the frames that come meanwhile it shows the last.
type painter struct {
	wire  *wire
	floor time.Duration // between two frames
	next  frame         // of the event loop, which alone fills it in
	begun time.Time
	drawn func() // called when the first records stand on the screen; nil: they do
	ended chan struct{}

	mu      sync.Mutex
	pending *frame

	// Of the painter's goroutine.
	shown  frame
	scr    *uv.TerminalRenderer
	cells  uv.ScreenBuffer
	out    bytes.Buffer
	cursor bool // is visible
	mouse  bool // tells what it does
}

// newPainter starts a painter; stop ends it.
func newPainter(w *wire, env []string, floor time.Duration, drawn func()) *painter {
	p := &painter{wire: w, floor: floor, drawn: drawn, begun: time.Now(), ended: make(chan struct{})}
	w.poke = make(chan struct{}, 1)
	p.scr = uv.NewTerminalRenderer(&p.out, env)
	p.scr.SetFullscreen(true)
	p.scr.SetRelativeCursor(false)
	p.scr.SetTabStops(-1)
	p.scr.SetScrollOptim(runtime.GOOS != "windows") // terminals there have bugs in it
	go p.run()
	return p
}

// learn takes what messages tell about the terminal.
func (p *painter) learn(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.next.width, p.next.height = msg.Width, msg.Height
	case tea.ColorProfileMsg:
		p.next.profile = msg.Profile
	case tea.ModeReportMsg:
		known := msg.Value == ansi.ModeReset
		switch msg.Mode {
		case ansi.ModeSynchronizedOutput:
			p.next.sync = known
		case ansi.ModeUnicodeCore:
			p.next.graphemes = known || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet
		}
	}
}

// emptyFrom is when a screen without a record is drawn: most have one by then,
// which drawing an empty one first would hold up.
const emptyFrom = 50 * time.Millisecond

// show makes a view the next frame, once the terminal's size and colours are
// known, and returns what of it is Bubble Tea's: the modes. records says that
// there are some.
func (p *painter) show(v tea.View, records bool) tea.View {
	p.next.content, p.next.cursor, p.next.mouse, p.next.records = v.Content, v.Cursor, v.MouseMode, records
	if p.next.width > 0 && p.next.profile != colorprofile.Unknown && (records || time.Since(p.begun) >= emptyFrom) {
		next := p.next
		p.mu.Lock()
		p.pending = &next
		p.mu.Unlock()
		ringOne(p.wire.poke)
	}
	v.Content, v.Cursor = " ", nil
	return v
}

// The modes in which the mouse tells its buttons and its wheel, as Bubble Tea sets
// them.
const (
	mouseOn  = ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr
	mouseOff = ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr
)

// send writes what shows nothing, such as a text for the clipboard.
func (p *painter) send(seq string) {
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	_, _ = p.wire.write([]byte(seq)) // as with frames
}

// resume lets the next frame take the screen, which Bubble Tea has got back from
// another program, or from the shell after a suspension.
func (p *painter) resume() {
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	p.wire.touched = p.wire.touched && p.wire.taken
}

// redraw makes all of the screen be drawn again.
func (p *painter) redraw() {
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	p.wire.touched = true
	ringOne(p.wire.poke)
}

// stop ends the painter and gives the screen back if that is still taken.
func (p *painter) stop() {
	close(p.wire.poke)
	<-p.ended
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	p.wire.poke = nil // a ring goes nowhere
	if p.wire.taken {
		p.wire.taken = false
		_, _ = p.wire.write([]byte(mouseOff + ansi.ResetModeBracketedPaste + ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable)) // nobody is left to tell
	}
}

func (p *painter) run() {
	defer close(p.ended)
	for range p.wire.poke {
		p.mu.Lock()
		fresh := p.pending != nil && !p.pending.equal(&p.shown)
		if p.pending != nil {
			p.shown = *p.pending
		}
		p.pending = nil
		p.mu.Unlock()
		if p.paint(fresh) && p.floor > 0 {
			time.Sleep(p.floor)
		}
	}
}

// paint brings the screen to what is to be shown and reports whether it wrote.
func (p *painter) paint(fresh bool) bool {
	w := p.wire
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := &p.shown; f.width <= 0 || !w.touched && !fresh && w.taken || w.touched && !w.taken {
		return false // nothing to show, or the screen is not ours
	}
	p.out.Reset()
	if !w.taken { // the first frame does not wait for Bubble Tea's clock
		p.out.WriteString(ansi.SetModeAltScreenSaveCursor + ansi.ResetModeTextCursorEnable + ansi.SetModeBracketedPaste)
		w.taken, w.touched, p.mouse = true, true, false
	}
	if on := p.shown.mouse != tea.MouseModeNone; on != p.mouse {
		p.mouse = on
		if on {
			p.out.WriteString(mouseOn)
		} else {
			p.out.WriteString(mouseOff)
		}
	}
	p.draw(w.touched)
	w.touched = false
	if p.out.Len() == 0 {
		return false
	}
	_, _ = w.write(p.out.Bytes()) // a terminal that has gone ends the program's input, and so the program
	if p.drawn != nil && p.shown.records {
		p.drawn()
		p.drawn = nil
	}
	return true
}

// draw writes to p.out what leads from what stands on the screen to p.shown;
// with anew, nothing of what stands there is known.
func (p *painter) draw(anew bool) {
	f, had := &p.shown, p.out.Len()
	if b := p.cells.RenderBuffer; b == nil || b.Width() != f.width || b.Height() != f.height {
		p.cells = uv.NewScreenBuffer(f.width, f.height)
		p.scr.Resize(f.width, f.height)
		anew = true
	}
	p.scr.SetColorProfile(f.profile)
	if f.graphemes && (p.cells.Method != ansi.GraphemeWidth || anew) {
		p.cells.Method = ansi.GraphemeWidth
		p.out.WriteString(ansi.SetModeUnicodeCore)
	}
	if anew {
		p.scr.SetPosition(-1, -1)
		p.scr.Erase()
	}
	p.cells.Clear()
	uv.NewStyledString(f.content).Draw(p.cells, p.cells.Bounds())
	begin := p.out.Len()
	p.scr.Render(p.cells.RenderBuffer)
	if f.cursor != nil {
		p.scr.MoveTo(f.cursor.X, f.cursor.Y)
	}
	_ = p.scr.Flush() // into memory
	p.frameUp(had, begin, anew)
}

// frameUp wraps what was drawn behind begin so that the terminal shows it at
// once, with the cursor where it is wanted.
func (p *painter) frameUp(had, begin int, anew bool) {
	f := &p.shown
	drawn := p.out.Len() > begin
	if visible := f.cursor != nil; visible != p.cursor || anew {
		p.cursor = visible
		mode := ansi.ResetModeTextCursorEnable
		if visible {
			mode = ansi.SetModeTextCursorEnable
		}
		p.out.WriteString(mode)
	}
	if drawn && f.sync {
		all := bytes.Clone(p.out.Bytes()[had:])
		p.out.Truncate(had)
		p.out.WriteString(ansi.SetModeSynchronizedOutput)
		p.out.Write(all)
		p.out.WriteString(ansi.ResetModeSynchronizedOutput)
	}
}
