package cli

import (
	"fmt"
	"strings"
	"testing"

	"ravel/sources/kube"
)

func TestGroupChoices(t *testing.T) {
	for in, want := range map[string]string{
		"shop deploy/api -":                          "shop[deploy/api]",
		"shop deploy/api -;shop pod/a app":           "shop[deploy/api pod/a]",
		"shop pod/a app;shop pod/b app;shop pod/a p": "shop[pod/a pod/b]^app$ shop[pod/a]^p$",
		"shop - -;shop pod/a -;ops pod/x -":          "shop[] ops[pod/x]",
	} {
		var choices []kube.Choice
		for _, c := range strings.Split(in, ";") {
			p := strings.Fields(strings.ReplaceAll(c, "-", ""))
			choice := kube.Choice{Namespace: p[0]}
			if len(p) > 1 {
				choice.Query = p[1]
			}
			if len(p) > 2 {
				choice.Container = p[2]
			}
			choices = append(choices, choice)
		}
		var got []string
		for _, o := range groupChoices(kube.Options{AllNamespaces: true}, choices) {
			text := fmt.Sprint(o.Namespaces[0], o.Queries)
			if o.Container != nil {
				text += o.Container.String()
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
