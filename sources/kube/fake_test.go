package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"ravel/model"
	"ravel/sources"
)

// cluster is an API server of pods and their logs. It behaves as the real one
// does where that matters here: sinceTime has whole seconds, a log request
// belongs to one instance of a container, a new one sees the newest file only.
type cluster struct {
	mu      sync.Mutex
	version int
	pods    map[string]*corev1.Pod
	objects map[string]any // others, by path
	history []watchEvent
	logs    map[string]*podLog // by pod/container/instance
	changed chan struct{}      // closed and made anew at each change

	refuse func(r *http.Request) *metav1.Status // asked before each request; nil goes on
	cut    func(r *http.Request) cutting        // of each log answer
	sent   int                                  // bytes of logs
	broken int                                  // how often open log answers have been broken off
	asked  []string
}

// cutting breaks off a log answer after some bytes.
type cutting struct {
	after int  // bytes; 0 never
	clean bool // as at the log's end, else in the middle of a chunk
}

type watchEvent struct {
	Type   string      `json:"type"`
	Object *corev1.Pod `json:"object"`
}

// podLog is what one instance of a container wrote.
type podLog struct {
	lines []string // with stamps and line feeds
	file  int      // first line of the newest file
	over  bool

	// What goes wrong when the kubelet leads a follow from file to file.
	blind bool     // the new file is not noticed
	begun int      // how often follows have been sent to the beginning of the newest file
	late  [][2]int // lines that were written to an old file when the new one was there
}

func newCluster() *cluster {
	return &cluster{pods: map[string]*corev1.Pod{}, logs: map[string]*podLog{}, changed: make(chan struct{})}
}

// ring wakes who waits for a change. The caller holds mu.
func (f *cluster) ring() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// put adds or changes a pod.
func (f *cluster) put(pod *corev1.Pod) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := "ADDED"
	if f.pods[pod.Name] != nil {
		kind = "MODIFIED"
	}
	f.version++
	pod = pod.DeepCopy()
	pod.ResourceVersion = strconv.Itoa(f.version)
	f.pods[pod.Name] = pod
	f.history = append(f.history, watchEvent{kind, pod})
	f.ring()
}

func (f *cluster) remove(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.version++
	pod := f.pods[name].DeepCopy()
	pod.ResourceVersion = strconv.Itoa(f.version)
	delete(f.pods, name)
	f.history = append(f.history, watchEvent{"DELETED", pod})
	f.ring()
}

// write appends lines to an instance's log, stamped.
func (f *cluster) write(pod string, instance int, stamp time.Time, text ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.log(pod, instance)
	for _, t := range text {
		l.lines = append(l.lines, stamp.UTC().Format(time.RFC3339Nano)+" "+t+"\n")
	}
	f.ring()
}

// log is an instance's log. The caller holds mu.
func (f *cluster) log(pod string, instance int) *podLog {
	k := fmt.Sprintf("%s/%d", pod, instance)
	if f.logs[k] == nil {
		f.logs[k] = &podLog{}
	}
	return f.logs[k]
}

// rotate begins a new file.
func (f *cluster) rotate(pod string, instance int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.log(pod, instance)
	l.file = len(l.lines)
}

// again sends the follows of a log to the beginning of its newest file.
func (f *cluster) again(pod string, instance int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log(pod, instance).begun++
	f.ring()
}

// breakOff breaks off all log answers that are open.
func (f *cluster) breakOff() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken++
	f.ring()
}

// setAway says whether the node is out of reach, so that no log can be read.
func (f *cluster) setAway(away bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = nil
	if away {
		f.refuse = func(*http.Request) *metav1.Status {
			return apiError(500, metav1.StatusReasonInternalError, "dial tcp 10.0.0.1:10250: connection refused")
		}
	}
}

// rotateLate begins a new file, while the last n lines still come into the old
// one.
func (f *cluster) rotateLate(pod string, instance, n int, stamp time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.log(pod, instance)
	for i := range n {
		l.lines = append(l.lines, fmt.Sprintf("%s late %d\n", stamp.UTC().Format(time.RFC3339Nano), i))
	}
	l.file = len(l.lines)
	l.late = append(l.late, [2]int{l.file - n, l.file})
}

// end ends an instance.
func (f *cluster) end(pod string, instance int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log(pod, instance).over = true
	f.ring()
}

func (f *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked = append(f.asked, r.URL.RequestURI())
	refuse, object := f.refuse, f.objects[r.URL.Path]
	f.mu.Unlock()
	if refuse != nil {
		if s := refuse(r); s != nil {
			fail(w, s)
			return
		}
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case object != nil:
		answer(w, object)
	case len(parts) == 5 && parts[4] == "pods" && r.FormValue("watch") != "":
		f.watch(w, r)
	case len(parts) == 5 && parts[4] == "pods":
		f.list(w, r)
	case len(parts) == 6 && parts[4] == "pods":
		f.mu.Lock()
		pod := f.pods[parts[5]]
		f.mu.Unlock()
		if pod == nil {
			fail(w, apiError(404, metav1.StatusReasonNotFound, `pods "`+parts[5]+`" not found`))
			return
		}
		answer(w, withKind(pod))
	case len(parts) == 7 && parts[6] == "log":
		f.serveLog(w, r, parts[5])
	default:
		fail(w, apiError(404, metav1.StatusReasonNotFound, "the server could not find the requested resource"))
	}
}

func withKind(pod *corev1.Pod) *corev1.Pod {
	pod = pod.DeepCopy()
	pod.TypeMeta = metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}
	return pod
}

func apiError(code int32, reason metav1.StatusReason, message string) *metav1.Status {
	return &metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Code: code, Reason: reason, Message: message,
	}
}

func fail(w http.ResponseWriter, s *metav1.Status) {
	w.Header().Set("Content-Type", "application/json")
	if s.Details != nil && s.Details.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(s.Details.RetryAfterSeconds)))
	}
	w.WriteHeader(int(s.Code))
	_ = json.NewEncoder(w).Encode(s)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// selects reports whether the selectors of a request take a pod.
func selects(r *http.Request, pod *corev1.Pod) bool {
	byLabel, err := labels.Parse(r.FormValue("labelSelector"))
	byField, err2 := fields.ParseSelector(r.FormValue("fieldSelector"))
	return err == nil && err2 == nil && byLabel.Matches(labels.Set(pod.Labels)) &&
		byField.Matches(fields.Set{"metadata.name": pod.Name, "spec.nodeName": pod.Spec.NodeName})
}

func (f *cluster) list(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	l := corev1.PodList{TypeMeta: metav1.TypeMeta{Kind: "PodList", APIVersion: "v1"}}
	l.ResourceVersion = strconv.Itoa(f.version)
	for _, name := range slices.Sorted(maps.Keys(f.pods)) {
		if selects(r, f.pods[name]) {
			l.Items = append(l.Items, *f.pods[name])
		}
	}
	f.mu.Unlock()
	answer(w, &l)
}

func (f *cluster) watch(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("sendInitialEvents") != "" {
		fail(w, apiError(422, metav1.StatusReasonInvalid, "sendInitialEvents is not known"))
		return
	}
	from, _ := strconv.Atoi(r.FormValue("resourceVersion"))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(200)
	w.(http.Flusher).Flush()
	for sent := 0; ; {
		f.mu.Lock()
		events, changed := f.history[sent:], f.changed
		sent = len(f.history)
		f.mu.Unlock()
		for _, e := range events {
			if v, _ := strconv.Atoi(e.Object.ResourceVersion); v > from && selects(r, e.Object) {
				if json.NewEncoder(w).Encode(watchEvent{e.Type, withKind(e.Object)}) != nil {
					return
				}
			}
		}
		w.(http.Flusher).Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// serveLog answers with a log as the kubelet does.
func (f *cluster) serveLog(w http.ResponseWriter, r *http.Request, pod string) {
	instance, s := f.instance(pod, r.FormValue("previous") == "true")
	if s != nil {
		fail(w, s)
		return
	}
	var since time.Time
	if v := r.FormValue("sinceTime"); v != "" {
		since, _ = time.Parse(time.RFC3339, v)
	}
	if v, err := strconv.Atoi(r.FormValue("sinceSeconds")); err == nil {
		since = time.Now().Add(-time.Duration(v) * time.Second)
	}
	var c cutting
	f.mu.Lock()
	cut := f.cut
	f.mu.Unlock()
	if cut != nil {
		c = cut(r)
	}
	f.mu.Lock()
	l := f.log(pod, instance)
	reading, broken := reading{at: l.file, file: l.file, begun: l.begun}, f.broken
	if n, err := strconv.Atoi(r.FormValue("tailLines")); err == nil {
		reading.at = max(reading.at, len(l.lines)-n)
	}
	f.mu.Unlock()
	if n, err := strconv.Atoi(r.FormValue("limitBytes")); err == nil {
		c = cutting{after: n, clean: true}
	}
	w.WriteHeader(200)
	w.(http.Flusher).Flush()
	written := 0
	for {
		f.mu.Lock()
		lines, over, changed := reading.next(l), l.over, f.changed
		abort := f.broken > broken
		f.mu.Unlock()
		if abort {
			panic(http.ErrAbortHandler)
		}
		for _, line := range lines {
			if stamp, _, _ := cutStamp([]byte(line)); stamp < since.UnixNano() && !since.IsZero() {
				continue
			}
			if c.after > 0 && written+len(line) >= c.after {
				_, _ = io.WriteString(w, line[:c.after-written])
				w.(http.Flusher).Flush()
				if c.clean {
					return
				}
				panic(http.ErrAbortHandler)
			}
			if _, err := io.WriteString(w, line); err != nil {
				return
			}
			written += len(line)
			f.mu.Lock()
			f.sent += len(line)
			f.mu.Unlock()
		}
		w.(http.Flusher).Flush()
		if over || r.FormValue("follow") != "true" {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// reading is where an answer is in a log.
type reading struct {
	at    int // next line
	file  int // first line of the newest file when it began
	begun int
}

// next are the lines that have come, as the kubelet finds them.
func (r *reading) next(l *podLog) []string {
	if l.begun > r.begun {
		r.begun++
		r.at = l.file
	}
	end := len(l.lines)
	if l.blind && l.file > r.file && r.at <= l.file {
		end = l.file
	}
	var lines []string
	for ; r.at < end; r.at++ {
		if !slices.ContainsFunc(l.late, func(gap [2]int) bool { return gap[0] <= r.at && r.at < gap[1] }) {
			lines = append(lines, l.lines[r.at])
		}
	}
	return lines
}

// instance is the one whose log is asked for.
func (f *cluster) instance(name string, previous bool) (int, *metav1.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	pod := f.pods[name]
	if pod == nil {
		return 0, apiError(404, metav1.StatusReasonNotFound, "pods not found")
	}
	c := pod.Status.ContainerStatuses[0]
	n := int(c.RestartCount)
	switch {
	case previous && c.LastTerminationState.Terminated == nil:
		return 0, apiError(400, metav1.StatusReasonBadRequest, "previous terminated container not found")
	case previous && c.State.Waiting == nil:
		return n - 1, nil
	case !previous && c.State.Waiting != nil && c.LastTerminationState.Terminated == nil:
		return 0, apiError(400, metav1.StatusReasonBadRequest, "container is waiting to start: ContainerCreating")
	}
	return n, nil
}

// RoundTrip lets the cluster be asked without a network, so that time can be
// that of a bubble.
func (f *cluster) RoundTrip(req *http.Request) (*http.Response, error) {
	pr, pw := io.Pipe()
	w := &pipeAnswer{header: http.Header{}, body: pw, ready: make(chan int, 1)}
	stop := context.AfterFunc(req.Context(), func() { pw.CloseWithError(req.Context().Err()) })
	go func() {
		defer stop()
		defer func() {
			if recover() != nil {
				pw.CloseWithError(io.ErrUnexpectedEOF)
			}
		}()
		f.ServeHTTP(w, req)
		w.WriteHeader(200)
		pw.Close()
	}()
	select {
	case code := <-w.ready:
		return &http.Response{StatusCode: code, Status: http.StatusText(code), Header: w.header, Body: pr, Request: req, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}, nil
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

type pipeAnswer struct {
	header http.Header
	body   *io.PipeWriter
	ready  chan int
	once   sync.Once
}

func (w *pipeAnswer) Header() http.Header { return w.header }
func (w *pipeAnswer) Flush()              {}
func (w *pipeAnswer) WriteHeader(c int)   { w.once.Do(func() { w.ready <- c }) }

func (w *pipeAnswer) Write(p []byte) (int, error) {
	w.WriteHeader(200)
	return w.body.Write(p)
}

// running is a pod with one running container that has been restarted n times.
func running(name string, n int32) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid-" + name)},
		Spec:       corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "app", Image: "shop:1"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{{
			Name: "app", RestartCount: n, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		}}},
	}
	if n > 0 {
		p.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137}
	}
	return p
}

// terminated is a pod whose container has ended, for good if never.
func terminated(name string, n int32, never bool) *corev1.Pod {
	p := running(name, n)
	p.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Error", ExitCode: 3}}
	if never {
		p.Spec.RestartPolicy, p.Status.Phase = corev1.RestartPolicyNever, corev1.PodFailed
	}
	return p
}

// record is a sink that keeps what it is given.
type record struct {
	blocked string // a stream that takes nothing until stopped is closed
	stopped chan struct{}
	mu      sync.Mutex
	streams map[string]*recorded
	events  []sources.Event
	states  []string
}

type recorded struct {
	r     *record
	info  sources.Info
	bytes []byte
	open  bool
	marks []string
}

func (r *record) Ready() {}

func (r *record) Report(e sources.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind == sources.State {
		r.states = append(r.states, e.Source+": "+e.Text)
		return
	}
	r.events = append(r.events, e)
}

func (r *record) Open(info sources.Info) sources.Stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.streams == nil {
		r.streams = map[string]*recorded{}
	}
	s := r.streams[info.Name]
	if s == nil {
		s = &recorded{r: r}
		r.streams[info.Name] = s
	}
	if s.open {
		panic(info.Name + " is open already")
	}
	s.info, s.open = info, true
	return s
}

func (s *recorded) Write(p []byte) (int, error) {
	if s.info.Name == s.r.blocked {
		<-s.r.stopped
		return 0, sources.ErrStopped
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.bytes = append(s.bytes, p...)
	return len(p), nil
}

// Mark puts the text between the lines.
func (s *recorded) Mark(_ time.Time, _ model.Level, text string, _ []model.Field) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.marks = append(s.marks, text)
	s.bytes = append(s.bytes, "2000-01-01T00:00:00Z -- "+text+"\n"...)
}

func (s *recorded) Close() {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.open = false
}

func (s *recorded) Idle()             {}
func (s *recorded) Next(sources.Info) {}

func (s *recorded) ReadFrom(io.Reader) (int64, error) { panic("not used") }
func (s *recorded) Bulk(*model.Origin, int64, int64) (int64, error) {
	panic("not used")
}

// told are the events so far.
func (r *record) told() []sources.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// opened is how many streams there are.
func (r *record) opened() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.streams)
}

// text is what a stream was given, stamps cut off, a line each.
func (r *record) text(stream string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.streams[stream]
	if s == nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(string(s.bytes)) {
		_, n, ok := cutStamp([]byte(line))
		if !ok {
			panic("no stamp: " + line)
		}
		out = append(out, strings.TrimSuffix(line[n:], "\n"))
	}
	return out
}

// lines is text without what was drawn.
func (r *record) lines(stream string) []string {
	return slices.DeleteFunc(r.text(stream), func(s string) bool { return strings.HasPrefix(s, "-- ") })
}

// startSource reads the cluster until stop is called, which returns how Run
// ended.
func startSource(t *testing.T, rt http.RoundTripper, o Options) (rec *record, stop func() error) {
	t.Helper()
	c, err := newClient(&rest.Config{Host: "http://cluster", Transport: rt}, "test", "shop")
	if err != nil {
		t.Fatal(err)
	}
	targets, err := parseQueries(o.Queries)
	if err != nil {
		t.Fatal(err)
	}
	rec = &record{}
	s := &source{o: o, client: c, targets: targets}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, rec) }()
	return rec, func() error {
		cancel()
		return <-ended
	}
}

// equalLines compares in a form that can be read where there are thousands.
func equalLines(t *testing.T, got, want []string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("line %d is %q, want %q (of %d, want %d)", i, got[i], want[i], len(got), len(want))
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d; the rest is %.300q", len(got), len(want), append(got, want...)[min(len(got), len(want)):])
	}
}

func waitingFor(reason, message string) *corev1.ContainerStateWaiting {
	return &corev1.ContainerStateWaiting{Reason: reason, Message: message}
}

func serverClient(t *testing.T, url string) *client {
	t.Helper()
	c, err := newClient(&rest.Config{Host: url}, "test", "shop")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
