// Package sources is where bytes come from: the contract between an origin
// (a file, standard input, a command, a pod) and ravel, and the supervisor that
// runs many of them so that a broken one never stops the others. It knows
// neither formats nor the store: bytes go to a Sink.
package sources

import (
	"context"
	"errors"
	"io"
	"time"

	"ravel/model"
)

// A Source is one origin that the user named; it may open several streams.
type Source interface {
	// Name is how the user knows it, as in messages.
	Name() string
	// Run opens streams on sink and writes their bytes until the origin ends
	// (nil), ctx is done, or it fails. It returns only when every goroutine
	// that it started has ended. The supervisor calls it again after an error
	// unless the error is ErrPermanent; a source resumes where it stopped.
	Run(ctx context.Context, sink Sink) error
}

// ErrPermanent marks an error that trying again will not mend; wrap it.
var ErrPermanent = errors.New("permanent")

// ErrStopped is what a stream's calls return once reading has been stopped: a
// source ends quietly.
var ErrStopped = errors.New("reading was stopped")

// Sink takes what sources read. Its methods are safe for concurrent use.
type Sink interface {
	// Open begins a stream. Streams opened with the same Info.Name are the
	// same stream, resumed: lines count on. Open order does not matter,
	// Info.Order does.
	Open(Info) Stream
	// Ready says that the source has opened the streams that exist now. The
	// merge of several sources waits until each is ready, has failed or ended;
	// a second call does nothing.
	Ready()
	// Report tells about a source's health.
	Report(Event)
}

// Info describes a stream.
type Info struct {
	Name    string        // model.Record.Source
	Domain  string        // default domain: a file's stem; "" none
	Order   int           // place on the command line: ties of the merge go by it
	Live    bool          // still growing: its stamps are near now, arrival order counts
	Fresh   bool          // began while its source was followed: all of it is new, --tail takes nothing away
	More    bool          // a newer file of the stream is known: what this one ends with is not the newest
	Changed time.Time     // when what is there was written last: stamps without a year or a date are not later; zero: now
	UTC     bool          // stamps without a zone are UTC (pods, backends), else local
	Stamped bool          // each line begins with its server's RFC 3339 stamp and a space, which is not part of it
	Group   string        // directory whose files are paired off against each other (rule 12); "" none
	Fields  []model.Field // added to every record (namespace, pod, container, node)
}

// Stream takes the bytes of one stream from one goroutine. Every call blocks
// until there is room: that is the backpressure.
type Stream interface {
	// Write takes the next bytes; cut anywhere, p may be reused afterwards.
	Write(p []byte) (int, error)
	// ReadFrom takes all that r gives until its end (nil) or an error, straight
	// into the stream's own memory: the way for much that comes in order.
	ReadFrom(r io.Reader) (int64, error)
	// Bulk takes n bytes at off of origin.R, in parallel where that helps, and
	// returns how many it has taken: all but after an error. origin.R is read
	// again after the stream's Close if it still can be; origin.Check guards
	// that.
	Bulk(origin *model.Origin, off, n int64) (int64, error)
	// Next says that the stream goes on in another physical file, or in the
	// same one from its beginning (a truncation): what waits is closed, lines
	// count from 1, records are named after info. Order, Live and Group of
	// info are those of Open.
	Next(info Info)
	// Idle says that all that is there has been written and more may come:
	// what waits is shown once the stream has been silent for 250 ms, and
	// merging no longer waits for this stream.
	Idle()
	// Mark puts a record of ravel's own into the stream (a gap, a restart).
	Mark(t time.Time, level model.Level, text string, fields []model.Field)
	// Close ends the stream; what waits is closed. A second call does nothing.
	Close()
}

// EventKind says what an Event tells.
type EventKind uint8

// The kinds of events.
const (
	Note     EventKind = iota // worth a line in the status bar
	Retrying                  // failed, will be tried again after Delay
	Failed                    // given up: headless exits 1
	Skipped                   // named by the user, not read (a binary file): headless exits 1
	Ended                     // read to its end
	State                     // how what is read does, in the origin's words: Text replaces what was said before
)

// Event tells about a source's health, in words for a person.
type Event struct {
	Source string
	Kind   EventKind
	Err    error  // for Retrying, Failed, Skipped
	Text   string // for Note and State
	Delay  time.Duration
}

var _ io.Writer = Stream(nil)
