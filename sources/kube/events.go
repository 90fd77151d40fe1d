package kube

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"ravel/sources"
)

// events reads the events of one namespace's pods (Failed, BackOff, Unhealthy,
// image pulls) as a stream of its own. Its methods are called by one goroutine.
type events struct {
	r    *reader
	ns   string // "" all
	name string // of the stream
	out  sources.Stream
	told map[types.UID]int32 // how often each has been told of
}

// ofPods selects events.
const ofPods = "involvedObject.kind=Pod"

// readEvents tells of the events that there are, and follows them. A user who
// may not read events is told so once; the logs are read all the same.
func (r *reader) readEvents(ns string) {
	e := &events{r: r, ns: ns, name: r.s.prefix + ns + "/events", told: map[types.UID]int32{}}
	if ns == "" {
		e.name = r.s.prefix + "events"
	}
	list, err := e.list(r.ctx, metav1.ListOptions{})
	if err != nil {
		if !errStopped(r.ctx, err) {
			r.sink.Report(sources.Event{Source: e.name, Kind: sources.Failed, Err: r.s.client.explain(err, ns)})
		}
		return
	}
	o := &r.s.o
	e.out = r.sink.Open(sources.Info{Name: e.name, Domain: "events", Order: o.Order, Live: o.Follow, UTC: true})
	r.wg.Go(func() {
		defer e.out.Close()
		slices.SortStableFunc(list.Items, func(a, b corev1.Event) int { return eventTime(&a).Compare(eventTime(&b)) })
		for i := range list.Items {
			e.tell(&list.Items[i])
		}
		e.out.Idle()
		if o.Follow {
			e.follow()
		}
	})
}

func (e *events) list(ctx context.Context, o metav1.ListOptions) (*corev1.EventList, error) {
	o.FieldSelector = ofPods
	list := new(corev1.EventList)
	err := e.r.s.client.core.Get().Namespace(e.ns).Resource("events").VersionedParams(&o, e.r.s.client.params).Do(ctx).Into(list)
	return list, err
}

// follow tells of events until the context is done.
func (e *events) follow() {
	lw := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return e.list(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector, o.Watch = ofPods, true
			return e.r.s.client.core.Get().Namespace(e.ns).Resource("events").VersionedParams(&o, e.r.s.client.params).Watch(ctx)
		},
	}
	tell := func(obj any) {
		if event, ok := obj.(*corev1.Event); ok {
			e.tell(event)
		}
	}
	_, informer := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: lw, ObjectType: &corev1.Event{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    tell,
			UpdateFunc: func(_, obj any) { tell(obj) },
			DeleteFunc: func(obj any) {
				if event, ok := obj.(*corev1.Event); ok {
					delete(e.told, event.UID)
				}
			},
		},
	})
	informer.RunWithContext(e.r.ctx)
}

// tell writes an event of a pod that is read, once for each time that it
// happened.
func (e *events) tell(event *corev1.Event) {
	pod := event.InvolvedObject.Namespace + "/" + event.InvolvedObject.Name
	times := max(event.Count, 1)
	if event.Series != nil {
		times = max(times, event.Series.Count)
	}
	if e.told[event.UID] >= times || e.r.latest(pod) == nil {
		return
	}
	e.told[event.UID] = times
	line := struct {
		Time      string `json:"ts"`
		Level     string `json:"level"`
		Message   string `json:"message"`
		Reason    string `json:"reason"`
		Namespace string `json:"namespace"`
		Pod       string `json:"pod"`
		Container string `json:"container,omitempty"`
		Count     int32  `json:"count,omitempty"`
		By        string `json:"component,omitempty"`
	}{
		Time: eventTime(event).UTC().Format(time.RFC3339Nano), Level: "info",
		Message: event.Reason + ": " + strings.TrimSpace(event.Message), Reason: event.Reason,
		Namespace: event.InvolvedObject.Namespace, Pod: event.InvolvedObject.Name,
		Container: containerOf(event.InvolvedObject.FieldPath), By: event.Source.Component,
	}
	if event.Type == corev1.EventTypeWarning {
		line.Level = "warning"
	}
	if times > 1 {
		line.Count = times
	}
	if b, err := json.Marshal(line); err == nil { // strings and numbers: it cannot fail
		_, _ = e.out.Write(append(b, '\n')) // it fails only once reading was stopped
		e.out.Idle()
	}
}

// eventTime is when an event happened last.
func eventTime(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil && !e.Series.LastObservedTime.IsZero():
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	}
	return e.CreationTimestamp.Time
}

// containerOf is the container that a path such as spec.containers{app} names.
func containerOf(path string) string {
	_, name, ok := strings.Cut(path, "{")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(name, "}")
}
