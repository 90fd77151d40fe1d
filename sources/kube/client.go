package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// client is a connection to one cluster. It knows three API groups: the
// scheme that client-go's typed clients register is two thirds of a binary.
type client struct {
	context   string // its name
	namespace string // the context's
	server    string // for messages
	params    runtime.ParameterCodec
	core      rest.Interface
	streams   rest.Interface // core, for logs
	apps      rest.Interface
	batch     rest.Interface
}

// scheme returns codecs of the kinds that ravel reads, made when they are first
// needed: every start of the program would pay for them.
var scheme = sync.OnceValues(func() (serializer.CodecFactory, runtime.ParameterCodec) {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme} {
		if err := add(s); err != nil {
			panic(err) // two groups that register one kind
		}
	}
	metav1.AddToGroupVersion(s, schema.GroupVersion{Version: "v1"})
	return serializer.NewCodecFactory(s), runtime.NewParameterCodec(s)
})

// Requests that the client may have under way beyond log streams, a second:
// client-go's default of 5 would make fifty pods wait.
const (
	requestRate  = 50
	requestBurst = 100
)

// connect reads the kubeconfig as kubectl does and prepares a client; it does
// not dial. name is a context, "" the current one.
func connect(kubeconfig, name string) (*client, error) {
	klog.SetOutput(io.Discard) // its lines would run through the screen
	klog.LogToStderr(false)
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	rules.WarnIfAllMissing = false
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: name})
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	current := name
	if current == "" {
		current = raw.CurrentContext
	}
	if current != "" && raw.Contexts[current] == nil {
		return nil, fmt.Errorf("kubeconfig: there is no context %q%s", current, nearest(current, names(raw.Contexts)))
	}
	if c := raw.Contexts[current]; c != nil && raw.Clusters[c.Cluster] == nil {
		return nil, fmt.Errorf("kubeconfig: context %q is of the cluster %q, which is not in it%s", current, c.Cluster, nearest(c.Cluster, names(raw.Clusters)))
	}
	cfg, err := loader.ClientConfig()
	if err != nil {
		if clientcmd.IsEmptyConfig(err) {
			return nil, fmt.Errorf("no kubeconfig at %s: set KUBECONFIG, give --kubeconfig FILE, or run inside a cluster", strings.Join(rules.GetLoadingPrecedence(), ", "))
		}
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	if current == "" {
		current = "in-cluster"
	}
	return newClient(cfg, current, namespace)
}

// names are the keys of a map, sorted.
func names[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for n := range m {
		all = append(all, n)
	}
	sort.Strings(all)
	return all
}

// newClient makes the client of a configuration.
func newClient(cfg *rest.Config, name, namespace string) (*client, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.WarningHandler = rest.NoWarnings{}
	cfg.QPS, cfg.Burst = requestRate, requestBurst
	cfg.Timeout = 0 // log streams last for days
	codecs, params := scheme()
	cfg.NegotiatedSerializer = codecs.WithoutConversion()
	cfg.ContentType = runtime.ContentTypeJSON
	cfg.UserAgent = "ravel"
	httpClient, err := rest.HTTPClientFor(cfg)
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	c := &client{context: name, namespace: namespace, server: cfg.Host, params: params}
	for _, g := range []struct {
		into *rest.Interface
		path string
		gv   schema.GroupVersion
	}{
		{&c.core, "/api", corev1.SchemeGroupVersion},
		{&c.apps, "/apis", appsv1.SchemeGroupVersion},
		{&c.batch, "/apis", batchv1.SchemeGroupVersion},
	} {
		one := rest.CopyConfig(cfg)
		one.APIPath, one.GroupVersion = g.path, &g.gv
		if *g.into, err = rest.RESTClientForConfigAndClient(one, httpClient); err != nil {
			return nil, fmt.Errorf("kubeconfig: %w", err)
		}
	}
	// Streams that share a connection of HTTP/2 are buffered here, four megabytes
	// each, while their reader waits: each log has a connection of its own.
	one := rest.CopyConfig(cfg)
	one.APIPath, one.GroupVersion, one.NextProtos = "/api", &corev1.SchemeGroupVersion, []string{"http/1.1"}
	if c.streams, err = rest.RESTClientFor(one); err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	return c, nil
}

// pods lists pods.
func (c *client) pods(ctx context.Context, namespace string, o metav1.ListOptions) (*corev1.PodList, error) {
	list := new(corev1.PodList)
	err := c.core.Get().Namespace(namespace).Resource("pods").VersionedParams(&o, c.params).Do(ctx).Into(list)
	return list, err
}

// pod gets one pod.
func (c *client) pod(ctx context.Context, namespace, name string) (*corev1.Pod, error) {
	pod := new(corev1.Pod)
	err := c.core.Get().Namespace(namespace).Resource("pods").Name(name).Do(ctx).Into(pod)
	return pod, err
}

// logs opens a container's log, each line behind the server's stamp.
func (c *client) logs(ctx context.Context, namespace, pod string, o corev1.PodLogOptions) (io.ReadCloser, error) {
	o.Timestamps = true
	return c.streams.Get().Namespace(namespace).Resource("pods").Name(pod).SubResource("log").VersionedParams(&o, c.params).Stream(ctx)
}

// list is the names of a resource's objects, whatever their kind.
func (c *client) list(ctx context.Context, from rest.Interface, namespace, resource string) ([]string, error) {
	raw, err := from.Get().Namespace(namespace).Resource(resource).Do(ctx).Raw()
	if err != nil {
		return nil, err
	}
	var answer struct {
		Items []struct {
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		} `json:"items"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("list %s: %w", resource, err)
	}
	all := make([]string, 0, len(answer.Items))
	for _, i := range answer.Items {
		all = append(all, i.Metadata.Name)
	}
	return all, nil
}

// nearest names what the user may have meant, as the end of a message.
func nearest(name string, all []string) string {
	if len(all) == 0 {
		return ""
	}
	slices.SortStableFunc(all, func(a, b string) int { return distance(name, a) - distance(name, b) })
	return ": there are " + strings.Join(all[:min(len(all), 5)], ", ")
}

// distance is how many letters must change to make a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := row[0]
		row[0]++
		for j := range len(b) {
			d := above
			if a[i] != b[j] {
				d++
			}
			above = row[j+1]
			row[j+1] = min(d, above+1, row[j]+1)
		}
	}
	return row[len(b)]
}
