package logs

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"ravel/model"
)

// Options say what to write.
type Options struct {
	Seed   uint64
	Lines  int    // physical lines; the last record may add a few
	Format string // one of Formats
	// Gap is the mean number of ms between two requests, 0 for 3.
	Gap int64
	// Row, if set, gets the row of each request: those that end in the order
	// of their ends, then the open ones by start.
	Row func(Row) error
}

func (o Options) gap() int64 {
	if o.Gap > 0 {
		return o.Gap
	}
	return 3
}

// formats maps a format's name to what writes it.
var formats = map[string]func(*writer) error{}

// Formats are the names that Options.Format may have, sorted.
func Formats() []string {
	var names []string
	for f := range formats {
		names = append(names, f)
	}
	sort.Strings(names)
	return names
}

// Write makes the files of one format, each opened by its name, and returns
// the truth about them.
func Write(o Options, open func(name string) (io.Writer, error)) (*Truth, error) {
	run, ok := formats[o.Format]
	if !ok {
		return nil, fmt.Errorf("no format %q; there are %s", o.Format, strings.Join(Formats(), ", "))
	}
	w := &writer{o: o, t: newTruth(o), open: open, r: rand.New(rand.NewPCG(o.Seed, 0x5eed))}
	w.y.domains = make([]int, len(domains))
	w.now = time.Date(2025, 3, 20, 13, 24, 26, 0, time.UTC).UnixMilli()
	w.oldest, w.second = -1, -1
	if err := run(w); err != nil {
		return nil, err
	}
	for _, f := range w.files {
		f.flush(w)
		w.t.Bytes += f.Bytes
	}
	w.y.into(w.t)
	if w.oldest >= 0 {
		w.t.First, w.t.Last = w.rfc3339(w.oldest), w.rfc3339(w.newest)
	}
	return w.t, w.err
}

// writer holds the files, the clock and the counts of a run.
type writer struct {
	o     Options
	t     *Truth
	y     tally
	r     *rand.Rand
	open  func(string) (io.Writer, error)
	files []*file
	err   error // the first of writing

	now            int64 // ms since the epoch
	oldest, newest int64 // ms, of the stamps written
	second         int64 // that text stands for
	text           [19]byte
	seconds        bool // the format's stamps have whole seconds
}

// file is one log file; buf is what has not been written yet.
type file struct {
	name string
	w    io.Writer
	buf  []byte
	*File
}

// create adds a file.
func (w *writer) create(name string) *file {
	out, err := w.open(name)
	if err != nil && w.err == nil {
		w.err = err
	}
	f := &file{name: name, w: out, buf: make([]byte, 0, 1<<20+64<<10), File: new(File)}
	w.files = append(w.files, f)
	w.t.Files[name] = f.File
	return f
}

func (f *file) flush(w *writer) {
	if w.err == nil {
		_, w.err = f.w.Write(f.buf)
	}
	f.Bytes += int64(len(f.buf))
	f.buf = f.buf[:0]
}

// counted is what a written record adds to the truth.
type counted struct {
	lines  int
	level  model.Level
	domain int
	status int
	dur    int64 // ms, -1 none
	exc    *failure
	needle int // -1 none
}

// count ends a record in f.
func (w *writer) count(f *file, c counted) {
	f.Records++
	f.Lines += c.lines
	w.t.Records++
	w.t.Lines += c.lines
	w.y.levels[c.level]++
	w.y.domains[c.domain]++
	if c.status > 0 {
		w.y.statuses[c.status]++
	}
	for i, ms := range slowOver {
		if c.dur > ms {
			w.y.slow[i]++
		}
	}
	if c.exc != nil {
		w.t.Tracebacks[c.exc.typ]++
	}
	if c.needle >= 0 {
		w.y.needles[c.needle]++
	}
	if w.oldest < 0 {
		w.oldest = w.now
	}
	w.newest = w.now
	if len(f.buf) >= 1<<20 {
		f.flush(w)
	}
}

const hexDigits = "0123456789abcdef"

// hex fills dst with random hexadecimal digits.
func (w *writer) hex(dst []byte) {
	var x uint64
	for i := range dst {
		if i%16 == 0 {
			x = w.r.Uint64()
		}
		dst[i] = hexDigits[x&15]
		x >>= 4
	}
}

// stamp appends now as 2025-03-20Tsep13:24:26 with its parts' separators, and
// the milliseconds behind dot.
func (w *writer) stamp(b []byte, sep, dot byte) []byte {
	sec := w.now / 1000
	if sec != w.second {
		w.second = sec
		time.Unix(sec, 0).UTC().AppendFormat(w.text[:0], "2006-01-02T15:04:05")
	}
	w.text[10] = sep
	b = append(b, w.text[:]...)
	ms := w.now % 1000
	return append(b, dot, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

func (w *writer) rfc3339(ms int64) string {
	if w.seconds {
		ms -= ms % 1000
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// emit counts a request's row and hands it on.
func (w *writer) emit(state model.State, kind model.Kind, method string, status int, row func() Row) {
	w.y.states[state]++
	w.y.kinds[kind]++
	if method != "" {
		w.t.Methods[method]++
	}
	if status > 0 {
		w.t.Outcomes[status]++
	}
	if w.o.Row == nil || w.err != nil {
		return
	}
	r := row()
	r.State, r.Kind = state.String(), kind.String()
	w.err = w.o.Row(r)
}

// row emits the row of r with what the format can tell of it. dur is in ms, -1
// if none is known.
func (s *traffic) row(r *request, state model.State, dur int64) {
	kind, method, status := s.traits.kind, "", 0
	if state == model.Unmarked {
		kind = model.KindGroup
	}
	if s.traits.target && (s.traits.whole && dur >= 0 || !r.noStart && s.traits.starts && !r.bare) {
		method = r.method
	}
	if dur >= 0 {
		status = r.status
	}
	s.emit(state, kind, method, status, func() Row {
		row := Row{Level: r.level.String(), Records: r.records, Start: text(s.rfc3339(r.start)), End: text(s.rfc3339(r.last))}
		if s.traits.ids {
			row.RequestID = text(string(r.id[:]))
		}
		if r.tied {
			row.CorrelationID = text(string(r.corr[:]))
		}
		if method != "" {
			row.Method, row.Path = text(method), text(string(r.path))
			if s.traits.client {
				row.Client = text(r.client)
			}
		}
		if status > 0 {
			row.Status = &status
		}
		switch {
		case state == model.InFlight || state == model.Hung:
			row.End = nil
		case state == model.Unmarked:
			ms := float64(r.last - r.start)
			row.DurationMS = &ms
		case s.traits.logged:
			ms := float64(dur)
			row.DurationMS = &ms
		}
		if r.failed {
			row.Error = &Failure{Type: r.exc.typ, Message: r.exc.msg}
		}
		for i, f := range s.files {
			if r.sources&(1<<i) != 0 && len(row.Sources) < r.records { // nginx's error line is none of its records
				row.Sources = append(row.Sources, filepath.Base(f.name))
			}
		}
		return row
	})
}
