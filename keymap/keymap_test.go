package keymap_test

import (
	"regexp"
	"strings"
	"testing"

	"ravel/keymap"
)

func TestNoConflicts(t *testing.T) {
	if err := keymap.Default().Check(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryActionIsBoundAndNamed(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[keymap.Action]bool{}
	names := map[string]keymap.Action{}
	for _, b := range keymap.Default().All() {
		seen[b.Action] = true
		if !kebab.MatchString(b.Name) || b.Help == "" || b.Group == "" || len(b.Keys) == 0 {
			t.Errorf("%q is incomplete", b.Name)
		}
		for _, k := range b.Keys {
			if k == " " {
				t.Errorf("%s: Bubble Tea calls that key space", b.Name)
			}
		}
		if a, ok := names[b.Scope.String()+b.Name]; ok && a != b.Action {
			t.Errorf("%q names two actions", b.Name)
		}
		names[b.Scope.String()+b.Name] = b.Action
	}
	for a := keymap.NoAction + 1; a < keymap.NumActions; a++ {
		if !seen[a] {
			t.Errorf("action %d has no row", a)
		}
	}
}

func TestLookup(t *testing.T) {
	m := keymap.Default()
	for _, c := range []struct {
		scope keymap.Scope
		keys  string
		want  keymap.Action
	}{
		{keymap.Log, "e", keymap.NextError},
		{keymap.Log, "j", keymap.Down},
		{keymap.Log, "space", keymap.PageDown},
		{keymap.Facets, "space", keymap.ToggleValue},
		{keymap.Log, "z i", keymap.Flat},
		{keymap.Log, "z q", keymap.NoAction},
		{keymap.Detail, "e", keymap.NoAction},
		{keymap.Detail, "y", keymap.Copy},
		{keymap.Table, "q", keymap.Quit},
	} {
		var a keymap.Action
		pending := ""
		for key := range strings.SplitSeq(c.keys, " ") {
			a, pending, _ = m.Lookup(c.scope, pending, key)
		}
		if a != c.want || pending != "" {
			t.Errorf("%s %q: action %d, pending %q; want %d", c.scope, c.keys, a, pending, c.want)
		}
	}
	if _, pending, more := m.Lookup(keymap.Log, "", "z"); pending != "z" || !more {
		t.Error("z does not begin a sequence")
	}
}

func TestLoad(t *testing.T) {
	m, err := keymap.Default().Load(map[string][]string{"next-error": {"f8"}, "facets.pin": {"P"}, "view-stream": nil})
	if err != nil {
		t.Fatal(err)
	}
	if a, _, _ := m.Lookup(keymap.Log, "", "f8"); a != keymap.NextError {
		t.Error("f8 is not bound")
	}
	if a, _, _ := m.Lookup(keymap.Log, "", "e"); a != keymap.NoAction {
		t.Error("e still is")
	}
	if a, _, _ := keymap.Default().Lookup(keymap.Log, "", "e"); a != keymap.NextError {
		t.Error("loading changed the built-in table")
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct {
		keys map[string][]string
		want string // "" is taken
	}{
		{map[string][]string{"nosuch": {"x"}}, "no action \"nosuch\" to bind"},
		{map[string][]string{"down": {"k"}}, `everywhere: "k" would do down, and "k" up: give one`},
		{map[string][]string{"down": {"ctrl+x"}, "up": {"ctrl+x u"}}, `"ctrl+x" would do down, and "ctrl+x u" up`},
		{map[string][]string{"quit": {"e"}}, `"e" would do next-error in the log, and "e" quit everywhere`},
		{map[string][]string{"quit": {"z"}}, `in the log, and "z" quit everywhere`},
		{map[string][]string{"next-error": {"n"}}, `"n" would do next-error in the log, and "n" next-match everywhere: give one of them another key, or bind log.next-error`},
		{map[string][]string{"log.next-error": {"n"}}, ""},
		{map[string][]string{"next-error": {"n"}, "next-match": {}}, ""},
		{map[string][]string{"copy": {"ctrl+y"}}, ""},                 // of two scopes
		{map[string][]string{"search": {"/", "ctrl+f"}}, ""},          // facets have their own /
		{map[string][]string{"down": {"Ctrl-E", "PgDn"}}, `"pgdown"`}, // page-down has it
		{map[string][]string{"quit": {"ZZ"}}, `quit: "ZZ" is no key`},
		{map[string][]string{"quit": {""}}, "to bind none, write []"},
	} {
		_, err := keymap.Default().Load(c.keys)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.keys, err, c.want)
		}
	}
}

func TestKeysAreSpeltAsPeopleWriteThem(t *testing.T) {
	for typed, want := range map[string]string{
		"Q": "Q", "=": "=", " ": "space", "Space": "space", "Ctrl-e": "ctrl+e", "CTRL+E": "ctrl+e", "control-e": "ctrl+e", "Shift-Tab": "shift+tab",
		"shift+q": "Q", "alt+ctrl+x": "ctrl+alt+x", "F8": "f8", "Escape": "esc", "PageUp": "pgup", "Z Z": "Z Z", "ctrl++": "ctrl++", "é": "é",
	} {
		m, err := keymap.Default().Load(map[string][]string{"log.wrap": {typed}})
		if err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		for _, b := range m.All() {
			if b.Name == "wrap" && b.Keys[0] != want {
				t.Errorf("%q: read as %q, want %q", typed, b.Keys[0], want)
			}
		}
	}
	for _, bad := range []string{"ZZ", "ctrl+", "hold+x", "ctrl+ctrl+x", "f0", "f64", "f08", "ctrl+foo", "\t", "z ZZ"} {
		if m, err := keymap.Default().Load(map[string][]string{"log.wrap": {bad}}); err == nil {
			t.Errorf("%q was taken: %v", bad, m.All()[0])
		}
	}
}

func TestBindingsHideWhatTheScopeTakes(t *testing.T) {
	for _, b := range keymap.Default().Bindings(keymap.Facets) {
		if b.Action == keymap.PageDown && strings.Contains(b.Label(), "Space") {
			t.Error("help in a facet shows Space for page down, though it toggles there")
		}
	}
}

func TestMarkdown(t *testing.T) {
	md := keymap.Default().Markdown()
	for _, want := range []string{"| Move |", "| `Ctrl-d` | half a screen down |  |", "| `zi` |", "in facets"} {
		if !strings.Contains(md, want) {
			t.Errorf("the table lacks %q:\n%s", want, md)
		}
	}
}
