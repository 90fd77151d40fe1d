package output

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// conveyor runs work on jobs on all cores, and take on one after the other, in
// the order in which they were put. What is under way is bounded. After an
// error of take nothing more is worked on or taken.
type conveyor[J any] struct {
	work    func(*J)
	take    func(j *J, more bool) error // more: another job has been put already
	queue   chan *slot[J]
	order   chan *slot[J]
	workers sync.WaitGroup
	taker   sync.WaitGroup
	failed  atomic.Pointer[error]
}

// slot is a job on its way.
type slot[J any] struct {
	job  J
	done chan struct{}
}

// newConveyor starts the goroutines, which close ends.
func newConveyor[J any](work func(*J), take func(j *J, more bool) error) *conveyor[J] {
	n := runtime.GOMAXPROCS(0)
	c := &conveyor[J]{work: work, take: take, queue: make(chan *slot[J], n), order: make(chan *slot[J], 2*n)}
	for range n {
		c.workers.Go(c.runWorker)
	}
	c.taker.Go(c.runTaker)
	return c
}

// put hands a job on; it blocks while too many are under way. The error is the
// first of take.
func (c *conveyor[J]) put(j J) error {
	if err := c.err(); err != nil {
		return err
	}
	s := &slot[J]{job: j, done: make(chan struct{})}
	c.order <- s
	c.queue <- s
	return nil
}

// close waits for all jobs and returns the first error of take.
func (c *conveyor[J]) close() error {
	close(c.queue)
	c.workers.Wait()
	close(c.order)
	c.taker.Wait()
	return c.err()
}

func (c *conveyor[J]) err() error {
	if e := c.failed.Load(); e != nil {
		return *e
	}
	return nil
}

func (c *conveyor[J]) runWorker() {
	for s := range c.queue {
		if c.failed.Load() == nil {
			c.work(&s.job)
		}
		close(s.done)
	}
}

func (c *conveyor[J]) runTaker() {
	for s := range c.order {
		<-s.done
		if c.failed.Load() != nil {
			continue
		}
		if err := c.take(&s.job, len(c.order) > 0); err != nil {
			c.failed.Store(&err)
		}
	}
}
