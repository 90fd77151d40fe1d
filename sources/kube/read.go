package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ravel/model"
	"ravel/sources"
)

// follow reads the current instance's log from the cursor as long as it lasts.
func (c *container) follow() (int, error) {
	o := c.ask(&c.cur, true)
	t := c.transfer(&c.cur)
	c.verify(t)
	err := c.read(o, t)
	if errors.Is(err, errMissed) {
		return 0, c.missed()
	}
	return t.n, err
}

// ask is a request for a log from cur on, or, before the first line, from
// where the user said.
func (c *container) ask(cur *cursor, follow bool) corev1.PodLogOptions {
	o := corev1.PodLogOptions{Container: c.name, Follow: follow}
	opt := &c.r.s.o
	since := func(d time.Duration) {
		s := max(int64(math.Ceil(d.Seconds())), 1)
		o.SinceSeconds = &s
	}
	switch {
	case cur.newest != 0:
		t := metav1.NewTime(time.Unix(0, cur.begin()))
		o.SinceTime = &t
		return o
	case c.joined:
		return o
	case c.quiet: // there was nothing to begin with: all that is there now is new
		since(time.Since(c.opened) + time.Second)
		return o
	case !opt.From.IsZero():
		t := metav1.NewTime(opt.From)
		o.SinceTime = &t
	case opt.Since > 0:
		since(opt.Since + time.Since(c.r.began))
	}
	if opt.Tail >= 0 {
		n := opt.Tail
		o.TailLines = &n
	}
	return o
}

// transfer prepares the copying of a log from cur on.
func (c *container) transfer(cur *cursor) *transfer {
	c.open()
	t := &transfer{out: c.out, cur: cur, skip: cur.resume(), first: func(*transfer) bool { return true }}
	if from := c.r.s.o.From; !from.IsZero() && !c.joined {
		t.from = from.UnixNano()
	}
	return t
}

// verify makes a transfer deliver nothing of a log that does not go on where
// it was read to, unless that has been looked into: then the gap is drawn.
func (c *container) verify(t *transfer) {
	accepted := c.accepted
	c.accepted = false
	t.first = func(t *transfer) bool {
		if !t.skip.missed() {
			return true
		}
		if accepted {
			gap := time.Duration(t.stamp - t.skip.newest).Round(time.Millisecond)
			c.mark(model.Warning, fmt.Sprintf("gap: the log was rotated while it could not be read; what was written in the %s before this is missing", gap))
		}
		return accepted
	}
}

// missed finds out why a log does not go on where it was read to: the
// container has been restarted, or its log was rotated away. Only the first
// shows in the pod's state, and that may come late.
func (c *container) missed() error {
	for deadline := time.Now().Add(settle); time.Now().Before(deadline); {
		if st, ok := c.refresh(); !ok || st.restarts > c.instance {
			return nil // run drains the old instance, or ends
		}
		if !sleep(c.r.ctx, settlePoll) {
			return c.r.ctx.Err()
		}
	}
	c.accepted = true
	return nil
}

// read copies one answer of the log endpoint.
func (c *container) read(o corev1.PodLogOptions, t *transfer) error {
	ctx, cancel := context.WithCancel(c.r.ctx)
	defer cancel()
	body, err := c.r.s.client.logs(ctx, c.namespace, c.podName, o)
	if err != nil {
		return err
	}
	defer body.Close()
	began := time.Now()
	if c.opened.IsZero() && !o.Previous {
		c.opened = began
	}
	guard := &guarded{r: body, timer: time.AfterFunc(silence, cancel)}
	defer guard.timer.Stop()
	err = t.copy(guard)
	if !o.Previous && c.cur.newest == 0 && time.Since(began) >= 2*time.Second {
		c.quiet = true
	}
	if err != nil && ctx.Err() != nil && c.r.ctx.Err() == nil {
		return errSilent
	}
	return err
}

// errSilent ends a follow that has said nothing for long: some servers stop
// sending after a rotation without ending the answer.
var errSilent = errors.New("silent")

// guarded resets a timer with each read.
type guarded struct {
	r     io.Reader
	timer *time.Timer
}

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.timer.Reset(silence)
	return n, err
}

// refresh asks the server for the pod's state: what the informer knows may
// be older. A server that does not answer leaves what is known.
func (c *container) refresh() (status, bool) {
	pod, err := c.r.s.client.pod(c.r.ctx, c.namespace, c.podName)
	switch {
	case apierrors.IsNotFound(err):
		c.r.gone(c.pod, c.uid)
	case err == nil:
		if pod.UID != c.uid {
			c.r.gone(c.pod, c.uid)
		}
		c.r.see(pod)
	}
	return c.state()
}

// closed finds out what a clean end of the log means: that the container has
// ended, or that something between it and us has (a kubelet that restarts, a
// proxy). The pod's state follows with a delay; asking for the log again does
// no harm meanwhile.
func (c *container) closed(delay time.Duration) {
	st, ok := c.refresh()
	switch {
	case !ok || st.restarts > c.instance: // for run
	case !st.running:
		c.drain()
	default:
		c.pause(delay)
	}
}

// pause waits, or until the pod's state changes.
func (c *container) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c.r.ctx.Done():
	case <-c.changed:
		sleep(c.r.ctx, min(d, settlePoll)) // changes come in bursts
	case <-t.C:
	}
}

// drain reads what is left of the current instance, which has ended.
func (c *container) drain() {
	for deadline := time.Now().Add(deadLog); ; {
		t := c.transfer(&c.cur)
		c.verify(t)
		err := c.readWhole(c.ask(&c.cur, false), t)
		switch {
		case err == nil:
			c.finished = true
			return
		case errors.Is(err, errMissed):
			if c.missed() != nil || !c.accepted {
				return
			}
			continue
		case errStopped(c.r.ctx, err):
			return
		}
		if st, ok := c.refresh(); !ok || st.restarts > c.instance {
			return
		}
		if time.Now().After(deadline) || apierrors.IsNotFound(err) {
			c.mark(model.Warning, "the last lines of the container could not be read: "+c.r.s.client.explain(err, c.namespace).Error())
			c.finished = true
			return
		}
		if !sleep(c.r.ctx, 2*settlePoll) {
			return
		}
	}
}

// readWhole reads a log that does not grow, with its last line even if that
// has no end: what is cut off by a break between is not so twice.
func (c *container) readWhole(o corev1.PodLogOptions, t *transfer) error {
	err := c.read(o, t)
	if err != nil || !t.rest {
		return err
	}
	again := c.transfer(t.cur)
	again.final, again.first = true, t.first
	rest := c.ask(t.cur, false)
	rest.Previous = o.Previous
	if t.cur.newest == 0 {
		rest = o // not one line yet
	}
	err = c.read(rest, again)
	t.n += again.n
	return err
}

// What drainOld found.
type drained uint8

const (
	wasRead    drained = iota // the rest of the log, or that it is lost
	otherLog                  // what was read is the current instance's log: the state came late
	staleState                // the container has been restarted again: nothing is delivered
)

// drainOld reads what is left of the instance before the current one, of which
// some has been read.
func (c *container) drainOld(st status) drained {
	missed := false
	t := c.transfer(&c.cur)
	t.first = func(t *transfer) bool { missed = t.skip.missed(); return !missed }
	t, ok := c.readDead(t)
	missed = missed || ok && t.skip.missed() // nothing but lines before what was read
	switch {
	case c.r.ctx.Err() != nil:
	case missed && c.isCurrent():
		return otherLog
	case missed:
		if now, ok := c.refresh(); !ok || now.restarts != st.restarts {
			return staleState
		}
		c.mark(model.Warning, "gap: the log was rotated before the container was restarted; some of its lines are missing")
		c.readDead(c.transfer(&c.cur))
	case !ok:
		c.mark(model.Warning, "gap: the last lines before the restart are gone: the kubelet keeps the log of a dead container for a while only")
	}
	return wasRead
}

// readOld reads the instance before the current one whole.
func (c *container) readOld(cur *cursor) bool {
	_, ok := c.readDead(c.transfer(cur))
	return ok
}

// readDead reads the log of the instance before the current one. Right after a
// restart the server may not have it yet. It returns the transfer of the last
// try, and whether the log could be read.
func (c *container) readDead(t *transfer) (*transfer, bool) {
	first := t.first
	for deadline := time.Now().Add(deadLog); ; {
		o := corev1.PodLogOptions{Container: c.name, Previous: true}
		if t.cur.newest != 0 {
			at := metav1.NewTime(time.Unix(0, t.cur.begin()))
			o.SinceTime = &at
		}
		err := c.readWhole(o, t)
		switch {
		case err == nil:
			return t, true
		case errors.Is(err, errMissed), errStopped(c.r.ctx, err), time.Now().After(deadline), apierrors.IsBadRequest(err), apierrors.IsNotFound(err):
			return t, false
		}
		if !sleep(c.r.ctx, 2*settlePoll) {
			return t, false
		}
		t = c.transfer(t.cur)
		t.first = first
	}
}

// isCurrent reports whether the log of the current instance is the one that
// was read.
func (c *container) isCurrent() bool {
	probe := c.transfer(&cursor{})
	probe.skip = c.cur.resume()
	found := false
	probe.first = func(*transfer) bool { found = !probe.skip.missed(); return false }
	err := c.read(c.ask(&c.cur, false), probe)
	return found || err == nil && !probe.skip.missed()
}

// retry handles an error of the log endpoint; it reports whether to go on.
func (c *container) retry(err error, delay time.Duration) bool {
	switch {
	case errStopped(c.r.ctx, err):
		return false
	case errors.Is(err, errSilent):
		return true
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err) && delay > 4*firstRetry: // a login may be renewed
		c.r.refuse(c, err)
		return false
	case apierrors.IsNotFound(err):
		c.refresh()
		return sleep(c.r.ctx, delay)
	case apierrors.IsBadRequest(err): // it waits to start, or there is no such container any more
		c.refresh()
		c.pause(delay)
		return c.r.ctx.Err() == nil
	}
	var words errServerWords
	if !errors.As(err, &words) || delay > 4*firstRetry {
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Retrying, Err: c.explain(err), Delay: delay})
	}
	c.out.Idle()
	return sleep(c.r.ctx, delay+rand.N(delay/2+1))
}

// explain puts an error into words that name the container.
func (c *container) explain(err error) error {
	return fmt.Errorf("%s: %w", c.stream, c.r.s.client.explain(err, c.namespace))
}

// Tries of a container's log where nothing follows.
const tries = 4

// readOnce reads what is there.
func (c *container) readOnce() {
	opt := &c.r.s.o
	st, _ := c.state()
	switch {
	case opt.Previous && (st.restarts == 0 || st.before == nil && st.waiting):
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Note, Text: "no log of an instance before: it has not been restarted"})
		return
	case !st.started:
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Note, Text: "no log: " + st.why()})
		return
	}
	delay := firstRetry
	for try := 1; ; try++ {
		o := c.ask(&c.cur, false)
		o.Previous = opt.Previous
		err := c.readWhole(o, c.transfer(&c.cur))
		switch {
		case err == nil:
			c.done = true
			return
		case errStopped(c.r.ctx, err):
			return
		case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
			c.r.refuse(c, err)
			return
		case try == tries, apierrors.IsBadRequest(err), apierrors.IsNotFound(err):
			c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Failed, Err: c.explain(err)})
			return
		}
		if !sleep(c.r.ctx, delay) {
			return
		}
		delay *= 2
	}
}

// lostInstances tells of instances whose logs nobody has any more.
func lostInstances(n int32) string {
	if n == 1 {
		return "gap: the log of one instance of the container is gone"
	}
	return fmt.Sprintf("gap: the logs of %d instances of the container are gone", n)
}
