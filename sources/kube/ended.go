package kube

import (
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ravel/model"
)

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
			return
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

// lostInstances tells of instances whose logs nobody has any more.
func lostInstances(n int32) string {
	if n == 1 {
		return "gap: the log of one instance of the container is gone"
	}
	return fmt.Sprintf("gap: the logs of %d instances of the container are gone", n)
}
