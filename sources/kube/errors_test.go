package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"ravel/sources"
)

// isLog reports whether a container's log is asked for.
func isLog(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/log") }

// TestErrorsOfTheServer answers the first requests for a log with errors: what
// can be tried again is, and no line is lost.
func TestErrorsOfTheServer(t *testing.T) {
	for name, e := range map[string]*metav1.Status{
		"500": apiError(500, metav1.StatusReasonInternalError, "an error on the server"),
		"502": apiError(502, "", "bad gateway"),
		"429": apiError(429, metav1.StatusReasonTooManyRequests, "too many requests"),
		"410": apiError(410, metav1.StatusReasonExpired, "too old"),
		"400": apiError(400, metav1.StatusReasonBadRequest, "container is waiting to start: ContainerCreating"),
		"401": apiError(401, metav1.StatusReasonUnauthorized, "Unauthorized"), // a token that is renewed
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newCluster()
				f.put(running("web", 0))
				f.write("web", 0, time.Now(), "one", "two")
				left := 2
				f.refuse = func(r *http.Request) *metav1.Status {
					f.mu.Lock()
					defer f.mu.Unlock()
					if !isLog(r) || left == 0 {
						return nil
					}
					left--
					return e
				}
				rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
				time.Sleep(time.Minute)
				f.write("web", 0, time.Now(), "three")
				time.Sleep(time.Minute)
				_ = stop()
				equalLines(t, rec.text(appStream), []string{"one", "two", "three"})
			})
		})
	}
}

// TestBackoff asks a server that is away less and less often.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		f.refuse = func(r *http.Request) *metav1.Status {
			if isLog(r) {
				return apiError(500, metav1.StatusReasonInternalError, "dial tcp 10.0.0.1:10250: connection refused")
			}
			return nil
		}
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(10 * time.Minute)
		_ = stop()
		n := 0
		for _, a := range f.asked {
			if strings.Contains(a, "/log?") {
				n++
			}
		}
		if n < 25 || n > 60 { // every 15 to 22 s
			t.Errorf("asked %d times in 10 minutes", n)
		}
		if e := rec.told()[0]; e.Kind != sources.Retrying || !strings.Contains(e.Err.Error(), "connection refused") || !strings.Contains(e.Err.Error(), appStream) {
			t.Errorf("told %+v", e)
		}
	})
}

// TestRetryAfter asks a server that says when to ask again no earlier.
func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		f.write("web", 0, time.Now(), "one")
		var asked []time.Time
		f.refuse = func(r *http.Request) *metav1.Status {
			f.mu.Lock()
			defer f.mu.Unlock()
			if !isLog(r) {
				return nil
			}
			if asked = append(asked, time.Now()); len(asked) > 2 {
				return nil
			}
			s := apiError(429, metav1.StatusReasonTooManyRequests, "too many requests")
			s.Details = &metav1.StatusDetails{RetryAfterSeconds: 20}
			return s
		}
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(2 * time.Minute)
		_ = stop()
		equalLines(t, rec.text(appStream), []string{"one"})
		for i := 1; i < 3; i++ {
			if d := asked[i].Sub(asked[i-1]); d < 20*time.Second {
				t.Errorf("asked again after %s", d)
			}
		}
	})
}

// TestServerWords takes no line of the server's own for one of the log.
func TestServerWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		f.write("web", 0, time.Now(), "one")
		f.logs["web/0"].lines = append(f.logs["web/0"].lines, "unable to retrieve container logs for containerd://0123")
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(time.Second)
		f.end("web", 0)
		time.Sleep(time.Second)
		f.mu.Lock()
		l := f.logs["web/0"]
		l.lines, l.over = l.lines[:1], false
		f.mu.Unlock()
		f.write("web", 0, time.Now(), "two")
		time.Sleep(time.Minute)
		_ = stop()
		equalLines(t, rec.text(appStream), []string{"one", "two"})
	})
}

// TestForbidden ends where no log may be read, and names what to ask for.
func TestForbidden(t *testing.T) {
	for _, follow := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			f := newCluster()
			f.put(running("web", 0))
			f.put(running("db", 0))
			f.refuse = func(r *http.Request) *metav1.Status {
				if isLog(r) {
					return apiError(403, metav1.StatusReasonForbidden, `pods "web" is forbidden: User "eve" cannot get resource "pods/log" in API group "" in the namespace "shop"`)
				}
				return nil
			}
			rec, stop := startSource(t, f, Options{Follow: follow, Tail: -1})
			time.Sleep(time.Minute)
			err := stop()
			if err == nil || !strings.Contains(err.Error(), "no log may be read") {
				t.Errorf("follow %v: ended with %v", follow, err)
			}
			if len(rec.told()) != 1 || rec.told()[0].Err.Error() != `context test: you may not get pods/log in namespace shop: ask for a role with the verb "get" on "pods/log"` {
				t.Errorf("follow %v: told %+v", follow, rec.told())
			}
		})
	}
}

// TestNeverStarts tells why, and goes on waiting.
func TestNeverStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		pod := running("web", 0)
		c := &pod.Status.ContainerStatuses[0]
		c.State.Running = nil
		c.State.Waiting = waitingFor("ImagePullBackOff", `Back-off pulling image "shop:1"`)
		f.put(pod)
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
		time.Sleep(time.Hour)
		if len(rec.told()) != 1 || rec.told()[0].Text != `no log yet: its image cannot be pulled (Back-off pulling image "shop:1")` {
			t.Errorf("told %+v", rec.told())
		}
		f.write("web", 0, time.Now(), "at last")
		f.put(running("web", 0))
		time.Sleep(time.Second)
		if err := stop(); err != nil {
			t.Error(err)
		}
		equalLines(t, rec.text(appStream), []string{"at last"})
	})
}

// TestOverHTTP reads over a real connection that breaks off in the middle of a
// line, in the middle of a chunk, and at the end.
func TestOverHTTP(t *testing.T) {
	f := newCluster()
	f.put(running("web", 0))
	var want []string
	for i := range 300 {
		want = append(want, fmt.Sprintf("line %d %s", i, strings.Repeat("x", i*i/20)))
	}
	f.write("web", 0, time.Now(), want...)
	n := 0
	f.cut = func(*http.Request) cutting {
		f.mu.Lock()
		defer f.mu.Unlock()
		if n++; n > 4 {
			return cutting{}
		}
		return cutting{after: n * 70_000, clean: n%2 == 0}
	}
	f.end("web", 0)
	f.put(terminated("web", 0, true))
	server := httptest.NewServer(f)
	defer server.Close()
	rec := &record{}
	c := serverClient(t, server.URL)
	s := &source{o: Options{Tail: -1}, client: c}
	if err := s.Run(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	equalLines(t, rec.text(appStream), want)
}

// TestTail resumes behind the lines that --tail left out.
func TestTail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("web", 0))
		for i := range 100 {
			f.write("web", 0, time.Now(), fmt.Sprint(i))
		}
		broken := false
		f.cut = func(*http.Request) cutting {
			if broken {
				return cutting{}
			}
			broken = true
			return cutting{after: 200}
		}
		rec, stop := startSource(t, f, Options{Follow: true, Tail: 10})
		time.Sleep(time.Minute)
		_ = stop()
		equalLines(t, rec.text(appStream), strings.Fields("90 91 92 93 94 95 96 97 98 99"))
	})
}

// TestLimit reads no more containers than allowed, and the next when one ends.
func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		for i := range 3 {
			name := fmt.Sprint("web-", i)
			f.put(running(name, 0))
			f.write(name, 0, time.Now(), name)
		}
		rec, stop := startSource(t, f, Options{Follow: true, Tail: -1, MaxLogs: 2})
		time.Sleep(time.Minute)
		if rec.opened() != 2 {
			t.Errorf("%d containers are read", rec.opened())
		}
		f.end("web-0", 0)
		f.put(terminated("web-0", 0, true))
		time.Sleep(time.Minute)
		_ = stop()
		equalLines(t, rec.text("shop/web-2/app"), []string{"web-2"})
		if len(rec.told()) == 0 || !strings.Contains(rec.told()[0].Text, "--max-log-requests") {
			t.Errorf("told %+v", rec.told())
		}
	})
}

// TestTurns reads no more containers at a time than allowed where nothing
// follows, and all of them in the end.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		for i := range 20 {
			name := fmt.Sprint("web-", i)
			f.put(running(name, 0))
			f.write(name, 0, time.Now(), name)
		}
		var now, most int
		rt := roundTripper(func(r *http.Request) (*http.Response, error) {
			if isLog(r) {
				f.mu.Lock()
				now++
				most = max(most, now)
				f.mu.Unlock()
				time.Sleep(time.Second)
				f.mu.Lock()
				now--
				f.mu.Unlock()
			}
			return f.RoundTrip(r)
		})
		rec, stop := startSource(t, rt, Options{Tail: -1})
		time.Sleep(time.Minute)
		if err := stop(); err != nil {
			t.Error(err)
		}
		if rec.opened() != 20 || most != 5 {
			t.Errorf("%d containers were read, %d at a time", rec.opened(), most)
		}
		for i := range 20 {
			name := fmt.Sprint("web-", i)
			equalLines(t, rec.text("shop/"+name+"/app"), []string{name})
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (rt roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return rt(r) }

// TestChattyPod has a pod whose lines are not taken: what waits of it is
// bounded, and the others are read all the same.
func TestChattyPod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newCluster()
		f.put(running("chatty", 0))
		f.put(running("quiet", 0))
		line := strings.Repeat("x", 1000)
		rec := &record{blocked: "shop/chatty/app", stopped: make(chan struct{})}
		s := &source{o: Options{Follow: true, Tail: -1}, client: offline(t, f)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx, rec) }()
		var want []string
		for i := range 100 {
			for range 100 {
				f.write("chatty", 0, time.Now(), line)
			}
			want = append(want, fmt.Sprint(i))
			f.write("quiet", 0, time.Now(), want[i])
			time.Sleep(100 * time.Millisecond)
			equalLines(t, rec.text("shop/quiet/app"), want)
		}
		if n := len(rec.text("shop/chatty/app")); n != 0 {
			t.Errorf("%d lines were taken", n)
		}
		f.mu.Lock()
		if f.sent > 8*readBytes {
			t.Errorf("%d bytes are held of lines that are not taken", f.sent)
		}
		f.mu.Unlock()
		cancel()
		close(rec.stopped)
		<-ended
	})
}

// TestEvents tells of the pods' events, once for each time that they happened.
func TestEvents(t *testing.T) {
	rec := &record{}
	c, err := newClient(&rest.Config{Host: "http://cluster", Transport: newCluster()}, "test", "shop")
	if err != nil {
		t.Fatal(err)
	}
	s := &source{client: c}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := newReader(ctx, cancel, s, rec)
	r.pods["shop/web"] = running("web", 0)
	e := &events{r: r, out: rec.Open(sources.Info{Name: "shop/events"}), told: map[types.UID]int32{}}
	event := &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{UID: "e1"},
		InvolvedObject: corev1.ObjectReference{Namespace: "shop", Name: "web", FieldPath: "spec.containers{app}"},
		Type:           "Warning", Reason: "BackOff", Message: "Back-off restarting failed container", Count: 1,
		LastTimestamp: metav1.NewTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
	}
	e.tell(event)
	e.tell(event) // again, after a new list
	event.Count = 2
	e.tell(event)
	event.UID, event.InvolvedObject.Name = "e2", "another"
	e.tell(event)
	want := `{"ts":"2026-01-02T03:04:05Z","level":"warning","message":"BackOff: Back-off restarting failed container","reason":"BackOff","namespace":"shop","pod":"web","container":"app"}` + "\n" +
		`{"ts":"2026-01-02T03:04:05Z","level":"warning","message":"BackOff: Back-off restarting failed container","reason":"BackOff","namespace":"shop","pod":"web","container":"app","count":2}` + "\n"
	if got := string(rec.streams["shop/events"].bytes); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestClusterAway ends a reading that does not follow, and has one that does
// tried again.
func TestClusterAway(t *testing.T) {
	for _, follow := range []bool{true, false} {
		f := newCluster()
		f.refuse = func(*http.Request) *metav1.Status {
			return apiError(503, metav1.StatusReasonServiceUnavailable, "the server is starting")
		}
		s := &source{o: Options{Follow: follow}, client: offline(t, f)}
		err := s.Run(t.Context(), &record{})
		if err == nil || errors.Is(err, sources.ErrPermanent) == follow || err.Error() != "context test: the server says: the server is starting" {
			t.Errorf("follow %v: %v", follow, err)
		}
	}
}

func offline(t *testing.T, rt http.RoundTripper) *client {
	t.Helper()
	c, err := newClient(&rest.Config{Host: "http://cluster", Transport: rt}, "test", "shop")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
