package ui

import (
	"path"
	"strconv"
	"strings"
	"time"

	"ravel/model"
	"ravel/theme"
	"ravel/ui/canvas"
)

// fullHeader is the width from which the header says everything in words.
const fullHeader = 140

// drawHeader says what is read and how it goes (rule 37). Where room is short,
// the parts on the right give way first.
func (m *Model) drawHeader(buf []byte) []byte {
	c, s := &m.canvas, &m.state
	c.Begin(buf, m.width, theme.Text)
	right := m.zoneText()
	title := s.Title
	if title == "" {
		title = m.opt.titleOf(s.Sources)
	}
	least := min(canvas.Width(title), 12)
	parts := m.headerParts(m.width - len(right) - 2 - least)
	room := m.width - len(right) - 2
	for _, p := range parts {
		room -= len(p.text) + 2
	}
	for len(parts) > 0 && room < least {
		room += len(parts[len(parts)-1].text) + 2
		parts = parts[:len(parts)-1]
	}
	c.PutMax(theme.Title, m.endOfPath(title, max(room, least)), max(room, least))
	for _, p := range parts {
		c.Pad(c.At() + 2)
		c.PutMax(p.style, p.text, c.Room()-len(right)-1)
	}
	if c.Room() > len(right) {
		c.Right(theme.Bar, right, m.width)
	}
	return c.End()
}

// endOfPath drops the first directories of a title that is too wide: the end of
// a path says most.
func (m *Model) endOfPath(title string, room int) string {
	rest, before := title, m.pen.Glyphs.Before
	for canvas.Width(title) > room && canvas.Width(before+rest) > room {
		i := strings.IndexByte(rest[1:], '/') + 1
		if i < 1 || strings.HasPrefix(rest[i:], "/ ") || strings.Contains(rest[:i], " ") {
			break // the name itself is left, or what follows it
		}
		rest = rest[i:]
	}
	if len(rest) == len(title) {
		return title
	}
	return before + rest
}

// part is a word or two of the header.
type part struct {
	text  string
	style theme.Style
}

// headerParts are the header's words behind the title, in order of importance;
// what is held is said in fewer words where they do not fit room.
func (m *Model) headerParts(room int) []part {
	s := &m.state
	parts := []part{m.modeText()}
	if t, style := m.lagText(); t != "" {
		parts = append(parts, part{t, style})
	}
	full := m.width >= fullHeader
	for _, p := range parts {
		room -= len(p.text) + 2
	}
	parts = append(parts, part{m.heldText(full, room-2), theme.Bar})
	if full {
		for _, f := range s.New {
			parts = append(parts, part{"new: " + f.Name + " x" + canvas.Count(f.N) + " since " + m.minute(f.Since), theme.Exception})
			break
		}
	}
	if t := m.loadingText(); t != "" {
		parts = append(parts, part{t, theme.Accent})
	}
	return parts
}

func (m *Model) modeText() part {
	s := &m.state
	switch {
	case m.frozen:
		return part{"FROZEN", theme.Stalled}
	case !m.log.Following():
		if n := s.Last - min(m.show.read, s.Last); n > 0 {
			return part{"PAUSED +" + canvas.Count(uint64(n)), theme.Accent}
		}
		return part{"PAUSED", theme.Accent}
	}
	m.show.read = s.Last
	switch {
	case m.opt.NoFollow:
		return part{"AT END", theme.OK}
	case m.ended():
		return part{"ENDED", theme.OK}
	}
	text := "FOLLOW"
	if s.Rate >= 0.5 {
		text += " " + canvas.Count(uint64(s.Rate+0.5)) + "/s"
	}
	return part{text, theme.OK}
}

// ended reports whether every source has been read to its end.
func (m *Model) ended() bool {
	for i := range m.state.Sources {
		if !m.state.Sources[i].Ended {
			return false
		}
	}
	return len(m.state.Sources) > 0
}

// loadingText tells how far a backlog has been read. Where nobody knows how
// much there is and records keep coming, as from a busy pipe, the rate says it
// all.
func (m *Model) loadingText() string {
	s := &m.state
	switch {
	case !s.Loading, s.LoadedPct < 0 && !m.opt.NoFollow && s.Records > 0:
		return ""
	case s.LoadedPct < 0:
		return "reading"
	}
	return "reading " + strconv.Itoa(s.LoadedPct) + "%"
}

// quietFrom is the silence from which the header tells it instead of the lag.
const quietFrom = 5 * time.Second

// lagText is how far the newest stamp lies behind, or how long nothing came.
func (m *Model) lagText() (string, theme.Style) {
	s := &m.state
	live := false
	for i := range s.Sources {
		live = live || s.Sources[i].Live && !s.Sources[i].Ended
	}
	switch {
	case !live || s.Records == 0:
		return "", theme.Bar
	case s.Quiet >= quietFrom:
		d, _ := m.show.clocks.show(0, s.Quiet)
		return "quiet " + canvas.Span(d), theme.Stalled
	case s.MaxTime == model.NoTime, s.Lag >= 24*time.Hour: // no stamp to lag behind; an old file, not a slow source
		return "", theme.Bar
	case s.Lag < 10*time.Second:
		return "lag " + strconv.FormatFloat(s.Lag.Seconds(), 'f', 1, 64) + "s", theme.Bar
	}
	return "lag " + canvas.Span(s.Lag.Truncate(canvas.ClockStep(s.Lag))), theme.Stalled
}

// heldText is what is held, and what is not any more and since when; the span
// and the date are left out where all does not fit room.
func (m *Model) heldText(full bool, room int) string {
	s := &m.state
	text, span, until := canvas.Count(s.Records)+" rec", "", ""
	if s.MinTime != model.NoTime && s.MaxTime >= s.MinTime {
		span = " " + canvas.Span(time.Duration(s.MaxTime-s.MinTime))
	}
	evicted, lost := canvas.Count(s.Evicted)+" evicted", canvas.Count(s.Lost)+" lost"
	if s.Evicted > 0 && s.EvictedTo != model.NoTime {
		until = " to " + m.minute(s.EvictedTo)
	}
	switch {
	case full:
		return text + span + " held " + evicted + until + " " + lost
	case s.Evicted == 0:
		return text + span + "  " + lost
	}
	least := text + "  " + evicted + "  " + lost
	for _, more := range [...]string{span + "  " + evicted + until, "  " + evicted + until} {
		if said := text + more + "  " + lost; len(said) <= room {
			return said
		}
	}
	return least
}

// zoneText names the zone of the times shown, on wide screens behind the
// newest stamp.
func (m *Model) zoneText() string {
	t := m.opt.Now().In(m.opt.Zone)
	if m.state.MaxTime != model.NoTime {
		t = time.Unix(0, m.state.MaxTime).In(m.opt.Zone)
	}
	zone, _ := t.Zone()
	if m.width >= fullHeader && m.state.MaxTime != model.NoTime {
		return t.Format("15:04:05 ") + zone
	}
	return zone
}

func (m *Model) minute(ns int64) string {
	if ns == model.NoTime {
		return "--:--"
	}
	return time.Unix(0, ns).In(m.opt.Zone).Format("15:04")
}

// commandStreams is Options.Source of the outputs of a command.
const commandStreams = "STREAM"

// titleOf names the sources: the one there is, else the name that all of them
// have or what their names begin with, and how many they are.
func (o Options) titleOf(sources []SourceState) string {
	switch n := len(sources); {
	case o.Source == commandStreams:
		return o.Title
	case n == 0:
		if o.Waiting != "" {
			return o.Waiting
		}
		return "no source yet"
	case n == 1:
		return sources[0].Name
	}
	if o.Title != "" {
		return o.Title + " " + o.count(sources)
	}
	dir := sources[0].Name
	for i := range sources {
		for dir != "" && !strings.HasPrefix(sources[i].Name, dir+"/") {
			dir = dir[:max(strings.LastIndexByte(dir, '/'), 0)]
		}
	}
	if dir == "" {
		return sources[0].Name + " + " + strconv.Itoa(len(sources)-1) + " more"
	}
	return dir + "/ " + o.count(sources)
}

// count is how many sources there are; of containers, how many pods.
func (o Options) count(sources []SourceState) string {
	if o.Source != "POD" {
		return strconv.Itoa(len(sources)) + " sources"
	}
	pods := map[string]bool{}
	for i := range sources {
		if name := sources[i].Name; strings.Count(name, "/") > 1 { // namespace/pod/container; namespace/events is none
			pods[path.Dir(name)] = true
		}
	}
	if len(pods) == 1 {
		return "1 pod"
	}
	return strconv.Itoa(len(pods)) + " pods"
}
