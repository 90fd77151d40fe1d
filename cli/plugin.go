package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ravel/sources/kube"
)

// pluginArgs are the arguments of a program called by name: as kubectl-ravel,
// which is what `kubectl ravel` runs, it is `ravel k8s`. Completion passes
// through, as kubectl asks a plugin for it.
func pluginArgs(name string, args []string) []string {
	if !strings.HasPrefix(filepath.Base(name), "kubectl-ravel") {
		return args
	}
	if len(args) > 0 {
		switch args[0] {
		case cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
			return append([]string{args[0], "k8s"}, args[1:]...)
		case "version":
			return args
		}
	}
	return append([]string{"k8s"}, args...)
}

// completeKube offers what the cluster has, live.
func completeKube(cmd *cobra.Command, f *kubeFlags) {
	const plain = cobra.ShellCompDirectiveNoFileComp
	o := &f.options
	list := func(values func() []string) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return values(), plain }
	}
	for name, values := range map[string]func() []string{
		"context":           func() []string { return kube.CompleteContexts(o.Kubeconfig) },
		"namespace":         func() []string { return kube.CompleteNamespaces(*o) },
		"node":              func() []string { return kube.CompleteNodes(*o) },
		"container":         func() []string { return kube.CompleteContainers(*o) },
		"exclude-container": func() []string { return kube.CompleteContainers(*o) },
		"container-state":   func() []string { return []string{"running", "waiting", "terminated"} },
	} {
		if err := cmd.RegisterFlagCompletionFunc(name, list(values)); err != nil {
			panic(err) // a flag named here does not exist
		}
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
		directive := plain
		if !strings.Contains(text, "/") {
			directive |= cobra.ShellCompDirectiveNoSpace // behind a kind comes a name
		}
		return kube.CompleteQueries(*o, text), directive
	}
}
