package cli

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"ravel/ingest"
	"ravel/model"
	"ravel/model/query"
	"ravel/output"
	"ravel/parse"
	"ravel/sources"
	"ravel/theme"
)

// reading is one headless run: what is read, how it is decoded, and what came
// of it.
type reading struct {
	a     *app
	s     *settings
	names *model.Names
	in    *ingest.Ingest
	dec   *parse.Decoder

	mu     sync.Mutex // events come from any goroutine
	failed bool       // a source failed: exit 1

	oldest  int64     // oldest stamp seen
	newest  int64     // newest stamp seen
	arrived time.Time // when it was
	records uint64

	from, to int64 // of --since and --until, once they are known
	inRange  bool  // a record has a stamp there
	hold     bool  // all records are held until the newest is known

	required *query.Requirement // what printed records must hold; nil: nothing, or all records are needed
}

// consumer takes batches in order; finish prints what waits until the end.
type consumer interface {
	Consume(*model.Batch) error
	Finish() error
}

// print reads the sources to their end, or follows them with -f, and prints.
func (a *app) print(ctx context.Context, s *settings, open opener) error {
	in, err := open(s.follow)
	if err != nil {
		return err
	}
	r := a.newReading(s, model.NewNames())
	r.refused(in)
	if len(in.sources) == 0 {
		return exitError(exitSource)
	}
	if s.gentle {
		beGentle()
	}
	if s.follow {
		var stop func()
		ctx, stop = untilGone(ctx, a.stdio.Out)
		defer stop()
	}
	if r.passesThrough(in) {
		err = r.passThrough(ctx, in)
	} else {
		err = r.printRecords(ctx, in, open)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case r.failed:
		return exitError(exitSource)
	}
	return nil
}

// newReading prepares one reading of sources. Readings that share names number
// sources alike.
func (a *app) newReading(s *settings, names *model.Names) *reading {
	r := &reading{a: a, s: s, names: names, oldest: model.NoTime, newest: model.NoTime}
	r.in = ingest.New(ingest.Options{
		Names: r.names, Formats: s.formats, Force: s.flags.format, Zone: s.source,
		Tail: tailOption(s.tail), NoDedup: s.noDedup, Live: s.follow, Report: r.report,
	})
	r.dec = parse.NewDecoder(s.formats, r.names, r.in.StreamInfo)
	return r
}

// tailOption is --tail as ingest has it: 0 for all, negative for none.
func tailOption(n int) int {
	switch {
	case n < 0:
		return 0
	case n == 0:
		return -1
	}
	return n
}

// refused tells of what the user named that cannot be read.
func (r *reading) refused(in inputs) {
	for _, err := range in.errs {
		r.a.warn("%v", err)
		r.failed = true
	}
}

// report tells about a source's health on standard error.
func (r *reading) report(e sources.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e.Kind {
	case sources.Note:
		r.a.warn("%s: %s", e.Source, e.Text)
	case sources.Retrying:
		r.a.warn("%s; next try in %s", e.Err, e.Delay)
	case sources.Failed, sources.Skipped:
		if errors.Is(e.Err, sources.ErrStopped) {
			return // it was this end that stopped
		}
		r.failed = true
		r.a.warn("%v", e.Err)
	}
}

// also joins two errors, unless they say the same: a full disk fails what is
// being written and what waits.
func also(err, more error) error {
	if err != nil && more != nil && err.Error() == more.Error() {
		return err
	}
	return errors.Join(err, more)
}

// printRecords reads, filters and prints.
func (r *reading) printRecords(ctx context.Context, in inputs, open opener) error {
	s := r.s
	newest := s.now.UnixNano()
	hold := false
	if s.needsNewest() && !s.follow {
		hold = !in.again
		if r.hold = hold; !hold {
			var err error
			if newest, err = r.findNewest(ctx, open); err != nil {
				return err
			}
		}
	}
	var sink consumer
	var err error
	if hold {
		sink = &held{budget: s.buffer, warn: r.a.warn, open: func(newest int64) (consumer, error) { return r.consumer(ctx, newest, in, open) }}
	} else if sink, err = r.consumer(ctx, newest, in, open); err != nil {
		return err
	}
	tee, err := s.openTee(r.in, func(err error) { r.report(sources.Event{Kind: sources.Failed, Err: err}) })
	if err != nil {
		return err
	}
	if r.required != nil && !hold && tee == nil && len(in.sources) == 1 {
		need := ingest.Need{Begin: r.required.Begin, JSON: r.required.Key != ""}
		need.Near, need.Spelled, need.Open = r.required.Near, r.required.Spelled, r.required.Open
		q := s.query.Normal() // | filter x is x: its records are printed with their numbers
		need.Unnumbered = !q.Numbers() && (len(q.Stages) > 0 || s.format == output.Raw || s.format == output.Text)
		if r.required.Duration {
			need.Duration = r.required.Key
		}
		r.in.Require(need)
	}
	err = r.in.Run(ctx, in.sources, func(b *model.Batch) error {
		r.note(b)
		tee.take(b)
		return sink.Consume(b)
	})
	if errors.Is(err, errEnough) || ctx.Err() != nil {
		err = nil
	}
	return also(also(err, tee.finish()), sink.Finish())
}

// errEnough ends a reading whose answer is complete (`| limit 10`).
var errEnough = errors.New("enough was read")

// note keeps what messages at the end need.
func (r *reading) note(b *model.Batch) {
	now := time.Now()
	r.records += uint64(b.Len())
	for _, t := range b.Time {
		if t > r.newest {
			r.newest, r.arrived = t, now
		}
	}
	if !r.inRange && (r.s.since != nil || r.s.until != nil) {
		r.look(b)
	}
}

// look notes whether a record is in range, as far as the range is known.
func (r *reading) look(b *model.Batch) {
	for _, t := range b.Time {
		if t == model.NoTime {
			continue
		}
		if r.oldest == model.NoTime || t < r.oldest {
			r.oldest = t
		}
		r.inRange = r.inRange || t >= r.from && t < r.to
	}
}

// leastRoom is what a pipe may keep of rows and groups however small --buffer
// is: about what the process takes without them.
const leastRoom = 64 << 20

// env is what queries are compiled against.
func (r *reading) env(newest int64, set *memberSet) query.Env {
	return query.Env{
		Decoder: r.dec, Names: r.names, Now: r.s.now.UnixNano(), Newest: newest, Zone: r.s.zone, Requests: set.requests,
		Room: max(r.s.buffer/4, leastRoom),
	}
}

// consumer makes what prints the records, by output and query. newest is the
// newest record's stamp.
func (r *reading) consumer(ctx context.Context, newest int64, in inputs, open opener) (consumer, error) {
	r.from, r.to = r.s.window(query.Env{Now: r.s.now.UnixNano(), Newest: newest, Zone: r.s.zone})
	if r.s.format == output.Requests {
		return r.requestSink(r.env(newest, &memberSet{names: r.names}))
	}
	q := r.s.query.Normal()
	if beginsWithRequests(q) {
		return r.requestPipe(r.env(newest, &memberSet{names: r.names}), q, in)
	}
	set := &memberSet{names: r.names}
	env := r.env(newest, set)
	filter, err := r.s.filter(q.Filter, env)
	if err != nil {
		return nil, err
	}
	inFilter := len(set.all)
	var sink selector
	if len(q.Stages) > 0 {
		sink, err = r.pipeSink(env, q, filter, in)
	} else {
		sink, err = r.recordSink(filter, in)
	}
	r.required = r.requires(filter, set)
	switch {
	case err != nil || len(set.all) == 0:
		return sink, err
	case set.leaves() > output.MaxLeaves:
		return nil, tooManyLeaves()
	case in.again && !r.s.follow:
		return sink, r.findMembers(ctx, newest, set, open)
	case inFilter < len(set.all):
		return nil, usagef("-q: request(...) after another stage needs files that can be read twice")
	case r.s.context > 0:
		return nil, usagef("-C with request(...) needs files that can be read twice")
	}
	return r.newHolding(set, filter, sink), nil
}

// requires is what finds the text that each printed record must hold; nil if
// there is none, or if what is printed also depends on other records.
func (r *reading) requires(filter output.Filter, set *memberSet) *query.Requirement {
	s := r.s
	p, ok := filter.(*query.Predicate)
	if !ok || p.UsesRequests() || len(set.all) > 0 || s.context > 0 || s.follow || s.since != nil || s.until != nil {
		return nil
	}
	return p.Required()
}

// stamped reports whether a source's lines begin with their server's stamp.
func (r *reading) stamped(source uint16) bool { return r.in.StreamInfo(source).Stamped }

// own are the fields of a source's every record.
func (r *reading) own(source uint16) []model.Field { return r.in.StreamInfo(source).Fields }

// recordSink prints records as they come.
func (r *reading) recordSink(filter output.Filter, in inputs) (selector, error) {
	o, err := r.options(in)
	if err != nil {
		return nil, err
	}
	o.Filter = filter
	return &records{Printer: output.New(r.a.stdio.Out, o), r: r}, nil
}

// options say how records are printed.
func (r *reading) options(in inputs) (output.Options, error) {
	o := output.Options{
		Format: r.s.format, Decoder: r.dec, Redact: r.s.redact, Context: r.s.context, Stamped: r.stamped,
		Zone: r.s.zone, OneLine: r.s.oneLine, Source: len(in.sources) > 1 || in.merged, Own: r.own, Colours: r.s.ansi,
	}
	if !r.s.colours(r.a.stdio.Out, r.a.stdio.Getenv) {
		return o, nil
	}
	name := r.s.theme
	if name == "" {
		name = theme.ForEnv(r.a.stdio.Getenv)
	}
	t, err := theme.New(name)
	if err == nil {
		o.Style = textStyle(t)
	}
	return o, err
}

// records is a printer of records that tells when nothing was in range.
type records struct {
	*output.Printer
	r *reading
}

// Finish prints what waits.
func (p *records) Finish() error {
	if err := p.Close(); err != nil {
		return err
	}
	if p.Printed() == 0 {
		p.r.nothingInRange()
	}
	if n := p.CutOff(); n > 0 {
		p.r.a.warn("-o raw: %d bytes are missing at the beginning of lines of more than 64 MiB: what was asked for stands behind them", n)
	}
	return nil
}

// nothingInRange names the newest record where --since or --until left nothing
// (rule 26).
func (r *reading) nothingInRange() {
	if r.s.since == nil && r.s.until == nil || r.records == 0 || r.inRange {
		return
	}
	if r.newest == model.NoTime {
		r.a.warn("nothing in range: no record has a time stamp; leave --since and --until out")
		return
	}
	if r.newest >= r.from && r.oldest < r.to && r.hold { // the range was not known yet when they came
		return
	}
	stamp := func(ns int64) string { return time.Unix(0, ns).In(r.s.zone).Format("2006-01-02T15:04:05.000Z07:00") }
	newest := stamp(r.newest)
	if r.s.until != nil && r.oldest >= r.to {
		r.a.warn("nothing in range: the oldest record is of %s, the newest of %s", stamp(r.oldest), newest)
		return
	}
	span := "15m"
	if r.s.since != nil && '0' <= r.s.since.text[0] && !strings.ContainsAny(r.s.since.text, ":-") {
		span = r.s.since.text
	}
	r.a.warn("nothing in range: the newest record is of %s; --since end-%s counts from there", newest, span)
}
