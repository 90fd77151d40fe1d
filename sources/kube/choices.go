package kube

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Choice is something that can be read, for a person to choose from.
type Choice struct {
	Kind      string // everything, workload, pod, container, namespace
	Namespace string
	Query     string // as on the command line; "" all pods
	Container string // "" all
	State     string // how it goes: "3 pods", "Running"
}

// Text is how the choice is written: its query, with the namespace before it
// where another than the given one is meant.
func (c Choice) Text(namespace string) string {
	text := c.Query
	if c.Container != "" {
		text += "/" + c.Container
	}
	switch {
	case text == "":
		return "namespace/" + c.Namespace
	case c.Namespace != namespace:
		return c.Namespace + "/" + text
	}
	return text
}

// Namespace is the one that is read where the options name none. The error is
// one of the kubeconfig.
func (o Options) Namespace() (string, error) {
	if len(o.Namespaces) > 0 {
		return o.Namespaces[0], nil
	}
	name := ""
	if len(o.Contexts) > 0 {
		name = o.Contexts[0]
	}
	c, err := connect(o.Kubeconfig, name)
	if err != nil {
		return "", err
	}
	return c.namespace, nil
}

// Choices lists what there is to read: all of the namespace, its workloads,
// pods and containers, then the other namespaces.
func Choices(ctx context.Context, o Options) ([]Choice, error) {
	name := ""
	if len(o.Contexts) > 0 {
		name = o.Contexts[0]
	}
	c, err := connect(o.Kubeconfig, name)
	if err != nil {
		return nil, err
	}
	ns := c.namespace
	if len(o.Namespaces) > 0 {
		ns = o.Namespaces[0]
	}
	asked := ns
	if o.AllNamespaces {
		asked = ""
	}
	list, err := c.pods(ctx, asked, metav1.ListOptions{})
	if err != nil {
		return nil, c.explain(err, asked)
	}
	out := []Choice{{Kind: "everything", Namespace: ns, State: countPods(len(list.Items))}}
	var pods, containers []Choice
	workloads, order := map[Choice]int{}, []Choice{}
	for i := range list.Items {
		p := &list.Items[i]
		if w := workload(p); w != "" && kindOf[strings.SplitN(w, "/", 2)[0]] != "" {
			k := Choice{Kind: "workload", Namespace: p.Namespace, Query: w}
			if workloads[k]++; workloads[k] == 1 {
				order = append(order, k)
			}
		}
		pods = append(pods, Choice{Kind: "pod", Namespace: p.Namespace, Query: "pod/" + p.Name, State: string(p.Status.Phase)})
		for _, ct := range p.Spec.Containers {
			if len(p.Spec.Containers) > 1 {
				containers = append(containers, Choice{
					Kind: "container", Namespace: p.Namespace, Query: "pod/" + p.Name, Container: ct.Name,
					State: statusOf(p, ct.Name).word(),
				})
			}
		}
	}
	for _, k := range order {
		n := workloads[k]
		k.State = countPods(n)
		out = append(out, k)
	}
	out = slices.Concat(out, pods, containers)
	namespaces, _ := c.list(ctx, c.core, "", "namespaces") // who may not list them types -n
	for _, other := range namespaces {
		if other != ns {
			out = append(out, Choice{Kind: "namespace", Namespace: other})
		}
	}
	return out, nil
}

func countPods(n int) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}
