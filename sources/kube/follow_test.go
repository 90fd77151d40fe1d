package kube

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const appStream = "shop/web/app"

// TestCuts writes lines, with many equal stamps and some that are a little out
// of order, while every connection breaks off somewhere, cleanly or not: each
// line must arrive once, in order.
func TestCuts(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testCuts(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func testCuts(t *testing.T, rnd *rand.Rand) {
	f := newCluster()
	f.put(running("web", 0))
	cuts := rand.New(rand.NewPCG(rnd.Uint64(), 2))
	f.cut = func(*http.Request) cutting {
		f.mu.Lock()
		defer f.mu.Unlock()
		if cuts.IntN(8) == 0 {
			return cutting{}
		}
		return cutting{after: 1 + cuts.IntN(3000), clean: cuts.IntN(2) == 0}
	}
	rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
	var want []string
	stamp := time.Now()
	for i := range 400 {
		if rnd.IntN(3) == 0 {
			stamp = stamp.Add(time.Duration(rnd.IntN(50)) * time.Millisecond)
		}
		at := stamp
		if rnd.IntN(6) == 0 {
			at = at.Add(-time.Duration(rnd.IntN(40)) * time.Millisecond)
		}
		text := fmt.Sprintf("line %d", i)
		if rnd.IntN(5) == 0 {
			text = "again" // equal lines, some with equal stamps
		}
		want = append(want, text)
		f.write("web", 0, at, text)
		if rnd.IntN(20) == 0 {
			time.Sleep(time.Duration(rnd.IntN(2000)) * time.Millisecond)
			stamp = time.Now()
		}
	}
	f.mu.Lock()
	f.cut = nil
	f.mu.Unlock()
	f.end("web", 0)
	f.put(terminated("web", 0, true))
	time.Sleep(2 * time.Minute)
	if err := stop(); err != nil {
		t.Error(err)
	}
	equalLines(t, rec.lines(appStream), want)
	if m := rec.streams[appStream].marks; len(m) != 1 || !strings.Contains(m[0], "ended: Error, exit code 3") {
		t.Errorf("drawn: %q", m)
	}
}

// TestEqualStamps breaks off within 5,000 lines of one nanosecond.
func TestEqualStamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		n := 0
		f.cut = func(*http.Request) cutting {
			f.mu.Lock()
			defer f.mu.Unlock()
			n += 20_000
			return cutting{after: n, clean: n%40_000 == 0}
		}
		var want []string
		for i := range 5000 {
			want = append(want, fmt.Sprintf("equal %d", i))
		}
		f.write("web", 0, time.Now(), want...)
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(5 * time.Minute)
		_ = stop()
		equalLines(t, rec.lines(appStream), want)
	})
}

// TestRestart follows an instance that dies and the next one, whose state
// comes late.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		f.write("web", 0, time.Now(), "a1", "a2")
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(time.Second)
		f.write("web", 0, time.Now(), "a3")
		f.end("web", 0)
		time.Sleep(time.Second) // the state still says that it runs
		f.put(running("web", 1))
		f.write("web", 1, time.Now(), "b1")
		time.Sleep(time.Minute)
		_ = stop()
		equalLines(t, rec.text(appStream), []string{"a1", "a2", "a3", "-- the container restarted: OOMKilled, exit code 137", "b1"})
		equalLines(t, rec.states, []string{appStream + ": Running", appStream + ": Running, 1 restart"})
	})
}

// TestRestartWhileAway lets instances come and go while no log can be read.
func TestRestartWhileAway(t *testing.T) {
	for restarts, want := range map[int32][]string{
		1: {"a1", "a2", "-- the container restarted: OOMKilled, exit code 137", "now"},
		3: {
			"a1", "-- gap: what the container wrote before it was restarted can no longer be read",
			"-- gap: the log of one instance of the container is gone", "dead",
			"-- the container restarted: OOMKilled, exit code 137", "now",
		},
	} {
		t.Run(fmt.Sprint(restarts), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newCluster()
				f.put(running("web", 0))
				f.write("web", 0, time.Now(), "a1")
				rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
				time.Sleep(time.Second)
				f.setAway(true)
				f.mu.Lock()
				f.cut = func(*http.Request) cutting { return cutting{after: 1} }
				f.mu.Unlock()
				f.write("web", 0, time.Now(), "a2")
				f.mu.Lock()
				f.cut = nil
				f.mu.Unlock()
				f.end("web", 0)
				time.Sleep(time.Second)
				if restarts > 1 {
					f.write("web", int(restarts)-1, time.Now(), "dead")
					f.end("web", int(restarts)-1)
					f.mu.Lock() // lines of the first instance that were never read
					f.logs["web/0"].lines = nil
					f.mu.Unlock()
					want = slices.Insert(slices.Clone(want), 1, rec.lines(appStream)[1:]...)
				}
				f.put(running("web", restarts))
				f.write("web", int(restarts), time.Now(), "now")
				f.setAway(false)
				time.Sleep(2 * time.Minute)
				_ = stop()
				got := rec.text(appStream)
				if restarts > 1 { // whether a clean end was seen in time decides about the first mark
					got = slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, "-- gap: what") })
					want = slices.DeleteFunc(want, func(s string) bool { return strings.HasPrefix(s, "-- gap: what") })
					want = slices.Replace(want, slices.Index(want, "-- gap: the log of one instance of the container is gone"),
						slices.Index(want, "dead"), "-- gap: the log of one instance of the container is gone")
				}
				equalLines(t, got, want)
			})
		})
	}
}

// TestDeletedWhileAway has a pod be deleted while its log has been out of reach
// for so long that tries are seldom: its last lines are fetched while they are there.
func TestDeletedWhileAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		f.write("web", 0, time.Now(), "a1")
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(time.Second)
		f.setAway(true)
		f.breakOff()
		f.write("web", 0, time.Now(), "a2")
		time.Sleep(time.Minute)
		f.setAway(false)
		f.write("web", 0, time.Now(), "a3")
		dying := running("web", 0)
		dying.DeletionTimestamp = &metav1.Time{Time: time.Now()}
		f.put(dying)
		time.Sleep(time.Second)
		f.remove("web")
		time.Sleep(time.Minute)
		_ = stop()
		equalLines(t, rec.lines(appStream), []string{"a1", "a2", "a3"})
	})
}

// TestStateBehind reads the log of an instance while the state is that of the
// one before, which nobody has read: the lines of both arrive, once.
func TestStateBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(100 * time.Millisecond)
		f.mu.Lock()
		f.logs["web/0"], f.logs["web/1"] = &podLog{}, f.log("web", 0) // the answer that is open is the next one's
		f.mu.Unlock()
		f.write("web", 0, time.Now(), "old")
		f.end("web", 0)
		f.write("web", 1, time.Now(), "new1", "new2")
		time.Sleep(time.Second)
		f.put(running("web", 1))
		time.Sleep(time.Second)
		f.write("web", 1, time.Now(), "new3")
		f.end("web", 1)
		f.put(terminated("web", 1, true))
		time.Sleep(time.Minute)
		_ = stop()
		got := rec.lines(appStream)
		slices.Sort(got)
		equalLines(t, got, []string{"new1", "new2", "new3", "old"})
	})
}

// TestRotatedAway draws a gap where a log was rotated while it could not be
// read, and none after a rotation under a running follow.
func TestRotatedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		f.write("web", 0, time.Now(), "one", "two")
		var cut bool
		f.cut = func(*http.Request) cutting {
			if cut {
				return cutting{}
			}
			cut = true
			return cutting{after: 2 * len("2000-01-01T00:00:00.000000000Z one\n")}
		}
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(50 * time.Millisecond)
		f.write("web", 0, time.Now(), strings.Repeat("lost", 20))
		f.rotate("web", 0)
		f.write("web", 0, time.Now().Add(5*time.Second), "three")
		time.Sleep(20 * time.Second)
		f.rotate("web", 0)
		f.write("web", 0, time.Now(), "four")
		time.Sleep(20 * time.Second)
		_ = stop()
		equalLines(t, rec.lines(appStream), []string{"one", "two", "three", "four"})
		if m := rec.streams[appStream].marks; len(m) != 1 || !strings.HasPrefix(m[0], "gap: ") || !strings.Contains(m[0], "5.05s") {
			t.Errorf("drawn: %q", m)
		}
	})
}

// TestFirstSight shows why a container was restarted before it was seen.
func TestFirstSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 7))
		for i := range 300 {
			f.write("web", 6, time.Now(), fmt.Sprint("dead ", i))
		}
		f.end("web", 6)
		f.write("web", 7, time.Now(), "alive")
		rec, stop := startSource(t, f, Options{Follow: true, Tail: 500})
		time.Sleep(time.Minute)
		_ = stop()
		got := rec.text(appStream)
		if len(got) != lastLines+2 || got[0] != "dead 200" || got[lastLines] != "-- the container restarted: OOMKilled, exit code 137" || got[lastLines+1] != "alive" {
			t.Errorf("%d lines: %q … %q", len(got), got[:min(len(got), 2)], got[max(0, len(got)-3):])
		}
	})
}

// TestSameName deletes a pod and makes another of its name, as a stateful set
// does: it is read from its beginning.
func TestSameName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		f.write("web", 0, time.Now(), "old")
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(time.Second)
		f.end("web", 0)
		f.remove("web")
		time.Sleep(time.Second)
		f.mu.Lock()
		f.logs = map[string]*podLog{}
		f.mu.Unlock()
		again := running("web", 0)
		again.UID = "another"
		f.put(again)
		f.write("web", 0, time.Now(), "new")
		time.Sleep(time.Minute)
		_ = stop()
		equalLines(t, rec.text(appStream), []string{"old", "-- the pod is gone, or is not selected any more", "new"})
	})
}
