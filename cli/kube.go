package cli

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ravel/sources"
	"ravel/sources/file"
	"ravel/sources/kube"
)

func init() {
	extra = append(extra, func(a *app) *cobra.Command { return a.kubeCommand() })
	schemes["k8s"] = openKube
}

// kubeFlags are the flags of `ravel k8s`, in kubectl's and stern's spelling.
type kubeFlags struct {
	options    kube.Options
	container  string
	without    string
	withoutPod string
	sinceTime  string
}

// kubeCommand is `ravel k8s [flags] [QUERY…]`.
func (a *app) kubeCommand() *cobra.Command {
	f := &kubeFlags{}
	cmd := &cobra.Command{
		Use:     "k8s [flags] [QUERY...]",
		Aliases: []string{"kube", "kubernetes"},
		Short:   "Read the logs of Kubernetes pods, each line once and gaps drawn",
		Long: `k8s reads the logs of pods that QUERY selects: deploy/api, sts/db, ds/agent,
job/import, cronjob/nightly, svc/web, rs/api-7f9c, pod/api-0, or a regular
expression of pod names. Without one, the explorer lets you choose; with -o,
every pod of the namespace is read. Pods that appear later join while it
follows. Restarts, gaps and ends are drawn.`,
		Example: `  ravel k8s -n prod deploy/api
  ravel k8s -A -l app=worker --since 15m -q 'level>=error' -o text
  ravel k8s -n prod -c '^app$' --previous -o raw pod/api-0`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.kube(cmd, f, args) },
	}
	a.shareFlags(cmd)
	fs, o := cmd.Flags(), &f.options
	fs.StringVar(&o.Kubeconfig, "kubeconfig", "", "`FILE` in place of KUBECONFIG and ~/.kube/config")
	fs.StringSliceVar(&o.Contexts, "context", nil, "`NAME` of a context; several are read together")
	fs.StringSliceVarP(&o.Namespaces, "namespace", "n", nil, "`NAME` of a namespace; several are read together")
	fs.BoolVarP(&o.AllNamespaces, "all-namespaces", "A", false, "every namespace")
	fs.StringVarP(&o.Selector, "selector", "l", "", "label `SELECTOR` of pods")
	fs.StringVar(&o.FieldSelector, "field-selector", "", "field `SELECTOR` of pods")
	fs.StringVar(&o.Node, "node", "", "pods of the node `NAME`")
	fs.StringVarP(&f.container, "container", "c", "", "containers whose name matches `RE`")
	fs.StringVarP(&f.without, "exclude-container", "E", "", "leave out containers whose name matches `RE`")
	fs.StringVar(&f.withoutPod, "exclude-pod", "", "leave out pods whose name matches `RE`")
	fs.BoolVar(&o.Init, "init-containers", false, "init containers, too")
	fs.BoolVar(&o.Ephemeral, "ephemeral-containers", false, "ephemeral containers, too")
	fs.StringSliceVar(&o.States, "container-state", nil, "containers in `STATE`: running, waiting or terminated")
	fs.BoolVarP(&o.Previous, "previous", "p", false, "the instance before the last restart")
	fs.BoolVar(&o.Events, "events", false, "the events of the pods, too, as records of their own source")
	fs.StringVar(&f.sinceTime, "since-time", "", "lines since an RFC 3339 `TIME`")
	fs.IntVar(&o.MaxLogs, "max-log-requests", 0, "`N` containers: a limit of 50 when following, else 5 at a time")
	completeKube(cmd, f)
	return cmd
}

// kube reads pods.
func (a *app) kube(cmd *cobra.Command, f *kubeFlags, args []string) error {
	s, err := a.settings(cmd)
	if err != nil {
		return err
	}
	f.options.Queries = args
	for _, state := range f.options.States {
		if state != "running" && state != "waiting" && state != "terminated" {
			return usagef("--container-state %q: use running, waiting or terminated", state)
		}
	}
	if err := f.ready(s); err != nil {
		return err
	}
	wanted := []kube.Options{f.options}
	if !s.print && f.choosesPods() && keysAvailable(a.stdio.In) {
		if wanted, err = a.pickPods(cmd.Context(), s, f.options); err != nil || len(wanted) == 0 {
			return err
		}
	}
	open := func(follow bool) (inputs, error) {
		in := inputs{merged: true, heading: "POD", title: kubeTitle(wanted)}
		for i, o := range wanted {
			o.Follow, o.Order = follow, file.OrderOf(i)
			o.Tail = kubeTail(s)
			srcs, err := kube.New(o)
			if err != nil {
				return inputs{}, usagef("%w", err)
			}
			in.sources = append(in.sources, srcs...)
		}
		return in, nil
	}
	if s.print {
		return a.print(cmd.Context(), s, open)
	}
	return a.explore(cmd.Context(), s, open)
}

// kubeTitle is the one name of what is read, if it has one: namespace/deploy/api.
func kubeTitle(wanted []kube.Options) string {
	if len(wanted) != 1 || len(wanted[0].Queries) != 1 || len(wanted[0].Contexts) > 1 || len(wanted[0].Namespaces) > 1 {
		return ""
	}
	o := wanted[0]
	if o.AllNamespaces {
		return o.Queries[0]
	}
	ns, err := o.Namespace()
	if err != nil {
		return "" // reading tells it
	}
	return ns + "/" + o.Queries[0]
}

// kubeTail is how many lines each container's server is asked for (rule 25).
func kubeTail(s *settings) int64 {
	const explored = 10_000
	switch {
	case s.tail >= 0:
		return int64(s.tail)
	case s.print:
		return -1
	}
	return explored
}

// ready compiles the patterns and times.
func (f *kubeFlags) ready(s *settings) error {
	for _, p := range []struct {
		flag, text string
		into       **regexp.Regexp
	}{
		{"container", f.container, &f.options.Container},
		{"exclude-container", f.without, &f.options.Without},
		{"exclude-pod", f.withoutPod, &f.options.WithoutPod},
	} {
		if p.text == "" {
			continue
		}
		re, err := regexp.Compile(p.text)
		if err != nil {
			return usagef("--%s: %w", p.flag, err)
		}
		*p.into = re
	}
	if f.sinceTime != "" {
		t, err := time.Parse(time.RFC3339, f.sinceTime)
		if err != nil {
			return usagef("--since-time %q is no RFC 3339 time such as 2026-01-02T15:04:05Z", f.sinceTime)
		}
		f.options.From = t
	}
	if s.since != nil {
		if d, err := time.ParseDuration(s.since.text); err == nil && d > 0 {
			f.options.Since = d // the server leaves out what is older: the window is checked here again
		}
	}
	return nil
}

// openKube makes the source of k8s://namespace/kind/name[/container]?context=….
func openKube(_ *app, s *settings, rest string, order int, follow bool) ([]sources.Source, error) {
	path, rawQuery, _ := strings.Cut(rest, "?")
	params, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, usagef("k8s://%s: %w", rest, err)
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	o := kube.Options{Follow: follow, Order: order, Tail: kubeTail(s), Contexts: params["context"]}
	switch len(parts) {
	case 4:
		if o.Container, err = regexp.Compile("^" + regexp.QuoteMeta(parts[3]) + "$"); err != nil {
			return nil, fmt.Errorf("k8s://%s: %w", rest, err)
		}
		fallthrough
	case 3:
		o.Queries = []string{parts[1] + "/" + parts[2]}
		fallthrough
	case 1:
		o.Namespaces = []string{parts[0]}
	default:
		return nil, usagef("k8s://%s: write k8s://namespace/kind/name[/container]?context=NAME", rest)
	}
	if parts[0] == "" {
		return nil, usagef("k8s://%s: name the namespace first", rest)
	}
	srcs, err := kube.New(o)
	if err != nil {
		return nil, usagef("%w", err)
	}
	return srcs, nil
}
