package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"ravel/model"
	"ravel/model/request"
	"ravel/model/store"
)

// keeper makes summaries of the requests whose records the store gives up. Its
// goroutine, Engine.Run's, reads them out of the chunks while these are still
// in memory.
type keeper struct {
	kept *request.Kept
	bell chan struct{} // capacity 1: something is in queue

	mu    sync.Mutex
	queue []*store.Chunk // given up, oldest first
	busy  bool
	last  *store.Chunk // the one summed up last: requests of the next begin in it
}

// keptShare of the budget is for summaries.
const keptShare = 32

// maxKeeping bounds the chunks that wait for their summaries: they are in no
// budget. Where records come and go faster than they can be summed up the
// oldest are lost, and counted.
const maxKeeping = 4

func newKeeper(budget int64) *keeper {
	return &keeper{kept: request.NewKept(budget), bell: make(chan struct{}, 1)}
}

// take notes which chunks of before have given their requests up in after.
func (k *keeper) take(before, after *store.Snapshot) {
	if before.RequestsGone == after.RequestsGone {
		return
	}
	var gone []*store.Chunk
	for n := range before.Len() {
		c := before.Chunk(n)
		if at, ok := after.ByID(c.ID()); len(c.Requests) > 0 && (!ok || len(after.Chunk(at).Requests) == 0) {
			gone = append(gone, c)
		}
	}
	k.mu.Lock()
	k.queue = append(k.queue, gone...)
	k.queue = slices.Delete(k.queue, 0, max(0, len(k.queue)-maxKeeping))
	k.mu.Unlock()
	ringOne(k.bell)
}

// next is the chunk to sum up and the one before it, nil if none waits.
func (k *keeper) next() (c, last *store.Chunk) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.busy = len(k.queue) > 0
	if !k.busy {
		return nil, nil
	}
	c, last = k.queue[0], k.last
	k.queue = slices.Delete(k.queue, 0, 1)
	k.last = c
	return c, last
}

// keep sums up what is given up until ctx is done.
func (e *Engine) keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.keeper.bell:
		}
		for c, last := e.keeper.next(); c != nil && ctx.Err() == nil; c, last = e.keeper.next() {
			began := time.Now()
			e.keeper.kept.Add(e.summaries(ctx, c, last))
			ringOne(e.bell)
			e.keeper.pause(ctx, keepingRest*time.Since(began))
		}
	}
}

// keepingRest is how many times longer the keeper rests than it worked while
// more is waiting: a flood shall not cost twice for what it washes away.
const keepingRest = 2

// pause waits a while if something waits for its summary.
func (k *keeper) pause(ctx context.Context, d time.Duration) {
	k.mu.Lock()
	waiting := len(k.queue) > 0
	k.mu.Unlock()
	if !waiting {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// summaries describes the requests that end in c; last is the chunk before it.
func (e *Engine) summaries(ctx context.Context, c, last *store.Chunk) []model.Request {
	chunks := []*store.Chunk{c}
	if last != nil && last.Last() < c.First {
		chunks = []*store.Chunk{last, c}
	}
	snap := store.Of(chunks)
	t := &teller{e: e, snap: snap}
	all := make([]model.Request, 0, len(c.Requests))
	for j := range c.Requests {
		if !goesOn(ctx, j) {
			break
		}
		all = append(all, e.describeNew(snap, len(chunks)-1, &c.Requests[j], true, t))
	}
	return all
}
