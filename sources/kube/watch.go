package kube

import (
	"context"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"ravel/sources"
)

// watch keeps the pods of a pick up to date until the context is done.
func (r *reader) watch(ctx context.Context, p pick) {
	var lost atomic.Bool // it has been told that the pods cannot be watched
	options := func(o *metav1.ListOptions) { o.LabelSelector, o.FieldSelector = p.labels, p.fields }
	lw := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			options(&o)
			return r.s.client.pods(ctx, p.namespace, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			options(&o)
			o.Watch = true
			w, err := r.s.client.core.Get().Namespace(p.namespace).Resource("pods").VersionedParams(&o, r.s.client.params).Watch(ctx)
			if err == nil {
				lost.Store(false)
			} else if o.SendInitialEvents == nil && !errStopped(ctx, err) && !lost.Swap(true) {
				r.sink.Report(sources.Event{Source: r.s.Name(), Kind: sources.Note, Text: "pods that appear are seen late: " +
					r.s.client.explain(err, p.namespace).Error()})
			}
			return w, err
		},
	}
	see := func(obj any) {
		if pod, ok := obj.(*corev1.Pod); ok && r.s.takes(ctx, p, pod) {
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
					r.gone(key(pod), pod.UID)
				}
			},
		},
	})
	r.wg.Go(func() { informer.RunWithContext(ctx) })
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
