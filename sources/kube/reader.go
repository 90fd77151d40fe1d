package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"ravel/model"
	"ravel/sources"
)

// reader is one Run of a source: the pods as the informers know them, and a
// goroutine for each container that is read.
type reader struct {
	ctx  context.Context
	s    *source
	sink sources.Sink
	wg   sync.WaitGroup
	slot chan struct{} // containers read at a time, where not following

	mu         sync.Mutex
	begun      bool
	pods       map[string]*corev1.Pod // by namespace/name, newest known
	containers map[string]*container  // by stream name
	refused    int                    // containers beyond MaxLogs
	failure    error                  // the first that concerns more than one container
}

func newReader(ctx context.Context, s *source, sink sources.Sink) *reader {
	limit := s.o.MaxLogs
	if limit <= 0 {
		limit = 5
	}
	return &reader{
		ctx: ctx, s: s, sink: sink, slot: make(chan struct{}, limit),
		pods: map[string]*corev1.Pod{}, containers: map[string]*container{},
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
		if r.s.takes(p, &pods.Items[i]) {
			n += r.see(&pods.Items[i])
		}
	}
	return n, nil
}

// watch keeps the pods of a pick up to date until the context is done.
func (r *reader) watch(ctx context.Context, p pick) {
	options := func(o *metav1.ListOptions) { o.LabelSelector, o.FieldSelector = p.labels, p.fields }
	lw := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			options(&o)
			return r.s.client.pods(ctx, p.namespace, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			options(&o)
			o.Watch = true
			return r.s.client.core.Get().Namespace(p.namespace).Resource("pods").VersionedParams(&o, params).Watch(ctx)
		},
	}
	see := func(obj any) {
		if pod, ok := obj.(*corev1.Pod); ok && r.s.takes(p, pod) {
			r.see(pod)
		}
	}
	_, informer := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: lw, ObjectType: &corev1.Pod{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    see,
			UpdateFunc: func(_, obj any) { see(obj) },
			DeleteFunc: func(obj any) {
				if d, ok := obj.(cache.DeletedFinalStateUnknown); ok {
					obj = d.Obj
				}
				if pod, ok := obj.(*corev1.Pod); ok {
					r.gone(pod)
				}
			},
		},
	})
	r.wg.Go(func() { informer.RunWithContext(ctx) })
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
	n := 0
	for _, name := range r.s.selected(pod) {
		n++
		stream := r.s.prefix + key(pod) + "/" + name
		if c := r.containers[stream]; c != nil {
			c.wake()
			continue
		}
		if limit := r.s.o.MaxLogs; r.s.o.Follow && len(r.containers) >= followLimit(limit) {
			r.refused++
			if r.refused == 1 {
				r.sink.Report(sources.Event{Source: r.s.Name(), Kind: sources.Note, Text: fmt.Sprintf(
					"more than %d containers match: the others are not read; narrow the query or raise --max-log-requests", followLimit(limit))})
			}
			continue
		}
		c := &container{r: r, pod: key(pod), namespace: pod.Namespace, podName: pod.Name, name: name, stream: stream, joined: r.begun, changed: make(chan struct{}, 1)}
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

// newer reports whether a was written after b by the server: informers of two
// picks may tell of one pod in any order. Versions are compared as numbers of
// one server, as the API allows since 1.35 and all servers have done.
func newer(a, b *corev1.Pod) bool {
	va, vb := a.ResourceVersion, b.ResourceVersion
	if len(va) != len(vb) {
		return len(va) > len(vb)
	}
	return va > vb
}

// gone notes that a pod has been deleted.
func (r *reader) gone(pod *corev1.Pod) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pods, key(pod))
	for _, c := range r.containers {
		if c.pod == key(pod) {
			c.wake()
		}
	}
}

// begin opens the streams of all containers that are known, then reads them.
func (r *reader) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := make([]string, 0, len(r.containers))
	for n := range r.containers {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		r.start(r.containers[n])
	}
	r.begun = true
}

// start opens a container's stream and reads it. The caller holds mu.
func (r *reader) start(c *container) {
	c.out = r.sink.Open(sources.Info{
		Name: c.stream, Domain: c.name, Order: r.s.o.Order, Live: r.s.o.Follow, UTC: true, Stamped: true,
		Fields: describe(r.pods[c.pod], c.name),
	})
	r.wg.Go(func() {
		defer c.out.Close()
		if !r.s.o.Follow {
			select {
			case r.slot <- struct{}{}:
				defer func() { <-r.slot }()
			case <-r.ctx.Done():
				return
			}
		}
		c.run()
		r.mu.Lock()
		delete(r.containers, c.stream)
		r.mu.Unlock()
	})
}

// fail notes an error that the whole source must tell of.
func (r *reader) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure == nil {
		r.failure = err
	}
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
