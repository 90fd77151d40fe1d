package kube

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"ravel/sources"
)

// target is a query: a workload by kind and name, or a regexp of pod names.
type target struct {
	kind string // of kinds; "" for a regexp
	name string
	re   *regexp.Regexp
}

// kindOf maps the names that users know to kinds.
var kindOf = map[string]string{
	"pod": "pod", "pods": "pod", "po": "pod",
	"deploy": "deployment", "deployment": "deployment", "deployments": "deployment",
	"sts": "statefulset", "statefulset": "statefulset", "statefulsets": "statefulset",
	"ds": "daemonset", "daemonset": "daemonset", "daemonsets": "daemonset",
	"rs": "replicaset", "replicaset": "replicaset", "replicasets": "replicaset",
	"job": "job", "jobs": "job",
	"cj": "cronjob", "cronjob": "cronjob", "cronjobs": "cronjob",
	"svc": "service", "service": "service", "services": "service",
}

// parseQueries reads the arguments.
func parseQueries(queries []string) ([]target, error) {
	var out []target
	for _, q := range queries {
		if kind, name, ok := strings.Cut(q, "/"); ok {
			k := kindOf[strings.ToLower(kind)]
			if k == "" || name == "" || strings.Contains(name, "/") {
				return nil, fmt.Errorf("%s: no such kind: use pod, deploy, sts, ds, rs, job, cronjob or svc, as in deploy/api", q)
			}
			out = append(out, target{kind: k, name: name})
			continue
		}
		re, err := regexp.Compile(q)
		if err != nil {
			return nil, fmt.Errorf("%s: no regular expression of pod names: %w", q, err)
		}
		out = append(out, target{re: re})
	}
	return out, nil
}

// pick selects pods of one namespace: by what the server is asked for, and by
// what is looked at here.
type pick struct {
	namespace string
	labels    string
	fields    string
	re        *regexp.Regexp // of pod names; nil takes all
	cronjob   types.UID      // whose jobs' pods are taken; "" asks for none
}

// pick turns the targets into selections of a namespace, asking the server for
// the selectors of workloads.
func (s *source) pick(ctx context.Context, ns string) ([]pick, error) {
	if len(s.targets) == 0 {
		return []pick{{namespace: ns, labels: s.o.Selector, fields: s.fields("")}}, nil
	}
	var out []pick
	for _, t := range s.targets {
		p := pick{namespace: ns, labels: s.o.Selector, fields: s.fields("")}
		switch {
		case t.re != nil:
			p.re = t.re
		case t.kind == "pod":
			p.fields = s.fields("metadata.name=" + t.name)
			if _, err := s.client.pod(ctx, ns, t.name); err != nil {
				return nil, s.notFound(ctx, err, s.client.core, "pods", ns, t)
			}
		case t.kind == "cronjob":
			cronjob := new(batchv1.CronJob)
			if err := s.client.batch.Get().Namespace(ns).Resource("cronjobs").Name(t.name).Do(ctx).Into(cronjob); err != nil {
				return nil, s.notFound(ctx, err, s.client.batch, "cronjobs", ns, t)
			}
			p.cronjob = cronjob.UID
			if err := s.learnJobs(ctx, ns); err != nil {
				return nil, err
			}
		default:
			sel, err := s.selector(ctx, ns, t)
			if err != nil {
				return nil, err
			}
			p.labels = join(sel, s.o.Selector)
		}
		out = append(out, p)
	}
	return out, nil
}

// fields is the field selector, with one more term.
func (s *source) fields(more string) string {
	f := join(s.o.FieldSelector, more)
	if s.o.Node != "" {
		f = join(f, "spec.nodeName="+s.o.Node)
	}
	return f
}

// join adds terms of a selector.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "," + b
}

// selector asks for the labels of a workload's pods.
func (s *source) selector(ctx context.Context, ns string, t target) (string, error) {
	var obj runtime.Object
	var from rest.Interface = s.client.apps
	switch t.kind {
	case "deployment":
		obj = new(appsv1.Deployment)
	case "statefulset":
		obj = new(appsv1.StatefulSet)
	case "daemonset":
		obj = new(appsv1.DaemonSet)
	case "replicaset":
		obj = new(appsv1.ReplicaSet)
	case "job":
		obj, from = new(batchv1.Job), s.client.batch
	case "service":
		obj, from = new(corev1.Service), s.client.core
	}
	if err := from.Get().Namespace(ns).Resource(t.kind + "s").Name(t.name).Do(ctx).Into(obj); err != nil {
		return "", s.notFound(ctx, err, from, t.kind+"s", ns, t)
	}
	var sel *metav1.LabelSelector
	switch o := obj.(type) {
	case *appsv1.Deployment:
		sel = o.Spec.Selector
	case *appsv1.StatefulSet:
		sel = o.Spec.Selector
	case *appsv1.DaemonSet:
		sel = o.Spec.Selector
	case *appsv1.ReplicaSet:
		sel = o.Spec.Selector
	case *batchv1.Job:
		sel = o.Spec.Selector
	case *corev1.Service:
		if len(o.Spec.Selector) == 0 {
			return "", sources.Permanent(fmt.Errorf("svc/%s selects no pods: name a workload", t.name))
		}
		return labels.SelectorFromSet(o.Spec.Selector).String(), nil
	}
	parsed, err := metav1.LabelSelectorAsSelector(sel)
	if err != nil {
		return "", sources.Permanent(fmt.Errorf("%s/%s: its selector: %w", t.kind, t.name, err))
	}
	return parsed.String(), nil
}

// notFound names the nearest objects where one does not exist.
func (s *source) notFound(ctx context.Context, err error, from rest.Interface, resource, ns string, t target) error {
	if !apierrors.IsNotFound(err) {
		return err
	}
	all, _ := s.client.list(ctx, from, ns, resource) // without it there is nothing to suggest
	return sources.Permanent(fmt.Errorf("%s/%s is not in namespace %s%s", t.kind, t.name, ns, nearest(t.name, all)))
}

// takes reports whether the pick and the options take a pod.
func (s *source) takes(ctx context.Context, p pick, pod *corev1.Pod) bool {
	if p.re != nil && !p.re.MatchString(pod.Name) || s.o.WithoutPod != nil && s.o.WithoutPod.MatchString(pod.Name) {
		return false
	}
	if p.cronjob == "" {
		return true
	}
	for _, o := range pod.OwnerReferences {
		if o.Kind == "Job" && slices.Contains(s.ownersOf(ctx, pod.Namespace, o), p.cronjob) {
			return true
		}
	}
	return false
}

// learnJobs asks for the owners of the jobs that there are.
func (s *source) learnJobs(ctx context.Context, ns string) error {
	list := new(batchv1.JobList)
	if err := s.client.batch.Get().Namespace(ns).Resource("jobs").Do(ctx).Into(list); err != nil {
		return err
	}
	for i := range list.Items {
		s.learn(&list.Items[i])
	}
	return nil
}

// learn keeps the owners of a job: they do not change.
func (s *source) learn(job *batchv1.Job) (owners []types.UID) {
	for _, o := range job.OwnerReferences {
		owners = append(owners, o.UID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owners == nil {
		s.owners = map[types.UID][]types.UID{}
	}
	s.owners[job.UID] = owners
	return owners
}

// ownersOf are the owners of a job, which is asked for once. Of one that cannot
// be asked for none are known.
func (s *source) ownersOf(ctx context.Context, ns string, job metav1.OwnerReference) []types.UID {
	s.mu.Lock()
	owners, known := s.owners[job.UID]
	s.mu.Unlock()
	if known {
		return owners
	}
	obj := new(batchv1.Job)
	if err := s.client.batch.Get().Namespace(ns).Resource("jobs").Name(job.Name).Do(ctx).Into(obj); err != nil || obj.UID != job.UID {
		return nil
	}
	return s.learn(obj)
}
