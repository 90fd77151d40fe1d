//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// The one cluster that all tests use, one after the other.
var (
	runDir   string
	truthDir string
	ravel    string // the program
	server   *http.Client
	address  string
)

// TestMain starts the cluster and ends it. RAVEL_BIN is the program that is
// tested; E2E_KEEP=1 leaves the cluster running after a failure.
func TestMain(m *testing.M) {
	status := 1
	if err := bringUp(); err != nil {
		fmt.Fprintln(os.Stderr, "the cluster did not start:", err)
		tails()
	} else {
		status = m.Run()
	}
	if status == 0 || os.Getenv("E2E_KEEP") == "" {
		if err := script("down"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(status)
}

func bringUp() error {
	ravel = os.Getenv("RAVEL_BIN")
	if ravel == "" {
		return fmt.Errorf("set RAVEL_BIN, or run make e2e-k8s")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	runDir = filepath.Join(cache, "ravel-e2e", "run")
	truthDir = filepath.Join(runDir, "truth")
	address = "https://127.0.0.1:26443"
	if err := script("down"); err != nil { // of a run that was killed
		return err
	}
	began := time.Now()
	if err := script("build"); err != nil {
		return err
	}
	fmt.Printf("built in %.1fs\n", time.Since(began).Seconds())
	began = time.Now()
	if err := os.MkdirAll(truthDir, 0o777); err != nil {
		return err
	}
	if err := writeKeys(runDir, address); err != nil {
		return err
	}
	if err := connect(); err != nil {
		return err
	}
	if err := script("control"); err != nil {
		return err
	}
	if err := until(2*time.Minute, "the apiserver is ready", func() error { return api("GET", "/readyz", "", nil) }); err != nil {
		return err
	}
	if err := script("node"); err != nil {
		return err
	}
	if err := until(2*time.Minute, "the node is ready", nodeReady); err != nil {
		return err
	}
	fmt.Printf("started in %.1fs\n", time.Since(began).Seconds())
	return nil
}

func connect() error {
	cfg, err := clientcmd.BuildConfigFromFlags("", kubeconfig("admin"))
	if err != nil {
		return err
	}
	cfg.Timeout = 10 * time.Second
	server, err = rest.HTTPClientFor(cfg)
	return err
}

func kubeconfig(user string) string { return filepath.Join(runDir, "pki", user+".kubeconfig") }

// tails prints the ends of the cluster's own logs.
func tails() {
	logs, _ := filepath.Glob(filepath.Join(runDir, "*.log"))
	for _, l := range logs {
		out, _ := exec.Command("tail", "-n", "8", l).Output()
		fmt.Fprintf(os.Stderr, "== %s\n%s", filepath.Base(l), out)
	}
}

// script runs cluster.sh.
func script(args ...string) error {
	cmd := exec.Command("./cluster.sh", args...)
	cmd.Env = append(os.Environ(), "RUN="+runDir, "PORT=26443")
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = time.Second // what it starts has its own output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cluster.sh %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// api asks the API server; a body is created. It is a failure unless the
// answer is 2xx.
func api(method, path, body string, into any) error {
	req, err := http.NewRequestWithContext(context.Background(), method, address+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if method == "PATCH" {
		req.Header.Set("Content-Type", "application/merge-patch+json")
	}
	resp, err := server.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		var s struct{ Message string }
		_ = json.NewDecoder(resp.Body).Decode(&s)
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, s.Message)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// until tries again and again.
func until(limit time.Duration, what string, try func() error) error {
	var err error
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if err = try(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("not within %s: %s: %w", limit, what, err)
}

func nodeReady() error {
	var n corev1.Node
	if err := api("GET", "/api/v1/nodes/localhost", "", &n); err != nil {
		return err
	}
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
			return nil
		}
	}
	return fmt.Errorf("it is not")
}

// namespace makes one for a test, and deletes its pods afterwards.
func namespace(t *testing.T) string {
	t.Helper()
	ns := strings.ToLower(strings.TrimPrefix(t.Name(), "Test"))
	must(t, api("POST", "/api/v1/namespaces", fmt.Sprintf(`{"metadata": {"name": %q}}`, ns), nil))
	must(t, until(3*time.Minute, "the namespace has a service account", func() error {
		return api("GET", "/api/v1/namespaces/"+ns+"/serviceaccounts/default", "", nil)
	}))
	t.Cleanup(func() { _ = api("DELETE", "/api/v1/namespaces/"+ns, "", nil) })
	return ns
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// writerSpec is a pod's spec with a container for each name, which write as env
// says.
func writerSpec(env map[string]string, names ...string) string {
	var containers []string
	for _, name := range names {
		vars := fmt.Sprintf(`{"name": "NAME", "value": %q}, {"name": "TRUTH", "value": "/truth"}`, name)
		for k, v := range env {
			vars += fmt.Sprintf(`, {"name": %q, "value": %q}`, k, v)
		}
		containers = append(containers, fmt.Sprintf(
			`{"name": %q, "image": "localhost/writer:1", "imagePullPolicy": "Never", "env": [%s], "volumeMounts": [{"name": "truth", "mountPath": "/truth"}]}`, name, vars))
	}
	return fmt.Sprintf(`{"terminationGracePeriodSeconds": 10, "automountServiceAccountToken": false,
		"volumes": [{"name": "truth", "hostPath": {"path": %q}}], "containers": [%s]}`, truthDir, strings.Join(containers, ","))
}

// makePod makes a pod of writers.
func makePod(t *testing.T, ns, name string, env map[string]string, containers ...string) {
	t.Helper()
	must(t, api("POST", "/api/v1/namespaces/"+ns+"/pods",
		fmt.Sprintf(`{"metadata": {"name": %q}, "spec": %s}`, name, writerSpec(env, containers...)), nil))
}

func deletePod(t *testing.T, ns, name string) {
	t.Helper()
	must(t, api("DELETE", "/api/v1/namespaces/"+ns+"/pods/"+name, "", nil))
}

// pods are those of a namespace.
func pods(ns string) ([]corev1.Pod, error) {
	var l corev1.PodList
	err := api("GET", "/api/v1/namespaces/"+ns+"/pods", "", &l)
	return l.Items, err
}

// waitRunning waits until so many containers run.
func waitRunning(t *testing.T, ns string, want int) {
	t.Helper()
	must(t, until(3*time.Minute, fmt.Sprintf("%d containers run", want), func() error {
		l, err := pods(ns)
		n := 0
		for _, p := range l {
			for _, c := range p.Status.ContainerStatuses {
				if c.State.Running != nil && p.DeletionTimestamp == nil {
					n++
				}
			}
		}
		if err == nil && n != want {
			err = fmt.Errorf("%d do", n)
		}
		return err
	}))
}
