package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"

	"ravel/model"
)

// The kubelet gives out the newest file of a log only, and whoever follows it is
// led from file to file by the file system's messages. What goes wrong there is
// silent. Lines that the runtime still writes to the old file once it has made
// the new one (it finishes a chunk of up to 32 KiB) are passed over; a file that
// is made before the kubelet listens is not read until the next one is made; of
// several that are made while nobody takes what the kubelet sends, the newest is
// read, and read again for each of them. So ravel looks at the newest file's
// first line now and then, and knows a file that is read again.

// Looking after a log that is followed.
const (
	lookEvery = time.Second
	lookAfter = 1 << 20               // bytes that must have come since the last look
	lookBytes = 64                    // of the log: the stamp of its first line
	kept      = 32 << 10              // stamps, at least, where so many lines have come since the last look
	outOfTurn = 50 * time.Millisecond // by which the lines of stdout and stderr may be out of order
	keptJumps = 16
)

// errAgain ends a follow in which the log has begun again.
var errAgain = errors.New("the log is sent again")

// files is what is known of the files that a log is made of.
type files struct {
	head    int64   // stamp of the newest file's first line; 0 before the first look
	pending []int64 // heads that have been found, and have not been looked into
	stamps  []int64 // of the lines delivered since the last look, in order, and the one before
	jumps   []gap   // where stamps were more than overlap apart, the newest
	drawn   int64   // end of the newest gap that has been drawn
}

// gap is between two lines that were delivered one after the other.
type gap struct {
	from, to int64 // their stamps; from is 0 where it is not known
}

// length is 0 where it is not known.
func (g gap) length() time.Duration {
	if g.from == 0 {
		return 0
	}
	return max(time.Duration(g.to-g.from), 0)
}

// note keeps what must be known of a delivered line; newest is the newest stamp
// before it.
func (f *files) note(newest, stamp int64) {
	if len(f.stamps) == 2*kept {
		f.forget(kept)
	}
	f.stamps = append(f.stamps, stamp)
	if newest != 0 && stamp-newest > overlap {
		if len(f.jumps) == keptJumps {
			f.jumps = slices.Delete(f.jumps, 0, 1)
		}
		f.jumps = append(f.jumps, gap{newest, stamp})
	}
}

// forget drops the oldest n stamps.
func (f *files) forget(n int) { f.stamps = slices.Delete(f.stamps, 0, n) }

// look is what a look has found.
type look struct {
	head   int64 // stamp of the newest file's first line
	newest int64 // stamp that had been delivered when it was asked for
}

// found takes what a look has found; first is the stamp of the first line that
// was delivered, 0 before it. The file that reading began with is no news.
func (f *files) found(l look, first int64) {
	if l.head != f.head && first != 0 && l.head > first {
		f.pending = append(f.pending, l.head)
	}
	if f.head = l.head; len(f.pending) > 0 {
		return
	}
	// The next file begins behind what had been delivered.
	if n := slices.IndexFunc(f.stamps, func(s int64) bool { return s > l.newest }); n != 0 {
		if n < 0 {
			n = len(f.stamps)
		}
		f.forget(max(n-1, 0))
	}
}

// begun notes that a file with this head is read, and that what may be missing
// before it has been drawn.
func (f *files) begun(head int64) {
	f.head, f.drawn = head, head
	f.pending = slices.DeleteFunc(f.pending, func(h int64) bool { return h <= head })
}

// passed are the places where one file has ended and another has begun since
// it was last asked.
func (f *files) passed(newest int64) []gap {
	var gaps []gap
	for len(f.pending) > 0 && f.pending[0] <= newest {
		head := f.pending[0]
		i := slices.Index(f.stamps, head)
		if i < 0 {
			if newest <= head+overlap {
				break // it may come yet
			}
			// It was passed over, or it is the second half of a line that the runtime cut in two.
			i = slices.IndexFunc(f.stamps, func(s int64) bool { return s > head })
		}
		g := gap{to: head}
		if i > 0 {
			g = gap{f.stamps[i-1], f.stamps[i]}
		} else if j := slices.IndexFunc(f.jumps, func(j gap) bool { return j.from < head && head <= j.to }); j >= 0 {
			g = f.jumps[j] // too much has come since
		}
		if g.to > f.drawn {
			f.drawn = g.to
			gaps = append(gaps, g)
		}
		f.pending = f.pending[1:]
	}
	return gaps
}

// jumpTo is the gap before a line, where it was more than overlap.
func (f *files) jumpTo(stamp int64) (gap, bool) {
	i := slices.IndexFunc(f.jumps, func(g gap) bool { return g.to == stamp })
	if i < 0 {
		return gap{}, false
	}
	return f.jumps[i], true
}

// lookout looks at the newest file of a log while it is followed: after much
// has come, and when nothing comes any more.
type lookout struct {
	c      *container
	stop   context.CancelFunc // of the follow
	come   atomic.Int64       // bytes
	newest atomic.Int64       // stamp delivered
	busy   atomic.Bool        // what has come is not taken

	mu    sync.Mutex
	looks []look
}

// run looks until ctx is done.
func (l *lookout) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last, looked int64 = -1, -lookAfter
	rested, waiting := false, false // the silence has been looked into; a file waits to be read
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n := l.come.Load()
		silent := n == last && !l.busy.Load()
		last = n
		if n-looked < lookAfter && !(silent && !rested) {
			continue
		}
		newest := l.newest.Load()
		head, ok := l.c.look(ctx)
		if !ok {
			continue
		}
		l.mu.Lock()
		l.looks = append(l.looks, look{head, newest})
		l.mu.Unlock()
		unread := silent && newest != 0 && head > newest && head != l.c.stuck && n == l.come.Load()
		if unread && waiting {
			l.c.stuck = head
			l.stop()
			return
		}
		looked, rested, waiting = n, silent && !unread, unread
	}
}

// take returns what has been found since it was last asked.
func (l *lookout) take() []look {
	l.mu.Lock()
	defer l.mu.Unlock()
	looks := l.looks
	l.looks = nil
	return looks
}

// drawRotation draws where one file of the log has ended and another begun. The
// kubelet does not tell whether it has left out what the runtime wrote to the
// old one last; most often it has not.
func (c *container) drawRotation(g gap) {
	text := "the log was rotated at " + time.Unix(0, g.to).UTC().Format("15:04:05.000Z") + ": the kubelet may have left out the lines just before"
	if d := g.length(); d != 0 {
		text += ", of " + roundGap(d)
	}
	c.mark(model.Info, text, g.fields()...)
}

// drawMissed draws what is missing where the log was sent again: the files
// between were rotated away.
func (c *container) drawMissed() {
	g, ok := c.cur.files.jumpTo(c.cur.again)
	if !ok {
		return
	}
	c.cur.files.begun(g.to)
	c.mark(model.Warning, fmt.Sprintf("gap: the log was rotated more than once before it was read: the %s before %s are missing",
		roundGap(g.length()), time.Unix(0, g.to).UTC().Format("15:04:05.000Z")), g.fields()...)
}

// roundGap is a length for people: the first three digits of it.
func roundGap(d time.Duration) string {
	unit := time.Nanosecond
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

// fields are the stamps of the lines around a gap.
func (g gap) fields() []model.Field {
	var fields []model.Field
	for _, f := range []struct {
		name  string
		stamp int64
	}{{"gap_from", g.from}, {"gap_to", g.to}} {
		if f.stamp != 0 {
			fields = append(fields, model.Field{Name: f.name, Value: model.StringValue(time.Unix(0, f.stamp).UTC().Format(time.RFC3339Nano))})
		}
	}
	return fields
}

// look asks for the stamp of the first line that the log has now.
func (c *container) look(ctx context.Context) (int64, bool) {
	ctx, cancel := context.WithTimeout(ctx, deadLog)
	defer cancel()
	n := int64(lookBytes)
	body, err := c.r.s.client.logs(ctx, c.namespace, c.podName, corev1.PodLogOptions{Container: c.name, LimitBytes: &n})
	if err != nil {
		return 0, false
	}
	defer body.Close()
	var line [lookBytes]byte
	got, _ := io.ReadFull(body, line[:]) // the line may be shorter
	stamp, _, ok := cutStamp(line[:got])
	return stamp, ok
}
