package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/colorprofile"

	"ravel/engine"
	"ravel/ingest"
	"ravel/model"
	"ravel/model/query"
	"ravel/model/request"
	"ravel/model/store"
	"ravel/output"
	"ravel/parse"
	"ravel/sources"
	"ravel/ui"
)

// explorer runs the screen over the sources, as --no-follow has it.
func (a *app) explorer(ctx context.Context, s *settings, open opener) error {
	in, err := open(!s.noFollow)
	if err != nil {
		return err
	}
	notes := make([]string, len(in.errs))
	for i, err := range in.errs {
		notes[i] = err.Error()
		a.warn("%v", err)
	}
	if len(in.sources) == 0 {
		return exitError(exitSource)
	}
	notes = append(notes, a.surroundings()...)
	if s.gentle {
		beGentle()
	}
	store.LimitMemory(s.buffer)
	store.CollectLate()
	if !s.gentle { // which keeps to one core
		spareProcessors(a.stdio.Getenv)
	}
	x := a.newExploration(s, in)
	keys, err := loadKeys(s.conf)
	if err != nil {
		return err
	}
	failed := func(err error) { x.eng.Report(sources.Event{Source: "--tee", Kind: sources.Failed, Err: err}) }
	if x.tee, err = s.openTee(x.in, failed); err != nil {
		return err
	}
	o := ui.Options{
		Output: a.stdio.Out, Theme: s.theme, Keys: keys, Zone: s.zone, Query: x.query(), NoFollow: s.noFollow,
		Drawn: func() { close(x.drawn) }, Redact: x.redact(), SaveAs: s.saveAs, Command: s.again.line, Once: !in.again, Notes: notes,
		Source: in.heading, Title: in.title, Waiting: waiting(in), Libraries: s.conf.Libraries,
	}
	if s.colour == "never" {
		o.Color = colorprofile.ASCII
	}
	gives := a.ending.takes(a.stdio.Out)
	err = x.run(ctx, o)
	gives()
	if x.tee != nil && x.tee.err != nil {
		a.warn("%v", x.tee.err) // the screen that told it is gone
		err = errors.Join(err, exitError(exitSource))
	}
	return errors.Join(err, x.tee.finish())
}

// waiting names what is to be read.
func waiting(in inputs) string {
	if in.title != "" || len(in.sources) == 1 {
		return cmp.Or(in.title, in.sources[0].Name())
	}
	return strconv.Itoa(len(in.sources)) + " sources"
}

// spare is how many goroutines more than there are cores may run at a time.
// What keeps cores busy takes no more than there are (model/work): these are
// for keys and frames, and for what hands on that others have parsed, each of
// which would otherwise wait until one of the busy ones is taken off.
const spare = 4

// spareProcessors makes room for them. GOMAXPROCS, where it is set, is left
// alone.
func spareProcessors(getenv func(string) string) {
	if getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + spare)
	}
}

// exploration is one run of the explorer: what reads, what holds, what shows.
type exploration struct {
	s       *settings
	sources []sources.Source
	in      *ingest.Ingest
	eng     *engine.Engine
	tee     *tee          // nil without --tee
	drawn   chan struct{} // closed when the first records stand on the screen

	mu    sync.Mutex
	crash any // a panic of a goroutine: shown once the terminal is restored
	trace []byte
}

// inFlightShare is the part of the buffer that may be on its way into what
// holds the rest.
const inFlightShare = 16

// drawnSoon is how long the rest of a huge file waits until its end stands on the
// screen.
const drawnSoon = 100 * time.Millisecond

func (a *app) newExploration(s *settings, in inputs) *exploration {
	x := &exploration{s: s, sources: in.sources, drawn: make(chan struct{})}
	names := model.NewNames()
	x.in = ingest.New(ingest.Options{
		Names: names, Formats: s.formats, Force: s.flags.format, Zone: s.source,
		Tail: tailOption(s.tail), NoDedup: s.noDedup, Live: !s.noFollow, InFlight: s.buffer / inFlightShare,
		Report: func(e sources.Event) {
			x.eng.Report(e)
			if e.Kind == sources.Ended && in.ended != nil {
				x.eng.Report(sources.Event{Source: e.Source, Kind: sources.Note, Text: in.ended()})
			}
		},
		Await:   store.AwaitMemory,
		Prepare: func(b *model.Batch) any { return x.eng.Prepare(b) },
		Preview: func(end []*model.Batch, n int64) {
			x.eng.Preview(end, n)
			select { // reading the rest takes all cores
			case <-x.drawn:
			case <-time.After(drawnSoon):
			}
		},
	})
	dec := parse.NewDecoder(s.formats, names, x.in.StreamInfo)
	x.eng = engine.New(engine.Options{
		Names: names, Decoder: dec, Budget: s.buffer - s.buffer/inFlightShare, Zone: s.zone, Live: !s.noFollow, Loaded: x.in.CaughtUp, Backlog: x.in.Backlog,
		Request: request.Options{HungAfter: s.hungAfter, Names: names, Decoder: dec, Lifecycle: s.formats},
	})
	return x
}

// run reads, scans and shows until the user quits. A panic in a goroutine ends
// the screen first, so that the terminal is whole when it is told.
func (x *exploration) run(ctx context.Context, o ui.Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	start := func(f func()) {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					x.mu.Lock()
					x.crash, x.trace = r, debug.Stack()
					x.mu.Unlock()
					cancel()
				}
			}()
			f()
		})
	}
	start(func() { x.eng.Run(ctx) })
	start(func() {
		err := x.in.Run(ctx, x.sources, x.consume)
		if err != nil && ctx.Err() == nil {
			x.eng.Report(sources.Event{Source: "reading", Kind: sources.Failed, Err: err})
		}
		x.eng.Loaded()
	})
	err := ui.Run(ctx, x.eng, o)
	cancel()
	wg.Wait()
	if x.crash != nil {
		return fmt.Errorf("an internal error ended the explorer: %v\n%s", x.crash, x.trace)
	}
	if errors.Is(err, ui.ErrInterrupted) {
		return exitError(exitInterrupted)
	}
	return err
}

// consume hands a batch to the engine, which owns it from then on. What --tee
// writes of it shares its frozen bytes.
func (x *exploration) consume(b *model.Batch) error {
	x.tee.take(b)
	return x.eng.Consume(b)
}

// query is the first filter: -q, the flags that are sugar for it, and the
// window of --since and --until.
func (x *exploration) query() string {
	q := *x.s.query
	for _, w := range []struct {
		m  *moment
		op query.Op
	}{{x.s.since, query.Ge}, {x.s.until, query.Le}} {
		if w.m != nil {
			q.Filter = query.All(q.Filter, &query.Test{Field: "ts", Op: w.op, Values: []query.Value{{Text: inQuery(w.m.text)}}})
		}
	}
	return q.String()
}

// inQuery is a moment as the query language has it: there -15m is what
// --since calls 15m.
func inQuery(text string) string {
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return "-" + text
	}
	if n := len(text) - 1; n > 0 && text[n] == 'd' && strings.Trim(text[:n], "0123456789") == "" {
		return "-" + text
	}
	return text
}

// redact masks what is drawn and copied; nil without --redact.
func (x *exploration) redact() func(string) string {
	if x.s.redact == nil {
		return nil
	}
	return func(s string) string { return string(x.s.redact.Append(nil, []byte(s))) }
}

// saveAs is how the explorer writes records to a file of that name.
func (s *settings) saveAs(name string) (header []byte, record func(dst []byte, r *model.Record) []byte) {
	return output.SaveAs(name, s.redact)
}
