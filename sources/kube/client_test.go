package kube

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const kubeconfig = `
apiVersion: v1
kind: Config
current-context: prod
contexts:
- {name: prod, context: {cluster: c, user: u, namespace: shop}}
- {name: gone, context: {cluster: cc, user: u}}
- {name: login, context: {cluster: c, user: login}}
clusters:
- {name: c, cluster: {server: "https://127.0.0.1:1"}}
users:
- {name: u, user: {token: x}}
- name: login
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: no-such-login-program
      interactiveMode: Never
      installHint: Advice on how to install it.
`

// TestConnect tells in one line what is wrong with a kubeconfig.
func TestConnect(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good", kubeconfig)
	none := filepath.Join(dir, "none")
	for _, c := range []struct{ name, env, flag, context, want string }{
		{"current context", good, "", "", ""},
		{"list of files", none + string(os.PathListSeparator) + good, "", "prod", ""},
		{"flag", none, good, "prod", ""},
		{"no file", none, "", "", "no kubeconfig at " + none + ": set KUBECONFIG, give --kubeconfig FILE, or run inside a cluster"},
		{"no file of the flag", good, none, "", "kubeconfig: stat " + none + ": no such file or directory"},
		{"unknown context", good, "", "prd", `kubeconfig: there is no context "prd": there are prod, gone, login`},
		{"unknown current context", file("current", "{apiVersion: v1, kind: Config, current-context: x}"), "", "", `kubeconfig: there is no context "x"`},
		{"unknown cluster", good, "", "gone", `kubeconfig: context "gone" is of the cluster "cc", which is not in it: there are c`},
		{"no yaml", file("yaml", "x: ["), "", "", "kubeconfig: error loading config file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("KUBECONFIG", c.env)
			client, err := connect(c.flag, c.context)
			switch {
			case c.want == "" && (err != nil || client.context != "prod" || client.namespace != "shop"):
				t.Errorf("connected to %+v, %v", client, err)
			case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
				t.Errorf("told %v, want %s", err, c.want)
			}
		})
	}
}

// TestNoLogin tells in one line that the program that logs in is missing.
func TestNoLogin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(kubeconfig), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := connect(path, "login")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.pod(t.Context(), "shop", "web")
	want := "context login: https://127.0.0.1:1: getting credentials: exec: executable no-such-login-program not found"
	if err = c.explain(err, "shop"); err.Error() != want {
		t.Errorf("told %v, want %s", err, want)
	}
}
