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

	mu      sync.Mutex
	cursors map[string]cursor // by stream: a second Run goes on where the first one stopped
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
	r := newReader(ctx, s, sink)
	var found int
	for _, ns := range namespaces {
		picks, err := s.pick(ctx, ns)
		if err != nil {
			return s.client.explain(err, ns)
		}
		for _, p := range picks {
			n, err := r.list(ctx, p)
			if err != nil {
				return s.client.explain(err, ns)
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
		return sources.Permanent(fmt.Errorf("%s: no container matches: check -n, -l and the name, or leave them out to see what there is", s.Name()))
	}
	if found == 0 {
		sink.Report(sources.Event{Source: s.Name(), Kind: sources.Note, Text: "no container matches yet: waiting for one"})
	}
	r.begin()
	sink.Ready()
	return r.wait()
}

// cursor is where a stream stands; zero at its beginning.
func (s *source) cursor(name string) cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursors[name]
}

// remember keeps where a stream stands.
func (s *source) remember(name string, c cursor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cursors == nil {
		s.cursors = map[string]cursor{}
	}
	s.cursors[name] = c
}

// errStopped reports whether an error only says that reading has been stopped.
func errStopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, sources.ErrStopped) || errors.Is(err, context.Canceled)
}
