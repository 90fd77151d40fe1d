package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// lookupScheme finds who opens a URL such as k8s://prod/deploy/api.
func lookupScheme(arg string) (open schemeOpener, rest string, ok bool) {
	name, rest, found := strings.Cut(arg, "://")
	if !found {
		return nil, "", false
	}
	open, ok = schemes[name]
	return open, rest, ok
}

// notRead says why what is no file is no source either: a URL of a kind that
// ravel does not read, the name of a program that prints logs, or nearly the
// name of a command. Nil leaves the word to whoever opens files.
func (a *app) notRead(arg string) error {
	if scheme, _, found := strings.Cut(arg, "://"); found && missing(arg) {
		known := slices.Sorted(maps.Keys(schemes))
		return fmt.Errorf("%s: ravel reads no %s:// sources; it reads files, - and %s://", arg, scheme, strings.Join(known, "://, "))
	}
	if how := producers[arg]; how != "" && missing(arg) {
		return fmt.Errorf("%s: no such file; to read what %s has: %s", arg, arg, how)
	}
	if arg == "" {
		return fmt.Errorf(`"": an empty name is no file`)
	}
	if near := a.root.SuggestionsFor(arg); len(near) > 0 && missing(arg) {
		return fmt.Errorf("%s: no such file; is it the command ravel %s that you mean?", arg, near[0])
	}
	return nil
}

// producers are programs whose logs people ask for by the program's name.
var producers = map[string]string{
	"docker":     "docker logs -f NAME 2>&1 | ravel, or docker compose logs -f | ravel",
	"journal":    "journalctl -f -o json | ravel",
	"journald":   "journalctl -f -o json | ravel",
	"journalctl": "journalctl -f -o json | ravel",
	"cloudwatch": "aws logs tail --follow GROUP | ravel",
	"loki":       "logcli query --tail -o raw QUERY | ravel",
}
