// Package ingest turns the bytes of many streams into one ordered sequence of
// batches: it runs a parser per stream, merges what they make by time, pairs
// off copies, and numbers the records. It implements sources.Sink; what it
// makes goes to one Consumer.
package ingest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
	"ravel/parse"
	"ravel/sources"
)

// Consumer takes the batches, one call at a time, in order. It owns the batch
// from then on. An error ends the reading of every source.
type Consumer func(*model.Batch) error

// Options say how streams are read. The zero value is valid but for Names.
type Options struct {
	Names    *model.Names        // where sources and domains are interned
	Formats  *parse.Set          // nil: the built-in ones
	Force    string              // name of the one format to try; "" detects
	Zone     *time.Location      // of stamps without a zone; nil: local time, or UTC where the stream says so
	Tail     int                 // of what is there, the last Tail records of each stream; 0: all; negative: none
	InFlight int64               // bytes of all streams' blocks, on their way to the Consumer; 0: 64 MiB
	NoDedup  bool                // show copies between files of one directory
	Live     bool                // sources are followed: a slow one does not hold the others up
	Report   func(sources.Event) // health of the sources; called from any goroutine; nil: dropped

	// Await is called before memory is taken for what a stream will read; it may
	// wait until there is some. Nil: there is always.
	Await func()

	// Prepare makes of a batch what the Consumer will ask for and can be made
	// without regard to others; it becomes the batch's Prepared. It is called
	// from any goroutine; batches that the merger makes of others' records come
	// without. Nil: nothing.
	Prepare func(*model.Batch) any

	// Preview is shown the last records, about 256 KiB of them, of a
	// file's backlog of n bytes that will take a while to read, where it is
	// all that is read. They are its own and have no Seq; they come again, in
	// their turn, to the Consumer. It is called from a source's goroutine,
	// which reads on when it returns.
	Preview func(end []*model.Batch, n int64)
}

// Bounds of what is held on the way.
const (
	blockBytes   = 1 << 20 // a batch, by bytes
	minBlock     = 1 << 14
	firstArena   = 1 << 12
	inFlight     = 64 << 20 // of Options.InFlight
	queueBatches = 2        // finished batches that wait for the merger, per stream

	flushEvery = 50 * time.Millisecond  // finished records are handed on at least as often
	silence    = 250 * time.Millisecond // closes a live stream's last record
	holdBack   = 250 * time.Millisecond // a live record waits for its elders in other streams
	readyWait  = 3 * time.Second        // for a live source that is slow to open
)

// Ingest is one reading of a set of sources. Its methods are safe for
// concurrent use; Run is called once.
type Ingest struct {
	o       Options
	done    chan struct{} // closed when the merger has ended: streams stop
	pulse   chan struct{} // something changed that the merger waits for
	waiting atomic.Int32  // sources that are not ready
	backlog atomic.Int64  // bytes of files that were there to be read
	moments moments       // when bytes of live streams came

	required *Need // of Require; nil: every record is wanted

	previewFrom int64 // of how many bytes a preview is made

	mu      sync.Mutex
	streams map[string]*stream // by name at Open
	fresh   []*stream          // opened, not seen by the merger yet
	infos   []parse.StreamInfo // by source number
	open    int
	groups  map[string]int
}

var _ sources.Sink = (*Ingest)(nil)

// New returns an Ingest that has read nothing.
func New(o Options) *Ingest {
	if o.Formats == nil {
		o.Formats = parse.Builtin()
	}
	if o.InFlight <= 0 {
		o.InFlight = inFlight
	}
	if o.Report == nil {
		o.Report = func(sources.Event) {}
	}
	in := &Ingest{
		o: o, done: make(chan struct{}), pulse: make(chan struct{}, 1),
		streams: map[string]*stream{}, groups: map[string]int{"": 0}, previewFrom: previewFrom,
	}
	in.waiting.Store(1) // nothing has been read before Run says how much there is
	return in
}

// Run reads srcs until all have ended or ctx is done, and gives their records
// to consume. It returns the first error of consume, else ctx's. Sources that
// fail are no error of Run: they are reported. When it returns, every
// goroutine that it started has ended.
func (in *Ingest) Run(ctx context.Context, srcs []sources.Source, consume Consumer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in.waiting.Store(int32(len(srcs)))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		sources.Supervise(ctx, srcs, in)
	}()
	m := &merger{in: in, consume: consume, seq: 1}
	err := m.run(ctx, ended)
	cancel()
	close(in.done)
	<-ended
	return err
}

// StreamInfo is what a decoder needs to know of the source of that number.
func (in *Ingest) StreamInfo(source uint16) parse.StreamInfo {
	in.mu.Lock()
	defer in.mu.Unlock()
	if int(source) < len(in.infos) {
		return in.infos[source]
	}
	return parse.StreamInfo{}
}

// Open begins or resumes a stream; see sources.Sink.
func (in *Ingest) Open(info sources.Info) sources.Stream {
	in.mu.Lock()
	defer in.mu.Unlock()
	old := in.streams[info.Name]
	if old != nil && !old.isClosed() {
		return old
	}
	p := in.newParser(info)
	if old != nil {
		p.SetLines(old.lines)
	}
	s := newStream(in, info, p)
	if info.Group != "" && !in.o.NoDedup {
		s.group = in.groupNumber(info.Group)
	}
	in.open++
	in.streams[info.Name] = s
	in.fresh = append(in.fresh, s)
	in.ring()
	return s
}

// groupNumber numbers the directories whose files are paired off, from 1.
func (in *Ingest) groupNumber(name string) int {
	n, ok := in.groups[name]
	if !ok {
		n = len(in.groups)
		in.groups[name] = n
	}
	return n
}

// newParser makes the parser of a physical stream and notes what decoding its
// records takes. The caller holds in.mu.
func (in *Ingest) newParser(info sources.Info) *parse.Parser {
	id := in.o.Names.Sources.ID([]byte(info.Name))
	zone := in.o.Zone
	switch {
	case zone != nil:
	case info.UTC:
		zone = time.UTC
	default:
		zone = time.Local
	}
	for len(in.infos) <= int(id) {
		in.infos = append(in.infos, parse.StreamInfo{})
	}
	in.infos[id] = parse.StreamInfo{Zone: zone, Fields: info.Fields, Stamped: info.Stamped}
	return parse.New(parse.Options{
		Formats: in.o.Formats, Force: in.o.Force, Zone: zone, Domain: info.Domain, Source: id,
		Names: in.o.Names, Live: info.Live, Newest: newest(info.Changed), Fields: info.Fields, Stamped: info.Stamped,
	})
}

// newest is the time that no stamp of a stream is later than which was written last
// at changed: now where that is unknown or cannot be.
func newest(changed time.Time) int64 {
	now := time.Now()
	if changed.Year() < 1990 || changed.After(now) { // as archives made to be reproducible have it
		changed = now
	}
	return changed.UnixNano()
}

// Ready counts the sources down that the merge waits for; see sources.Sink.
func (in *Ingest) Ready() {
	in.waiting.Add(-1)
	in.ring()
}

// Report passes an event on; see sources.Sink.
func (in *Ingest) Report(e sources.Event) { in.o.Report(e) }

// ring wakes the merger.
func (in *Ingest) ring() {
	select {
	case in.pulse <- struct{}{}:
	default: // it will wake anyway, and see the newest state
	}
}

// block is how many bytes a stream's batches may have: less with many streams,
// so that all together stay within inFlight.
func (in *Ingest) block() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return min(max(int(in.o.InFlight)/(max(in.open, 1)*(queueBatches+2)), minBlock), blockBytes)
}

// take returns the streams opened since the last call.
func (in *Ingest) take() []*stream {
	in.mu.Lock()
	defer in.mu.Unlock()
	fresh := in.fresh
	in.fresh = nil
	return fresh
}

// forget counts a closed stream out.
func (in *Ingest) forget() {
	in.mu.Lock()
	in.open--
	in.mu.Unlock()
	in.ring()
}
