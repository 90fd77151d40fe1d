package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestPluginArgs(t *testing.T) {
	for _, c := range [][3]string{
		{"ravel", "app.log", "app.log"},
		{"/usr/bin/kubectl-ravel", "-n prod deploy/api", "k8s -n prod deploy/api"},
		{"kubectl-ravel.exe", "", "k8s"},
		{"kubectl-ravel", "__complete -n pr", "__complete k8s -n pr"},
		{"kubectl-ravel", "version", "version"},
	} {
		if got := pluginArgs(c[0], strings.Fields(c[1])); !slices.Equal(got, strings.Fields(c[2])) {
			t.Errorf("%s %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
