package kube

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// completionLimit is how long a shell may be kept waiting.
const completionLimit = 3 * time.Second

// CompleteContexts are the names of the contexts of a kubeconfig, "" as
// kubectl finds it.
func CompleteContexts(kubeconfig string) []string {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	raw, err := rules.Load()
	if err != nil {
		return nil
	}
	return names(raw.Contexts)
}

// lister connects to the first context of o, for completion, which has neither
// time nor place for errors: nil if that fails.
func (o Options) lister() *client {
	name := ""
	if len(o.Contexts) > 0 {
		name = o.Contexts[0]
	}
	c, err := connect(o.Kubeconfig, name)
	if err != nil {
		return nil
	}
	if len(o.Namespaces) > 0 {
		c.namespace = o.Namespaces[0]
	}
	if o.AllNamespaces {
		c.namespace = ""
	}
	return c
}

// CompleteNamespaces are the cluster's namespaces.
func CompleteNamespaces(o Options) []string { return o.complete("namespaces") }

// CompleteNodes are the cluster's nodes.
func CompleteNodes(o Options) []string { return o.complete("nodes") }

// complete are the names of what belongs to no namespace.
func (o Options) complete(resource string) []string {
	c := o.lister()
	if c == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), completionLimit)
	defer cancel()
	all, _ := c.list(ctx, c.core, "", resource)
	return all
}

// kindNames are the short names of the kinds, in the order in which they are
// offered.
var kindNames = []string{"deploy", "sts", "ds", "job", "cronjob", "svc", "rs", "pod"}

// CompleteQueries are the queries that begin with text: kinds, each with a
// slash, and pods; behind a slash, the objects of that kind.
func CompleteQueries(o Options, text string) []string {
	kind, _, named := strings.Cut(text, "/")
	c := o.lister()
	if c == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), completionLimit)
	defer cancel()
	if !named {
		var out []string
		for _, k := range kindNames {
			out = append(out, k+"/")
		}
		pods, _ := c.list(ctx, c.core, c.namespace, "pods")
		return append(out, pods...)
	}
	from, resource := c.resource(kindOf[strings.ToLower(kind)])
	if from == nil {
		return nil
	}
	names, _ := c.list(ctx, from, c.namespace, resource)
	for i := range names {
		names[i] = kind + "/" + names[i]
	}
	return names
}

// resource is where the objects of a kind are; nil for no kind.
func (c *client) resource(kind string) (rest.Interface, string) {
	switch kind {
	case "":
		return nil, ""
	case "pod", "service":
		return c.core, kind + "s"
	case "job", "cronjob":
		return c.batch, kind + "s"
	}
	return c.apps, kind + "s"
}

// CompleteContainers are the names of the containers of a namespace's pods.
func CompleteContainers(o Options) []string {
	c := o.lister()
	if c == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), completionLimit)
	defer cancel()
	pods, err := c.pods(ctx, c.namespace, metav1.ListOptions{LabelSelector: o.Selector})
	if err != nil {
		return nil
	}
	var names []string
	for i := range pods.Items {
		for _, ct := range pods.Items[i].Spec.Containers {
			names = append(names, ct.Name)
		}
		for _, ct := range pods.Items[i].Spec.InitContainers {
			names = append(names, ct.Name)
		}
	}
	sort.Strings(names)
	return slices.Compact(names)
}
