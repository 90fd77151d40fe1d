package kube

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"ravel/model"
	"ravel/sources"
)

// reader is one Run of a source: the pods as the informers know them, and a
// goroutine for each container that is read.
type reader struct {
	ctx   context.Context
	stop  context.CancelFunc // of ctx
	began time.Time
	s     *source
	sink  sources.Sink
	wg    sync.WaitGroup
	slot  chan struct{} // containers read at a time, where not following

	mu         sync.Mutex
	begun      bool
	pods       map[string]*corev1.Pod // by namespace/name, newest known
	containers map[string]*container  // by stream name
	refused    int                    // containers beyond MaxLogs
	refusals   map[string]bool        // namespaces whose logs may not be read
	failure    error                  // the first that concerns more than one container
}

func newReader(ctx context.Context, stop context.CancelFunc, s *source, sink sources.Sink) *reader {
	limit := s.o.MaxLogs
	if limit <= 0 {
		limit = 5
	}
	return &reader{
		ctx: ctx, stop: stop, began: time.Now(), s: s, sink: sink, slot: make(chan struct{}, limit),
		pods: map[string]*corev1.Pod{}, containers: map[string]*container{}, refusals: map[string]bool{},
	}
}

// list sees the pods that a pick finds now, and returns how many containers
// they have.
func (r *reader) list(ctx context.Context, p pick) (int, error) {
	pods, err := r.s.client.pods(ctx, p.namespace, metav1.ListOptions{LabelSelector: p.labels, FieldSelector: p.fields})
	if err != nil {
		return 0, err
	}
	n := 0
	for i := range pods.Items {
		if r.s.takes(ctx, p, &pods.Items[i]) {
			n += r.see(&pods.Items[i])
		}
	}
	return n, nil
}

// key names a pod.
func key(pod *corev1.Pod) string { return pod.Namespace + "/" + pod.Name }

// see notes the newest state of a pod and reads those of its containers that
// are selected and not read yet. It returns how many are selected.
func (r *reader) see(pod *corev1.Pod) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.pods[key(pod)]; old != nil && newer(old, pod) {
		return 0
	}
	r.pods[key(pod)] = pod
	return r.join(pod)
}

// join begins to read the containers of a pod that are selected and are not
// read yet, and returns how many are selected. The caller holds mu.
func (r *reader) join(pod *corev1.Pod) int {
	n := 0
	for _, name := range r.s.selected(pod) {
		n++
		stream := r.s.prefix + key(pod) + "/" + name
		if c := r.containers[stream]; c != nil {
			c.wake()
			continue
		}
		if p := r.s.recall(stream); p.done && p.uid == pod.UID {
			continue
		}
		if limit := followLimit(r.s.o.MaxLogs); r.s.o.Follow && len(r.containers) >= limit {
			if r.refused++; r.refused == 1 {
				r.sink.Report(sources.Event{Source: r.s.Name(), Kind: sources.Note, Text: fmt.Sprintf(
					"more than %d containers match: the others wait until one ends; narrow the query or raise --max-log-requests", limit)})
			}
			continue
		}
		c := &container{
			r: r, pod: key(pod), uid: pod.UID, namespace: pod.Namespace, podName: pod.Name, name: name,
			stream: stream, joined: r.begun, changed: make(chan struct{}, 1),
		}
		r.containers[stream] = c
		if r.begun {
			r.start(c)
		}
	}
	return n
}

// followLimit is --max-log-requests when following (rule 31).
func followLimit(n int) int {
	if n <= 0 {
		return 50
	}
	return n
}

// gone notes that a pod has been deleted; another may have its name already.
func (r *reader) gone(pod string, uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.pods[pod]; p != nil && p.UID == uid {
		delete(r.pods, pod)
	}
	for _, c := range r.containers {
		if c.pod == pod && c.uid == uid {
			c.wake()
		}
	}
}

// begin opens the streams of all containers that are known and have a log,
// then reads them.
func (r *reader) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := make([]string, 0, len(r.containers))
	for n := range r.containers {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		c := r.containers[n]
		if pod := r.pods[c.pod]; pod != nil && statusOf(pod, c.name).started {
			c.openAs(pod)
		}
		r.start(c)
	}
	r.begun = true
}

// start reads a container. The caller holds mu.
func (r *reader) start(c *container) {
	r.wg.Go(func() {
		if !r.s.o.Follow {
			select {
			case r.slot <- struct{}{}:
				defer func() { <-r.slot }()
			case <-r.ctx.Done():
			}
		}
		if r.ctx.Err() == nil {
			c.run()
		}
		if c.out != nil {
			c.out.Close() // before another pod of that name opens it again
		}
		r.left(c)
	})
}

// left forgets a container that has been read, and takes up those that waited
// for its place, or for its name.
func (r *reader) left(c *container) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.containers, c.stream)
	if !r.s.o.Follow || r.ctx.Err() != nil {
		return
	}
	if pod := r.pods[c.pod]; pod != nil && pod.UID != c.uid {
		r.join(pod)
	}
	if r.refused > 0 {
		r.refused = 0
		for _, name := range slices.Sorted(maps.Keys(r.pods)) {
			r.join(r.pods[name])
		}
	}
}

// refuse notes that a container's log may not be read. That is so of all of
// its namespace: it is told once, and ends the reading if nothing else is read.
func (r *reader) refuse(c *container, err error) {
	c.done = true
	err = r.s.client.explain(err, c.namespace)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.refusals[c.namespace] {
		r.refusals[c.namespace] = true
		r.sink.Report(sources.Event{Source: c.stream, Kind: sources.Failed, Err: err})
	}
	for _, other := range r.containers {
		if !r.refusals[other.namespace] {
			return
		}
	}
	if r.failure == nil {
		r.failure = sources.Permanent(fmt.Errorf("%s: no log may be read", r.s.Name()))
	}
	r.stop()
}

// wait returns when every goroutine has ended.
func (r *reader) wait() error {
	r.wg.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure
}

// latest is the newest known state of a pod, nil if it is gone.
func (r *reader) latest(pod string) *corev1.Pod {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pods[pod]
}

// selected are the names of a pod's containers that the options take.
func (s *source) selected(pod *corev1.Pod) []string {
	var all []string
	if s.o.Init {
		for _, c := range pod.Spec.InitContainers {
			all = append(all, c.Name)
		}
	}
	for _, c := range pod.Spec.Containers {
		all = append(all, c.Name)
	}
	if s.o.Ephemeral {
		for _, c := range pod.Spec.EphemeralContainers {
			all = append(all, c.Name)
		}
	}
	return slices.DeleteFunc(all, func(name string) bool {
		return s.o.Container != nil && !s.o.Container.MatchString(name) ||
			s.o.Without != nil && s.o.Without.MatchString(name) ||
			len(s.o.States) > 0 && !slices.Contains(s.o.States, statusOf(pod, name).word())
	})
}

// describe are the fields that each record of a container gets.
func describe(pod *corev1.Pod, container string) []model.Field {
	add := func(fields []model.Field, name, value string) []model.Field {
		if value == "" {
			return fields
		}
		return append(fields, model.Field{Name: name, Value: model.StringValue(value)})
	}
	fields := add(nil, "namespace", pod.Namespace)
	fields = add(fields, "workload", workload(pod))
	fields = add(fields, "pod", pod.Name)
	fields = add(fields, "container", container)
	fields = add(fields, "node", pod.Spec.NodeName)
	for _, list := range [][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
		for _, c := range list {
			if c.Name == container {
				fields = add(fields, "image", c.Image)
			}
		}
	}
	return add(fields, "revision", pod.Labels["pod-template-hash"])
}

// workload is what a pod belongs to, as kind/name: of a replica set its
// deployment.
func workload(pod *corev1.Pod) string {
	for _, o := range pod.OwnerReferences {
		if o.Controller == nil || !*o.Controller {
			continue
		}
		if hash := pod.Labels["pod-template-hash"]; o.Kind == "ReplicaSet" && hash != "" && strings.HasSuffix(o.Name, "-"+hash) {
			return "deployment/" + strings.TrimSuffix(o.Name, "-"+hash)
		}
		return strings.ToLower(o.Kind) + "/" + o.Name
	}
	return ""
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
