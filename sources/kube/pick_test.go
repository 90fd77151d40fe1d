package kube

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// shop is a cluster with workloads of several kinds.
func shop() *cluster {
	f := newCluster()
	pod := func(name, app string, owner types.UID, containers ...string) *corev1.Pod {
		p := running(name, 0)
		p.Labels = map[string]string{"app": app}
		if owner != "" {
			p.OwnerReferences = []metav1.OwnerReference{{Kind: "Job", Name: string(owner), UID: owner}}
		}
		for _, c := range containers {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: c})
			p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
				Name: c, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}},
			})
		}
		return p
	}
	api := pod("api-1", "api", "", "proxy")
	api.Spec.InitContainers = []corev1.Container{{Name: "setup"}}
	api.Status.InitContainerStatuses = []corev1.ContainerStatus{{Name: "setup", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}}}
	f.put(api)
	f.put(pod("db-0", "db", ""))
	f.put(pod("nightly-1-x", "batch", "nightly-1"))
	f.put(pod("by-hand-x", "batch", "by-hand"))     // kubectl create job --from=cronjob/nightly
	f.put(pod("nightly-2-x", "batch", "nightly-2")) // of a job that only has such a name
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "api"}}
	job := func(name string, owners ...metav1.OwnerReference) *batchv1.Job {
		return &batchv1.Job{
			TypeMeta:   metav1.TypeMeta{Kind: "Job", APIVersion: "batch/v1"},
			ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name), OwnerReferences: owners},
		}
	}
	nightly := metav1.OwnerReference{Kind: "CronJob", Name: "nightly", UID: "cron"}
	apps, batch := "/apis/apps/v1/namespaces/shop/", "/apis/batch/v1/namespaces/shop/"
	f.objects = map[string]any{
		apps + "deployments/api": &appsv1.Deployment{
			TypeMeta: metav1.TypeMeta{Kind: "Deployment", APIVersion: "apps/v1"}, Spec: appsv1.DeploymentSpec{Selector: selector},
		},
		apps + "deployments": map[string]any{"items": []any{map[string]any{"metadata": map[string]any{"name": "api"}}}},
		"/api/v1/namespaces/shop/services/db": &corev1.Service{
			TypeMeta: metav1.TypeMeta{Kind: "Service", APIVersion: "v1"}, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "db"}},
		},
		batch + "cronjobs/nightly": &batchv1.CronJob{
			TypeMeta: metav1.TypeMeta{Kind: "CronJob", APIVersion: "batch/v1"}, ObjectMeta: metav1.ObjectMeta{Name: "nightly", UID: "cron"},
		},
		batch + "jobs": &batchv1.JobList{
			TypeMeta: metav1.TypeMeta{Kind: "JobList", APIVersion: "batch/v1"},
			Items:    []batchv1.Job{*job("nightly-1", nightly), *job("nightly-2")},
		},
		batch + "jobs/by-hand": job("by-hand", nightly), // made after the list
	}
	return f
}

// TestSelection reads what queries and flags select, and nothing else.
func TestSelection(t *testing.T) {
	for name, c := range map[string]struct {
		o    Options
		want string // pod/container, without the namespace
	}{
		"all":             {Options{}, "api-1/app api-1/proxy by-hand-x/app db-0/app nightly-1-x/app nightly-2-x/app"},
		"deployment":      {Options{Queries: []string{"deploy/api"}}, "api-1/app api-1/proxy"},
		"service":         {Options{Queries: []string{"svc/db"}}, "db-0/app"},
		"cronjob":         {Options{Queries: []string{"cronjob/nightly"}}, "by-hand-x/app nightly-1-x/app"},
		"pod":             {Options{Queries: []string{"po/db-0"}}, "db-0/app"},
		"several":         {Options{Queries: []string{"pod/db-0", "deployments/api", "^db"}}, "api-1/app api-1/proxy db-0/app"},
		"regexp":          {Options{Queries: []string{"^(db|nightly)-"}}, "db-0/app nightly-1-x/app nightly-2-x/app"},
		"labels":          {Options{Selector: "app in (db, api)"}, "api-1/app api-1/proxy db-0/app"},
		"labels too":      {Options{Queries: []string{"deploy/api"}, Selector: "app=db"}, ""},
		"fields":          {Options{FieldSelector: "metadata.name!=api-1", Selector: "app!=batch"}, "db-0/app"},
		"node":            {Options{Node: "n2"}, ""},
		"container":       {Options{Container: regexp.MustCompile("^pro")}, "api-1/proxy"},
		"not a container": {Options{Without: regexp.MustCompile("^app$")}, "api-1/proxy"},
		"not a pod":       {Options{WithoutPod: regexp.MustCompile("-")}, ""},
		"init":            {Options{Queries: []string{"api"}, Init: true}, "api-1/app api-1/proxy api-1/setup"},
		"state":           {Options{Queries: []string{"api"}, Init: true, States: []string{"terminated"}}, "api-1/proxy api-1/setup"},
	} {
		t.Run(name, func(t *testing.T) {
			targets, err := parseQueries(c.o.Queries)
			if err != nil {
				t.Fatal(err)
			}
			c.o.Tail = -1
			s := &source{o: c.o, client: offline(t, shop()), targets: targets}
			rec := &record{}
			if err := s.Run(t.Context(), rec); (err != nil) != (c.want == "") {
				t.Error(err)
			}
			got := strings.ReplaceAll(strings.Join(slices.Sorted(maps.Keys(rec.streams)), " "), "shop/", "")
			if got != c.want {
				t.Errorf("read %q, want %q", got, c.want)
			}
		})
	}
}

// TestNotFound names what there is.
func TestNotFound(t *testing.T) {
	s := &source{client: offline(t, shop()), targets: []target{{kind: "deployment", name: "apo"}}}
	err := s.Run(t.Context(), &record{})
	if err == nil || err.Error() != "deployment/apo is not in namespace shop: there are api" {
		t.Errorf("told %v", err)
	}
}
