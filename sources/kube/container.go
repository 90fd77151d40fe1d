package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ravel/model"
	"ravel/sources"
)

// container is one container's log, read by one goroutine.
type container struct {
	r         *reader
	pod       string // namespace/name
	namespace string
	podName   string
	name      string
	stream    string
	out       sources.Stream
	joined    bool          // it appeared while following: its log is read from the beginning
	changed   chan struct{} // capacity 1: the pod's state is another

	cur      cursor
	instance int32 // restarts before the instance that is read
	begun    bool  // instance is known
	finished bool  // its log has been read to the end
	waiting  string
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
	settle     = 3 * time.Second        // for a pod's state to follow a log's clean end
	settlePoll = 200 * time.Millisecond // meanwhile
	previous   = 10 * time.Second       // for the log of an instance that has just died
	silence    = 5 * time.Minute        // a follow that says nothing for so long is asked for again
)

// run reads the container until its end or the context's.
func (c *container) run() {
	c.cur = c.r.s.cursor(c.stream)
	defer func() { c.r.s.remember(c.stream, c.cur) }()
	if !c.r.s.o.Follow {
		c.readOnce()
		return
	}
	for delay := firstRetry; c.r.ctx.Err() == nil; {
		st, ok := c.state()
		switch {
		case !ok:
			c.mark(model.Info, "the pod is gone")
			return
		case c.begun && st.restarts > c.instance:
			c.restarted(st)
			continue
		case !st.started || c.begun && c.finished:
			if st.over && c.finished {
				c.mark(st.level(), "the container has ended: "+st.outcome())
				return
			}
			c.await(st)
			continue
		}
		c.instance, c.begun, c.finished = st.restarts, true, false
		n, err := c.follow()
		if n > 0 || err == nil {
			delay = firstRetry
		}
		if err == nil {
			c.ended()
			continue
		}
		if !c.retry(err, delay) {
			return
		}
		delay = min(2*delay, lastRetry)
	}
}

// state is what is known of the container now; ok is false if its pod is gone.
func (c *container) state() (status, bool) {
	pod := c.r.latest(c.pod)
	if pod == nil {
		return status{}, false
	}
	return statusOf(pod, c.name), true
}

// await sleeps until the pod's state changes, and says once why nothing can be
// read.
func (c *container) await(st status) {
	c.out.Idle()
	if st.reason != "" && st.reason != c.waiting && !st.started {
		c.waiting = st.reason
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Note, Text: c.stream + " waits: " + st.why()})
	}
	select {
	case <-c.r.ctx.Done():
	case <-c.changed:
	}
}

// follow reads the current instance's log from the cursor as long as it lasts.
func (c *container) follow() (int, error) {
	o := corev1.PodLogOptions{Container: c.name, Follow: true}
	c.from(&o)
	return c.read(o)
}

// from sets where a log is asked for from: the cursor, else what the user said
// of what was there when reading began.
func (c *container) from(o *corev1.PodLogOptions) {
	opt := &c.r.s.o
	switch {
	case c.cur.newest != 0:
		t := metav1.NewTime(time.Unix(0, c.cur.begin()))
		o.SinceTime = &t
		return
	case c.joined:
		return
	case !opt.From.IsZero():
		t := metav1.NewTime(opt.From)
		o.SinceTime = &t
	case opt.Since > 0:
		s := int64(max(opt.Since, time.Second).Round(time.Second) / time.Second)
		o.SinceSeconds = &s
	}
	if opt.Tail >= 0 {
		n := opt.Tail
		o.TailLines = &n
	}
}

// read copies one answer of the log endpoint.
func (c *container) read(o corev1.PodLogOptions) (int, error) {
	ctx, cancel := context.WithCancel(c.r.ctx)
	defer cancel()
	body, err := c.r.s.client.logs(ctx, c.namespace, c.podName, o)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	guard := &guarded{r: body, timer: time.AfterFunc(silence, cancel)}
	defer guard.timer.Stop()
	skip := c.cur.resume()
	had, last := skip.left, c.cur.newest
	gap := func(stamp int64) {
		if had > 0 && skip.left == had && stamp > last && !o.Previous {
			c.mark(model.Warning, fmt.Sprintf("the log was rotated away meanwhile: what was written in the %s before this may be missing", time.Duration(stamp-last).Round(time.Millisecond)))
		}
		had = 0
	}
	n, err := copyLines(guard, c.out, &c.cur, skip, gap)
	if err != nil && ctx.Err() != nil && c.r.ctx.Err() == nil {
		return n, errSilent
	}
	return n, err
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

// ended finds out what a clean end of the log means: that the container has
// ended, or that something between it and us has (a kubelet that restarts, a
// proxy). The pod's state follows with a delay.
func (c *container) ended() {
	for deadline := time.Now().Add(settle); time.Now().Before(deadline); {
		pod, err := c.r.s.client.pod(c.r.ctx, c.namespace, c.podName)
		switch {
		case apierrors.IsNotFound(err):
			c.r.gone(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: c.podName}})
			return
		case err == nil:
			st := statusOf(pod, c.name)
			if st.restarts > c.instance {
				c.r.see(pod)
				return // run drains the old instance
			}
			if !st.running {
				c.r.see(pod)
				c.drain(false)
				return
			}
		}
		if !sleep(c.r.ctx, settlePoll) {
			return
		}
	}
}

// drain reads what is left of an instance that has ended; old asks for the one
// before the current. It reports whether the log could be read.
func (c *container) drain(old bool) bool {
	o := corev1.PodLogOptions{Container: c.name, Previous: old}
	c.from(&o)
	for deadline := time.Now().Add(previous); ; {
		_, err := c.read(o)
		if err == nil {
			c.finished = true
			return true
		}
		if errStopped(c.r.ctx, err) || time.Now().After(deadline) || apierrors.IsBadRequest(err) || apierrors.IsNotFound(err) {
			c.finished = true
			return false
		}
		if !sleep(c.r.ctx, 2*settlePoll) {
			return false
		}
		c.from(&o)
	}
}

// restarted reads what the instance before still had to say, draws the
// restart, and turns to the new one.
func (c *container) restarted(st status) {
	lost := st.restarts - c.instance - 1
	if !c.finished && lost == 0 && !c.drain(true) && c.r.ctx.Err() == nil {
		c.mark(model.Warning, "the last lines before the restart are gone: the kubelet keeps the log of one dead container for a while only")
	}
	if lost > 0 && st.lastKept && c.drain(true) {
		lost-- // the instance just before the current one could be read whole
	}
	text := "the container restarted: " + st.last()
	if lost > 0 {
		text += fmt.Sprintf("; the logs of %d instances between are gone", lost)
	}
	c.mark(model.Warning, text)
	c.instance, c.finished = st.restarts, false
}

// retry handles an error of the log endpoint; it reports whether to go on.
func (c *container) retry(err error, delay time.Duration) bool {
	switch {
	case errStopped(c.r.ctx, err):
		return false
	case errors.Is(err, errSilent):
		return true
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Failed, Err: c.r.s.client.explain(err, c.namespace)})
		c.r.fail(sources.Permanent(errors.New("not every log could be read")))
		return false
	case apierrors.IsNotFound(err):
		c.ended()
		return sleep(c.r.ctx, delay)
	case apierrors.IsBadRequest(err): // it waits to start, or there is no such container any more
		if st, ok := c.state(); ok && !st.started {
			c.await(st)
			return c.r.ctx.Err() == nil
		}
		return sleep(c.r.ctx, delay)
	}
	var words errServerWords
	if !errors.As(err, &words) {
		c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Retrying, Err: c.r.s.client.explain(err, c.namespace), Delay: delay})
	}
	c.out.Idle()
	return sleep(c.r.ctx, delay+rand.N(delay/2+1))
}

// Tries of a container's log where nothing follows.
const tries = 4

// readOnce reads what is there.
func (c *container) readOnce() {
	st, ok := c.state()
	if ok && !st.started && !c.r.s.o.Previous {
		c.await0(st)
		return
	}
	o := corev1.PodLogOptions{Container: c.name, Previous: c.r.s.o.Previous}
	delay := firstRetry
	for try := 1; ; try++ {
		c.from(&o)
		_, err := c.read(o)
		if err == nil || errStopped(c.r.ctx, err) {
			return
		}
		if try == tries || apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) || apierrors.IsBadRequest(err) || apierrors.IsNotFound(err) {
			c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Failed, Err: c.r.s.client.explain(err, c.namespace)})
			return
		}
		if !sleep(c.r.ctx, delay) {
			return
		}
		delay *= 2
	}
}

// await0 tells of a container that has no log yet.
func (c *container) await0(st status) {
	c.r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Note, Text: c.stream + " has no log: " + st.why()})
}

// mark draws a record of ravel's own into the stream.
func (c *container) mark(level model.Level, text string) {
	c.out.Mark(stampOf(c.cur), level, text, nil)
}
