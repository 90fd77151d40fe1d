package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
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
	t.watch, t.draw, t.asked = &lookout{c: c}, c.drawRotation, time.Now()
	t.watch.newest.Store(c.cur.newest)
	t.live, c.cur.again = c.cur.again == 0, 0
	err := c.read(o, t)
	t.settle()
	switch {
	case errors.Is(err, errMissed):
		return 0, nil
	case errors.Is(err, errAgain):
		c.drawMissed()
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
		from := cur.begin()
		if cur.again != 0 {
			from = min(from, cur.again-cur.again%int64(time.Second))
		}
		t := metav1.NewTime(time.Unix(0, from))
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

// verify makes a transfer find out why a log does not go on where it was read
// to, before the first line is delivered: if the container has been restarted,
// nothing is (errMissed); if the log was rotated away, the gap is drawn.
func (c *container) verify(t *transfer) {
	t.first = func(t *transfer) bool {
		if !t.skip.missed() {
			return true
		}
		if !c.isSame() {
			return false
		}
		g := gap{t.skip.newest, t.stamp}
		c.cur.files.begun(g.to)
		c.mark(model.Warning, fmt.Sprintf("gap: the log was rotated while it was not read; what was written in the %s before this may be missing",
			roundGap(g.length())), g.fields()...)
		return true
	}
}

// isSame reports whether the container has not been restarted since its log was
// read. That shows in the pod's state only, and may come late. The answer of the
// log endpoint that raised the question stays open meanwhile: what it has for us
// cannot be rotated away.
func (c *container) isSame() bool {
	for deadline := time.Now().Add(settle); time.Now().Before(deadline); {
		if st, ok := c.refresh(); !ok || st.restarts > c.instance {
			return false // run drains the old instance, or ends
		}
		if !sleep(c.r.ctx, settlePoll) {
			return false
		}
	}
	return true
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
	if t.watch != nil {
		var wg sync.WaitGroup
		t.watch.stop, guard.come = cancel, &t.watch.come
		wg.Go(func() { t.watch.run(ctx) })
		defer func() {
			cancel()
			wg.Wait()
		}()
	}
	err = t.copy(guard)
	if !o.Previous && c.cur.newest == 0 && time.Since(began) >= 2*time.Second {
		c.quiet = true
	}
	if err != nil && ctx.Err() != nil && c.r.ctx.Err() == nil {
		return errSilent
	}
	return err
}

// errSilent ends a follow that has said nothing for long, or has not noticed a
// rotation: some servers stop sending then without ending the answer.
var errSilent = errors.New("silent")

// guarded resets a timer with each read.
type guarded struct {
	r     io.Reader
	timer *time.Timer
	come  *atomic.Int64 // counts bytes, unless nil
}

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.timer.Reset(silence)
	if g.come != nil {
		g.come.Add(int64(n))
	}
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

// retry handles an error of the log endpoint; it reports whether to go on.
func (c *container) retry(err error, delay time.Duration) bool {
	switch {
	case errStopped(c.r.ctx, err):
		return false
	case errors.Is(err, errSilent), errors.Is(err, errAgain):
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
	c.pause(delay + rand.N(delay/2+1)) // a pod that is being deleted takes its log with it soon
	return c.r.ctx.Err() == nil
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
