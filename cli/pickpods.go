package cli

import (
	"context"
	"errors"
	"regexp"
	"time"

	tea "charm.land/bubbletea/v2"

	"ravel/sources/kube"
	"ravel/theme"
	"ravel/ui/canvas"
	"ravel/ui/picker"
)

// listEvery is how often the list of what can be read is renewed.
const listEvery = 3 * time.Second

// choosesPods reports whether the user has said nothing of what to read: then
// the explorer asks.
func (f *kubeFlags) choosesPods() bool {
	o := &f.options
	return len(o.Queries) == 0 && len(o.Contexts) < 2 && len(o.Namespaces) < 2 && o.Selector == "" && o.FieldSelector == "" &&
		o.Node == "" && f.container == "" && f.without == "" && f.withoutPod == "" && len(o.States) == 0
}

// pickPods lets the user choose from what the cluster has, and returns what to
// read; none if the user gave up. A namespace that is chosen alone is looked
// into.
func (a *app) pickPods(ctx context.Context, s *settings, o kube.Options) ([]kube.Options, error) {
	pen, err := a.pen(s)
	if err != nil {
		return nil, err
	}
	for {
		ns, err := o.Namespace()
		if err != nil {
			return nil, usagef("%w", err)
		}
		known := map[string]kube.Choice{}
		chosen, err := a.pick(ctx, picker.Options{
			Title: "Kubernetes: what to read in " + ns, Every: listEvery, Pen: pen,
			Items: func(ctx context.Context) ([]picker.Item, error) {
				all, err := kube.Choices(ctx, o)
				items := make([]picker.Item, len(all))
				for i, c := range all {
					items[i] = picker.Item{Text: c.Text(ns), Kind: c.Kind, State: c.State}
				}
				return items, err
			},
		})
		if err != nil || len(chosen) == 0 {
			return nil, err
		}
		all, err := kube.Choices(ctx, o)
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			known[c.Text(ns)] = c
		}
		var choices []kube.Choice
		for _, it := range chosen {
			if c, ok := known[it.Text]; ok { // a pod may have gone meanwhile
				choices = append(choices, c)
			}
		}
		if len(choices) == 1 && choices[0].Kind == "namespace" {
			o.Namespaces, o.AllNamespaces = []string{choices[0].Namespace}, false
			continue
		}
		if len(choices) > 0 {
			return groupChoices(o, choices), nil
		}
	}
}

// pen is how the picker draws.
func (a *app) pen(s *settings) (canvas.Pen, error) {
	name := s.theme
	if name == "" {
		name = theme.ForEnv(a.stdio.Getenv)
	}
	t, err := theme.New(name)
	return canvas.Pen{Theme: t, Glyphs: theme.ForLocale(a.stdio.Getenv)}, err
}

// pick shows one picker.
func (a *app) pick(ctx context.Context, o picker.Options) ([]picker.Item, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := picker.New(ctx, o)
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithOutput(a.stdio.Out)).Run()
	switch {
	case errors.Is(err, tea.ErrInterrupted):
		return nil, exitError(exitInterrupted)
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return m.Chosen(), err
}

// groupChoices makes the options of what was chosen, so that no container is
// read twice: one for each namespace, or, where nothing but containers was
// chosen in it, one for each container's name.
func groupChoices(o kube.Options, choices []kube.Choice) []kube.Options {
	type group struct{ namespace, container string }
	whole := map[string]bool{}   // namespaces of which all is read
	broader := map[string]bool{} // of which more than containers was chosen
	for _, c := range choices {
		whole[c.Namespace] = whole[c.Namespace] || c.Query == ""
		broader[c.Namespace] = broader[c.Namespace] || c.Container == ""
	}
	var order []group
	queries := map[group][]string{}
	for _, c := range choices {
		g := group{c.Namespace, c.Container}
		if broader[c.Namespace] {
			g.container = ""
		}
		if _, ok := queries[g]; !ok {
			order = append(order, g)
			queries[g] = nil
		}
		if !whole[c.Namespace] {
			queries[g] = append(queries[g], c.Query)
		}
	}
	out := make([]kube.Options, len(order))
	for i, g := range order {
		out[i] = o
		out[i].Namespaces, out[i].AllNamespaces, out[i].Queries = []string{g.namespace}, false, queries[g]
		if g.container != "" {
			out[i].Container = regexp.MustCompile("^" + regexp.QuoteMeta(g.container) + "$")
		}
	}
	return out
}
