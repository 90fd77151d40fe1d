package ingest

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ravel/model"
	"ravel/sources"
)

// scripted is a source whose streams a test writes to itself.
type scripted struct {
	infos   []sources.Info
	streams []sources.Stream
	opened  chan struct{}
	end     chan struct{}
}

func newScripted(infos ...sources.Info) *scripted {
	return &scripted{infos: infos, opened: make(chan struct{}), end: make(chan struct{})}
}

func (s *scripted) Name() string { return "scripted" }

func (s *scripted) Run(ctx context.Context, sink sources.Sink) error {
	for _, info := range s.infos {
		s.streams = append(s.streams, sink.Open(info))
	}
	sink.Ready()
	close(s.opened)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.end:
		return nil
	}
}

// live is a reading under way, its records with the time of their arrival at
// the consumer.
type live struct {
	t     *testing.T
	s     *scripted
	begin time.Time
	got   chan string
	ended chan error
}

func startLive(t *testing.T, o Options, infos ...sources.Info) *live {
	o.Names, o.Zone, o.Live = model.NewNames(), time.UTC, true
	l := &live{t: t, s: newScripted(infos...), begin: time.Now(), got: make(chan string, 100000), ended: make(chan error, 1)}
	in := New(o)
	go func() {
		l.ended <- in.Run(t.Context(), []sources.Source{l.s}, func(b *model.Batch) error {
			for _, r := range rowsOf(o.Names, b) {
				l.got <- r.text
			}
			return nil
		})
	}()
	<-l.s.opened
	return l
}

func (l *live) write(stream int, text string) {
	if _, err := l.s.streams[stream].Write([]byte(text)); err != nil {
		l.t.Error(err)
	}
}

// expect checks what has come within d from now, and nothing else.
func (l *live) expect(d time.Duration, want ...string) {
	l.t.Helper()
	time.Sleep(d)
	synctest.Wait()
	var got []string
	for len(l.got) > 0 {
		got = append(got, <-l.got)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		l.t.Errorf("after %v: got %q, want %q", time.Since(l.begin), got, want)
	}
}

func (l *live) finish(want ...string) {
	l.t.Helper()
	close(l.s.end)
	if err := <-l.ended; err != nil {
		l.t.Error(err)
	}
	l.expect(0, want...)
}

// TestRule24Silence: a finished record is shown at once, the last one when the
// stream has been silent for 250 ms.
func TestRule24Silence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t, Options{}, sources.Info{Name: "x", Live: true})
		one, two := jsonLine(1, "one"), jsonLine(2, "two")
		l.write(0, one)
		l.expect(40 * time.Millisecond)
		l.write(0, two)
		l.expect(100*time.Millisecond, one)
		l.write(0, "half a ")
		l.expect(100 * time.Millisecond)
		l.expect(200*time.Millisecond, two)
		l.write(0, "line")
		l.expect(time.Minute)
		l.finish("half a line")
	})
}

// TestHoldBack: live records wait for their elders in other streams, 250 ms at
// most.
func TestHoldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t, Options{}, sources.Info{Name: "a", Live: true}, sources.Info{Name: "b", Live: true, Order: 1})
		l.expect(time.Second)
		l.write(0, jsonLine(5, "young"))
		l.expect(20 * time.Millisecond)
		l.write(1, jsonLine(3, "old"))
		l.expect(600*time.Millisecond, jsonLine(3, "old"), jsonLine(5, "young"))
		l.write(0, jsonLine(9, "next"))
		l.expect(600*time.Millisecond, jsonLine(9, "next"))
		l.write(1, jsonLine(7, "too late"))
		l.expect(600*time.Millisecond, jsonLine(7, "too late"))
		l.finish()
	})
}

// TestRule12Live: a record that a program writes to two files at nearly the same
// time is paired off also while it is followed.
func TestRule12Live(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t, Options{},
			sources.Info{Name: "a", Live: true, Group: "/l"}, sources.Info{Name: "b", Live: true, Group: "/l", Order: 1})
		l.expect(time.Second)
		for i := range 5 {
			line := jsonLine(i, "both")
			l.write(i%2, line)
			time.Sleep(time.Duration(i*i) * time.Millisecond)
			l.write(1-i%2, line)
			l.expect(time.Second, line)
		}
		l.finish()
	})
}

// TestBacklogIsWaitedFor: a stream that has not shown all it has holds the
// others up for as long as it takes.
func TestBacklogIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t, Options{}, sources.Info{Name: "a"}, sources.Info{Name: "b", Live: true, Order: 1})
		l.write(1, jsonLine(5, "live"))
		l.expect(10 * time.Second)
		l.write(0, jsonLine(3, "old"))
		l.expect(10 * time.Second)
		l.s.streams[0].Close()
		l.expect(time.Second, jsonLine(3, "old"), jsonLine(5, "live"))
		l.finish()
	})
}

// TestRule24TailZero: only what comes after the backlog is shown.
func TestRule24TailZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t, Options{Tail: -1}, sources.Info{Name: "x", Live: true}, sources.Info{Name: "y", Live: true, Fresh: true})
		l.write(0, jsonLine(1, "was there"))
		l.write(1, jsonLine(1, "has joined"))
		l.s.streams[0].Idle()
		l.expect(time.Second, jsonLine(1, "has joined"))
		l.write(0, jsonLine(2, "new"))
		l.expect(time.Second, jsonLine(2, "new"))
		l.finish()
	})
}

// TestSlowConsumer: streams block while the consumer is behind, and nothing is
// lost.
func TestSlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := model.NewNames()
		in := New(Options{Names: names, Zone: time.UTC, Live: true})
		line := strings.Repeat("x", 1000) + "\n"
		const n = 12000
		written := 0
		src := sourceFunc(func(_ context.Context, sink sources.Sink) error {
			st := sink.Open(sources.Info{Name: "x", Live: true})
			sink.Ready()
			for range n {
				if _, err := st.Write([]byte(line)); err != nil {
					return err
				}
				written++
			}
			return nil
		})
		records := 0
		err := in.Run(t.Context(), []sources.Source{src}, func(b *model.Batch) error {
			time.Sleep(time.Second)
			synctest.Wait()
			records += b.Len()
			if ahead := (written - records) * len(line); ahead > 8*blockBytes {
				t.Errorf("%d bytes are held", ahead)
			}
			return nil
		})
		if err != nil || records != n {
			t.Errorf("%d records, %v", records, err)
		}
	})
}

// TestArrivalOrder: records without stamps of two live streams come in the
// order in which they were written, those written at once in the order of the
// streams, also where all of them end up in one batch each.
func TestArrivalOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := startLive(t, Options{}, sources.Info{Name: "out", Live: true}, sources.Info{Name: "err", Live: true, Order: 1})
		l.s.streams[0].Idle()
		l.s.streams[1].Idle()
		l.write(1, "b\n")
		l.write(0, "a\n")
		time.Sleep(10 * time.Millisecond)
		l.write(1, "c\n")
		time.Sleep(10 * time.Millisecond)
		l.write(0, "d\nd2\n")
		time.Sleep(10 * time.Millisecond)
		l.write(1, "e\n")
		l.expect(2*time.Second, "a\n", "b\n", "c\n", "d\n", "d2\n", "e\n")
		l.finish()
	})
}
