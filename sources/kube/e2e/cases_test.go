//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// TestScale follows three replicas of two containers, then six, then one.
func TestScale(t *testing.T) {
	ns := namespace(t)
	deployments := "/apis/apps/v1/namespaces/" + ns + "/deployments"
	must(t, api("POST", deployments, fmt.Sprintf(`{"metadata": {"name": "scale"}, "spec": {"replicas": 3,
		"selector": {"matchLabels": {"app": "scale"}},
		"template": {"metadata": {"labels": {"app": "scale"}}, "spec": %s}}}`,
		writerSpec(map[string]string{"RATE": "50"}, "app", "proxy")), nil))
	waitRunning(t, ns, 6)
	f := start(t, "admin", "-n", ns, "-f", "-o", "raw", "deploy/scale")
	time.Sleep(2 * time.Second)
	for _, n := range []int{6, 1, 0} {
		must(t, api("PATCH", deployments+"/scale", fmt.Sprintf(`{"spec": {"replicas": %d}}`, n), nil))
		waitRunning(t, ns, 2*n)
		time.Sleep(2 * time.Second)
	}
	waitGone(t, ns)
	f.settle("scale", 20*time.Second)
	f.stop(t)
	compare(t, f.out.String(), "scale")
	if n := len(truths("scale")); n != 12 {
		t.Errorf("%d containers ran, want 12", n)
	}
}

// TestCrash follows a container that ends again and again, from before its
// first end on, and another ravel begins in the middle of it.
func TestCrash(t *testing.T) {
	ns := namespace(t)
	makePod(t, ns, "crash", map[string]string{"RATE": "40", "COUNT": "80", "EXIT": "3"}, "app")
	waitRunning(t, ns, 1)
	all := start(t, "admin", "-n", ns, "-f", "-o", "raw", "pod/crash")
	waitRestarts(t, ns, 1)
	drawn := start(t, "admin", "-n", ns, "-f", "-o", "json", "--events", "pod/crash")
	waitRestarts(t, ns, 3)
	old := start(t, "admin", "-n", ns, "-p", "-o", "raw", "pod/crash")
	<-old.exited
	deletePod(t, ns, "crash")
	waitGone(t, ns)
	all.settle("crash", 20*time.Second)
	all.stop(t)
	drawn.stop(t)
	compare(t, all.out.String(), "crash")
	text := drawn.out.String()
	if n := strings.Count(text, "the container restarted: Error, exit code 3"); n != len(truths("crash"))-1 {
		t.Errorf("%d restarts are drawn of %d runs", n, len(truths("crash")))
	}
	before, _, _ := strings.Cut(text, "the container restarted")
	if n := strings.Count(before, `"message":"crash app `); n != 80 {
		t.Errorf("%d lines of the run before stand above the first restart, want 80", n)
	}
	if strings.Contains(text, "gap") {
		t.Error("a gap is drawn where there is none")
	}
	if !strings.Contains(text, `"message":"BackOff: Back-off restarting failed container app`) {
		t.Error("--events does not tell that the kubelet waits before the next start")
	}
	if n := strings.Count(old.out.String(), "\n"); n != 80 {
		t.Errorf("--previous printed %d lines, want 80", n)
	}
}

// TestAPIServer kills the apiserver under a follow, and starts it again.
func TestAPIServer(t *testing.T) {
	ns := namespace(t)
	makePod(t, ns, "apiserver", map[string]string{"RATE": "500"}, "app", "proxy")
	waitRunning(t, ns, 2)
	f := start(t, "admin", "-n", ns, "-f", "-o", "raw")
	for range 2 {
		time.Sleep(2 * time.Second)
		must(t, script("kill", "apiserver"))
		time.Sleep(2 * time.Second)
		must(t, script("control"))
		must(t, until(2*time.Minute, "the apiserver is ready", func() error { return api("GET", "/readyz", "", nil) }))
	}
	time.Sleep(2 * time.Second)
	finish(t, f, ns, "apiserver")
}

// TestKubelet kills the kubelet under a follow; its node starts it again.
func TestKubelet(t *testing.T) {
	ns := namespace(t)
	makePod(t, ns, "kubelet", map[string]string{"RATE": "500"}, "app", "proxy")
	waitRunning(t, ns, 2)
	f := start(t, "admin", "-n", ns, "-f", "-o", "raw")
	for range 2 {
		time.Sleep(2 * time.Second)
		must(t, script("kill", "kubelet"))
		must(t, until(2*time.Minute, "logs can be read again", func() error {
			return api("GET", "/api/v1/namespaces/"+ns+"/pods/kubelet/log?container=app&tailLines=1", "", nil)
		}))
	}
	time.Sleep(2 * time.Second)
	finish(t, f, ns, "kubelet")
}

// finish ends the pod, beside which others stay, and compares.
func finish(t *testing.T, f *follower, ns, pod string, others ...string) {
	t.Helper()
	deletePod(t, ns, pod)
	waitGone(t, ns, others...)
	f.settle(pod, 30*time.Second)
	f.stop(t)
	compare(t, f.out.String(), pod)
}

// TestEqualStamps has 5,000 lines of one nanosecond, and kills the apiserver in
// the middle of them. A container cannot write such lines: they are put into
// its log file, as the container runtime would.
func TestEqualStamps(t *testing.T) {
	ns := namespace(t)
	makePod(t, ns, "equal", map[string]string{"RATE": "0"}, "app")
	waitRunning(t, ns, 1)
	logs, _ := filepath.Glob(filepath.Join(runDir, "podlogs", ns+"_equal_*", "app", "0.log"))
	if len(logs) != 1 {
		t.Fatalf("log files: %q", logs)
	}
	f := start(t, "admin", "-n", ns, "-f", "-o", "raw")
	stamp := time.Now().UTC().Truncate(time.Second).Add(123456789)
	var want strings.Builder
	put := func(from, to int) {
		file, err := os.OpenFile(logs[0], os.O_APPEND|os.O_WRONLY, 0)
		must(t, err)
		defer file.Close()
		for i := from; i < to; i++ {
			fmt.Fprintf(file, "%s stdout F equal app 0 %d\n", stamp.Format(time.RFC3339Nano), i)
			fmt.Fprintf(&want, "equal app 0 %d\n", i)
		}
	}
	put(0, 2000)
	time.Sleep(2 * time.Second)
	must(t, script("kill", "apiserver"))
	put(2000, 3500)
	time.Sleep(time.Second)
	must(t, script("control"))
	must(t, until(2*time.Minute, "the apiserver is ready", func() error { return api("GET", "/readyz", "", nil) }))
	put(3500, 5000)
	must(t, os.WriteFile(filepath.Join(truthDir, "equal_app_0"), []byte(want.String()), 0o644))
	f.settle("equal", 40*time.Second)
	f.stop(t)
	compare(t, f.out.String(), "equal")
}

// TestViewer reads as a user who may list pods, but not read their logs.
func TestViewer(t *testing.T) {
	ns := namespace(t)
	rbac := "/apis/rbac.authorization.k8s.io/v1/"
	must(t, api("POST", rbac+"clusterroles", `{"metadata": {"name": "pods-no-logs"},
		"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]}`, nil))
	must(t, api("POST", rbac+"clusterrolebindings", `{"metadata": {"name": "pods-no-logs"},
		"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "pods-no-logs"},
		"subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "viewer"}]}`, nil))
	makePod(t, ns, "viewer", nil, "app")
	waitRunning(t, ns, 1)
	time.Sleep(time.Second) // the apiserver hears of roles by a watch
	for _, args := range [][]string{{"-n", ns, "-o", "raw"}, {"-n", ns, "-f", "-o", "raw"}} {
		f := start(t, "viewer", args...)
		select {
		case <-f.exited:
		case <-time.After(30 * time.Second):
			t.Fatalf("%q does not end", args)
		}
		if code := f.cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("%q: exit status %d, want 1", args, code)
		}
		if f.out.size() > 0 {
			t.Errorf("%q printed %.200q", args, f.out)
		}
		if want := `you may not get pods/log in namespace ` + ns + `: ask for a role with the verb "get" on "pods/log"`; !strings.Contains(f.errs.String(), want) {
			t.Errorf("%q: told %q, want %q", args, f.errs, want)
		}
	}
}

// TestNeverStarts follows a pod whose image does not exist, beside one that
// runs.
func TestNeverStarts(t *testing.T) {
	ns := namespace(t)
	must(t, api("POST", "/api/v1/namespaces/"+ns+"/pods", `{"metadata": {"name": "absent"}, "spec": {"containers": [
		{"name": "app", "image": "localhost/absent:1", "imagePullPolicy": "Never"}]}}`, nil))
	makePod(t, ns, "neverstarts", map[string]string{"RATE": "20"}, "app")
	waitRunning(t, ns, 1)
	f := start(t, "admin", "-n", ns, "-f", "-o", "raw")
	must(t, until(30*time.Second, "why it does not start is told", func() error {
		if want := ns + "/absent/app: no log yet: its image is not on the node"; !strings.Contains(f.errs.String(), want) {
			return fmt.Errorf("told: %q", f.errs)
		}
		return nil
	}))
	told := start(t, "admin", "-n", ns, "-o", "json", "--events", "-q", "source:events level>=warning pod=absent")
	<-told.exited
	if !strings.Contains(told.out.String(), `"reason":"ErrImageNeverPull"`) {
		t.Errorf("--events does not tell that the image is missing: %s", told.out)
	}
	finish(t, f, ns, "neverstarts", "absent")
}

// waitGone waits until no pod is left but those named.
func waitGone(t *testing.T, ns string, but ...string) {
	t.Helper()
	must(t, until(3*time.Minute, "the pods are gone", func() error {
		l, err := pods(ns)
		if err == nil && len(l) != len(but) {
			err = fmt.Errorf("%d are there", len(l))
		}
		return err
	}))
}

// waitRestarts waits until the only container has been restarted so often and
// runs.
func waitRestarts(t *testing.T, ns string, want int32) {
	t.Helper()
	must(t, until(2*time.Minute, fmt.Sprintf("%d restarts", want), func() error {
		l, err := pods(ns)
		if err != nil {
			return err
		}
		var c corev1.ContainerStatus
		if len(l) == 1 && len(l[0].Status.ContainerStatuses) == 1 {
			c = l[0].Status.ContainerStatuses[0]
		}
		if c.RestartCount < want || c.State.Running == nil {
			return fmt.Errorf("%d so far", c.RestartCount)
		}
		return nil
	}))
}
