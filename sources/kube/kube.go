// Package kube reads the logs of Kubernetes pods so that each line is delivered
// exactly once: containers are found by an informer, each is followed by one
// goroutine that asks for server stamps, remembers the last one and how many
// lines had it, and reconnects from there after an error and after a clean end
// of a container that still runs. What cannot be closed is drawn as a gap.
package kube

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"ravel/sources"
)

// Options say what is read. The zero value reads every running container of
// the current context's namespace, to the end of what is there.
type Options struct {
	Kubeconfig    string   // "" as kubectl: KUBECONFIG, then ~/.kube/config, then in-cluster
	Contexts      []string // several are several sources; none is the current one
	Namespaces    []string // none is the context's
	AllNamespaces bool

	Queries       []string // deploy/api, pod/x, a regexp of pod names; none is every pod
	Selector      string   // -l
	FieldSelector string
	Node          string
	Container     *regexp.Regexp // -c; nil takes all
	Without       *regexp.Regexp // -E, containers
	WithoutPod    *regexp.Regexp // --exclude-pod
	Init          bool
	Ephemeral     bool
	States        []string // running, waiting, terminated; none takes all

	Follow   bool
	Previous bool
	Since    time.Duration
	From     time.Time // --since-time
	Tail     int64     // lines of each container, asked of the server; negative: all
	Events   bool
	MaxLogs  int // --max-log-requests; 0: 50 when following, else 5 at a time
	Order    int // place on the command line
}

// New returns a source for each context. The error is a mistake in the options
// or the kubeconfig, in words for a person.
func New(o Options) ([]sources.Source, error) {
	contexts := o.Contexts
	if len(contexts) == 0 {
		contexts = []string{""}
	}
	targets, err := parseQueries(o.Queries)
	if err != nil {
		return nil, err
	}
	if o.Previous {
		o.Follow = false // an instance that is over writes no more
	}
	var srcs []sources.Source
	for _, name := range contexts {
		c, err := connect(o.Kubeconfig, name)
		if err != nil {
			return nil, err
		}
		s := &source{o: o, client: c, targets: targets}
		if len(contexts) > 1 {
			s.prefix = name + "/"
		}
		srcs = append(srcs, s)
	}
	return srcs, nil
}

// source is one context's pods.
type source struct {
	o       Options
	client  *client
	targets []target
	prefix  string // of stream names, where there are several contexts

	mu     sync.Mutex
	read   map[string]progress       // by stream: a second Run goes on where the first one stopped
	owners map[types.UID][]types.UID // of jobs
}

// Name is how messages call it.
func (s *source) Name() string { return "k8s/" + s.client.context }

// Run watches the selected pods and reads their containers; see
// sources.Source. Without Follow it ends when what is there has been read.
func (s *source) Run(ctx context.Context, sink sources.Sink) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	namespaces := s.o.Namespaces
	switch {
	case s.o.AllNamespaces:
		namespaces = []string{""}
	case len(namespaces) == 0:
		namespaces = []string{s.client.namespace}
	}
	r := newReader(ctx, cancel, s, sink)
	var found int
	for _, ns := range namespaces {
		picks, err := s.pick(ctx, ns)
		if err != nil {
			return s.failed(err, ns)
		}
		for _, p := range picks {
			n, err := r.list(ctx, p)
			if err != nil {
				return s.failed(err, ns)
			}
			found += n
		}
		if s.o.Follow {
			for _, p := range picks {
				r.watch(ctx, p)
			}
		}
	}
	if found == 0 && !s.o.Follow {
		return sources.Permanent(s.nothing(ctx, namespaces))
	}
	if found == 0 {
		if err := s.unknownNamespace(ctx, namespaces); err != nil {
			return sources.Permanent(err)
		}
		sink.Report(sources.Event{Source: s.Name(), Kind: sources.Note, Text: "no container matches yet: waiting for one"})
	}
	if s.o.Events {
		for _, ns := range namespaces {
			r.readEvents(ns)
		}
	}
	r.begin()
	sink.Ready()
	return r.wait()
}

// failed explains why pods could not be listed. Who follows waits for a cluster
// that is away; a reading that ends must end.
func (s *source) failed(err error, ns string) error {
	err = s.client.explain(err, ns)
	if !s.o.Follow {
		err = sources.Permanent(err)
	}
	return err
}

// recall is how far a stream has been read; zero at its beginning.
func (s *source) recall(name string) progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read[name]
}

// remember keeps how far a stream has been read.
func (s *source) remember(name string, p progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read == nil {
		s.read = map[string]progress{}
	}
	s.read[name] = p
}

// errStopped reports whether an error only says that reading has been stopped.
func errStopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, sources.ErrStopped) || errors.Is(err, context.Canceled)
}

// nothing says that nothing is selected.
func (s *source) nothing(ctx context.Context, namespaces []string) error {
	if err := s.unknownNamespace(ctx, namespaces); err != nil {
		return err
	}
	return fmt.Errorf("%s: no container matches: check -n, -l and the name, or leave them out to see what there is", s.Name())
}

// unknownNamespace names the nearest namespaces where one does not exist. Who
// may not look at namespaces is told nothing.
func (s *source) unknownNamespace(ctx context.Context, namespaces []string) error {
	for _, ns := range namespaces {
		if ns == "" {
			continue
		}
		err := s.client.core.Get().Resource("namespaces").Name(ns).Do(ctx).Error()
		if apierrors.IsNotFound(err) {
			all, _ := s.client.list(ctx, s.client.core, "", "namespaces")
			return fmt.Errorf("%s: there is no namespace %q%s", s.Name(), ns, nearest(ns, all))
		}
	}
	return nil
}
