package kube

import (
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"ravel/model"
	"ravel/sources"
)

// container is one container's log, read by one goroutine.
type container struct {
	r         *reader
	pod       string // namespace/name
	uid       types.UID
	namespace string
	podName   string
	name      string
	stream    string
	joined    bool          // it appeared while following: its log is read from the beginning
	changed   chan struct{} // capacity 1: the pod's state is another
	out       sources.Stream

	progress
	told   string    // the reason for waiting that has been told
	shown  string    // the state that has been told
	opened time.Time // when a log was first open
	quiet  bool      // which had no line for a while
	broken bool      // the last answer broke off
	stuck  int64     // head of the file that a follow would not turn to
}

// progress is how far a container has been read. It outlives a Run.
type progress struct {
	uid      types.UID // of the pod: another one may have its name
	cur      cursor    // in the log of the instance
	instance int32     // restarts before the instance that is read
	begun    bool      // instance is known
	finished bool      // its log has been read to the end
	ended    bool      // its end has been drawn
	done     bool      // and no other instance will follow
}

// wake tells the goroutine that the pod's state has changed.
func (c *container) wake() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}

// Waits of the reading of a container.
const (
	firstRetry = 250 * time.Millisecond
	lastRetry  = 15 * time.Second
	settle     = 3 * time.Second        // for a pod's state to follow what its log shows
	settlePoll = 200 * time.Millisecond // meanwhile
	deadLog    = 10 * time.Second       // for the log of an instance that has just died
	silence    = 5 * time.Minute        // a follow that says nothing for so long is asked for again
	steady     = 30 * time.Second       // a follow that lasted so long was no failure
)

// run reads the container until its end or the context's.
func (c *container) run() {
	defer func() { c.r.s.remember(c.stream, c.progress) }()
	if p := c.r.s.recall(c.stream); p.uid == c.uid {
		c.progress = p
	}
	c.progress.uid = c.uid
	if !c.r.s.o.Follow {
		c.readOnce()
		return
	}
	for delay := firstRetry; c.r.ctx.Err() == nil && !c.done; {
		st, ok := c.state()
		c.show(st, ok)
		switch {
		case !ok:
			c.vanished()
			return
		case !st.started:
			c.await(st)
			continue
		case !c.begun:
			c.meet(st)
			continue
		case st.restarts > c.instance:
			c.restarted(st)
			continue
		case c.finished && st.over:
			if !c.ended {
				c.mark(st.level(), "the container has ended: "+st.outcome())
			}
			c.done = true
			return
		case c.finished:
			c.await(st)
			continue
		}
		began := time.Now()
		n, err := c.follow()
		if n > 0 || time.Since(began) > steady {
			delay = firstRetry
		}
		c.broken = err != nil && !errors.Is(err, errSilent) && !errors.Is(err, errAgain)
		if err == nil {
			c.closed(delay)
		} else if !c.retry(err, delay) {
			return
		}
		delay = min(2*delay, lastRetry)
	}
}

// show tells how the container does, where that has changed.
func (c *container) show(st status, ok bool) {
	text := "gone"
	if ok {
		text = st.String()
	}
	if text != c.shown {
		c.shown = text
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.State, Text: text})
	}
}

// state is what is known of the container now; ok is false if its pod is gone.
func (c *container) state() (status, bool) {
	pod := c.r.latest(c.pod)
	if pod == nil || pod.UID != c.uid {
		return status{}, false
	}
	return statusOf(pod, c.name), true
}

// await sleeps until the pod's state changes, and says once why nothing can be
// read.
func (c *container) await(st status) {
	if c.out != nil {
		c.out.Idle()
	}
	if !st.started && st.reason != c.told {
		c.told = st.reason
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Note, Text: "no log yet: " + st.why()})
	}
	if c.finished && !c.ended {
		c.ended = true
		text := "the container has ended: " + st.outcome()
		if st.waiting {
			text = "the container has ended: " + st.last() + "; " + st.why()
		}
		c.mark(st.level(), text)
	}
	select {
	case <-c.r.ctx.Done():
	case <-c.changed:
	}
}

// Lines of the instance before the current one that are shown at first sight.
const lastLines = 100

// meet begins with a container that runs, or has run. Where it has been
// restarted before, the last lines of the instance before tell why; of one
// that appeared meanwhile, all of them are wanted.
func (c *container) meet(st status) {
	c.begun, c.instance = true, st.restarts
	switch {
	case st.restarts == 0, c.r.s.o.Tail == 0 && !c.joined:
	case c.joined && st.waiting: // the log that is there is the last instance's
		c.mark(model.Warning, lostInstances(st.restarts))
	case c.joined:
		if st.restarts > 1 {
			c.mark(model.Warning, lostInstances(st.restarts-1))
		}
		c.readLate(st)
	case !st.waiting:
		c.recallOld(st)
	}
}

// recallOld shows the last lines of the instance before the current one, if
// there are any within what the user wants.
func (c *container) recallOld(st status) {
	var cur cursor
	o := c.ask(&cur, false)
	o.Previous = true
	if o.TailLines == nil || *o.TailLines > lastLines {
		n := int64(lastLines)
		o.TailLines = &n
	}
	t := c.transfer(&cur)
	if err := c.read(o, t); t.n > 0 && !errStopped(c.r.ctx, err) {
		c.mark(model.Warning, "the container restarted: "+st.last())
	}
}

// vanished ends the reading of a container whose pod is gone.
func (c *container) vanished() {
	c.done = true
	text := "the pod is gone, or is not selected any more"
	if c.broken {
		c.mark(model.Warning, "gap: "+text+"; its last lines could not be read")
		return
	}
	if c.begun {
		c.mark(model.Info, text)
	}
}

// restarted reads what the instance before still had to say, draws the
// restart, and turns to the new one. What state it goes by must be the newest:
// it says whose the two logs are that the server has.
func (c *container) restarted(st status) {
	if now, ok := c.refresh(); !ok || now.restarts != st.restarts || now.waiting != st.waiting {
		return
	}
	between := st.restarts - c.instance - 1
	// The log before the current one is the last instance's but one; while the
	// container waits to be started again, there is only one log.
	kept := !st.waiting
	next := kept && between == 0
	switch {
	case next && c.finished && c.cur.newest != 0 && c.isCurrent():
		c.readLate(st)
		return
	case c.finished:
	case next:
		switch c.drainOld(st) {
		case otherLog:
			c.readLate(st)
			return
		case staleState:
			return
		}
	default:
		c.mark(model.Warning, "gap: what the container wrote before it was restarted can no longer be read")
	}
	if kept && between > 0 {
		if between > 1 {
			c.mark(model.Warning, lostInstances(between-1))
		}
		var cur cursor
		if !c.readOld(&cur) {
			c.mark(model.Warning, lostInstances(1))
		}
	} else if between > 0 {
		c.mark(model.Warning, lostInstances(between))
	}
	if c.r.ctx.Err() != nil {
		return
	}
	c.drawRestart(st)
	c.cur, c.joined = cursor{}, true
}

// drawRestart draws the restart and turns to the current instance.
func (c *container) drawRestart(st status) {
	text := "the container restarted"
	if !st.waiting {
		text += ": " + st.last()
	}
	c.mark(model.Warning, text)
	c.instance, c.finished, c.ended, c.told = st.restarts, false, false, ""
}

// readLate reads the log of an instance that was passed over, and goes on with
// the current one, of which some may have been read: the pod's state came late.
func (c *container) readLate(st status) {
	var cur cursor
	if !c.readOld(&cur) && c.r.ctx.Err() == nil {
		c.mark(model.Warning, lostInstances(1))
	}
	c.drawRestart(st)
}

// mark draws a record of ravel's own into the stream: now, or at the newest
// line's time where the cluster's clock runs ahead.
func (c *container) mark(level model.Level, text string, fields ...model.Field) {
	c.open()
	at := time.Now()
	if newest := time.Unix(0, c.cur.newest); newest.After(at) {
		at = newest
	}
	c.out.Mark(at, level, text, fields)
}

// open opens the stream, once.
func (c *container) open() {
	if c.out == nil {
		c.openAs(c.r.latest(c.pod))
	}
}

// openAs opens the stream of a pod's container: when it has started, since only
// then is its node known. The pod may be gone: nil.
func (c *container) openAs(pod *corev1.Pod) {
	o := &c.r.s.o
	info := sources.Info{
		Name: c.stream, Domain: c.name, Order: o.Order, Live: o.Follow, Fresh: c.joined, UTC: true, Stamped: true,
	}
	if pod != nil {
		info.Fields = describe(pod, c.name)
	}
	c.out = c.r.sink.Open(info)
}
