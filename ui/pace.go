package ui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// The frame floors. Locally a frame is drawn at most every 33 ms. Over SSH the
// next one waits until the last two seconds averaged no more than the budget,
// in bounds of 2 to 10 frames a second (rule 36).
const (
	localFloor   = 33 * time.Millisecond
	remoteFloor  = 100 * time.Millisecond
	remoteCeil   = 500 * time.Millisecond
	remoteBudget = 16 << 10 // bytes a second
	paceWindow   = 2 * time.Second
)

// meter counts the bytes written to the terminal. It is safe for concurrent
// use.
type meter struct {
	now  func() time.Time
	mu   sync.Mutex
	sent []sent // of the last window, oldest first
}

type sent struct {
	at time.Time
	n  int
}

func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, sent{m.now(), n})
}

// floor is how long to hold the next frame back so that the window, with that
// frame in it, keeps to the budget.
func (m *meter) floor() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for len(m.sent) > 0 && now.Sub(m.sent[0].at) > paceWindow {
		m.sent = m.sent[1:]
	}
	if len(m.sent) == 0 {
		return remoteFloor
	}
	total := m.sent[len(m.sent)-1].n // the next frame will be like the last one
	for _, s := range m.sent {
		total += s.n
	}
	limit := int(remoteBudget * paceWindow / time.Second)
	for _, s := range m.sent { // wait until enough of the oldest has left the window
		if total <= limit {
			break
		}
		total -= s.n
		if wait := paceWindow - now.Sub(s.at); total <= limit {
			return min(max(wait, remoteFloor), remoteCeil)
		}
	}
	if total > limit {
		return remoteCeil
	}
	return remoteFloor
}

// changedMsg says that the engine has news.
type changedMsg struct{}

// listen waits for the engine's doorbell, then for floor, so that a burst of
// news makes one frame.
func listen(ctx context.Context, bell <-chan struct{}, floor time.Duration) tea.Cmd {
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-bell:
		}
		wait := time.NewTimer(floor)
		defer wait.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-wait.C:
		}
		return changedMsg{}
	}
}

// floor is how long the next frame is held back.
func (m *Model) floor() time.Duration {
	if m.opt.SSH {
		return m.meter.floor()
	}
	return localFloor
}

// newsSoon reports whether a frame with what has come is likely to be drawn
// within the longest floor, since the last one was: over SSH a frame in between
// would go beyond the budget.
func (m *Model) newsSoon() bool {
	return m.opt.SSH && m.opt.Now().Sub(m.show.news) < remoteCeil
}
