package cli

import "strings"

// lookupScheme finds who opens a URL such as k8s://prod/deploy/api.
func lookupScheme(arg string) (open schemeOpener, rest string, ok bool) {
	name, rest, found := strings.Cut(arg, "://")
	if !found {
		return nil, "", false
	}
	open, ok = schemes[name]
	return open, rest, ok
}
