// Package keymap holds what keys do as data: the actions, their keys, where
// they hold and what help says of them. Dispatch, the help screen, the palette,
// the README's table and the conflict test all read the one table.
package keymap

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Scope is where a binding holds.
type Scope uint8

// The scopes. A binding of the focused pane wins over one of Everywhere.
const (
	Everywhere Scope = iota
	Log              // the log pane
	Detail           // the detail pane
	Facets           // a facet's pane
	Table            // views 2 to 6
	numScopes
)

var scopeNames = [numScopes]string{"everywhere", "log", "detail", "facets", "table"}

// String is the scope's name in help and in the configuration file.
func (s Scope) String() string { return scopeNames[s%numScopes] }

// Binding is one row of the table. Keys are spelt as Bubble Tea does
// ("ctrl+d", "space", "G"); a sequence has its keys apart by a space ("z i").
type Binding struct {
	Action Action
	Scope  Scope
	Keys   []string
	Name   string // kebab case: configuration file, palette
	Help   string // what it does, in a few words
	Group  string // heading in the help
	Hint   string // short form for the bottom line, "" to leave it out
	Rank   int    // of the hint: lower ranks are kept where room is short
	Place  int    // of the hint, from the left
}

// Map is a table of bindings in use. It is immutable after Load and safe for
// concurrent use.
type Map struct {
	rows  []Binding
	meant map[int]bool // rows that were bound as pane.action: they may hide what holds everywhere
}

// Default is the built-in table.
func Default() *Map { return &Map{rows: table} }

// Load returns m with the keys of some actions replaced: name of the action
// (alone, or as scope.name for one scope of several, or to hide there what the
// key does everywhere) to its keys, spelt as in Binding or as help writes them.
// No keys unbind it. An error names an action or a key that there is not, or
// two actions of which one would never be reached.
func (m *Map) Load(keys map[string][]string) (*Map, error) {
	out := &Map{rows: slices.Clone(m.rows), meant: map[int]bool{}}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		spelt := make([]string, len(keys[name]))
		for i, key := range keys[name] {
			var err error
			if spelt[i], err = spell(key); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		found := false
		for i := range out.rows {
			r := &out.rows[i]
			if full := r.Scope.String() + "." + r.Name; r.Name == name || full == name {
				r.Keys, found = spelt, true
				out.meant[i] = full == name
			}
		}
		if !found {
			return nil, fmt.Errorf("no action %q to bind: `ravel keys` lists them", name)
		}
	}
	return out, out.Check()
}

// Check reports two actions on one key of a scope, a key that is also the
// beginning of a sequence there, and a key of a pane's action that hides one of
// Everywhere, unless the built-in table or scope.name has it so.
func (m *Map) Check() error {
	for i := range m.rows {
		for j := range m.rows {
			a, b := &m.rows[i], &m.rows[j]
			if a.Scope == b.Scope && i <= j || a.Scope != b.Scope && (b.Scope != Everywhere || a.Name == b.Name || m.meant[i]) {
				continue
			}
			for _, ka := range a.Keys {
				for _, kb := range b.Keys {
					switch {
					case !clash(ka, kb):
					case a.Scope == b.Scope:
						return fmt.Errorf("%s: %q would do %s, and %q %s: give one of them another key", a.Scope, kb, b.Name, ka, a.Name)
					case !slices.Contains(table[i].Keys, ka) || !slices.Contains(table[j].Keys, kb):
						return fmt.Errorf("%q would do %s in the %s, and %q %s everywhere: give one of them another key, or bind %s.%s if that is meant",
							ka, a.Name, a.Scope, kb, b.Name, a.Scope, a.Name)
					}
				}
			}
		}
	}
	return nil
}

// clash reports whether one of two keys keeps the other from being reached.
func clash(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+" ") || strings.HasPrefix(b, a+" ")
}

// Lookup finds what a key does in a scope. pending is what was typed of a
// sequence so far, "" at first. more says that the key begins or continues a
// sequence; the caller passes typed as pending with the next key.
func (m *Map) Lookup(s Scope, pending, key string) (a Action, typed string, more bool) {
	typed = key
	if pending != "" {
		typed = pending + " " + key
	}
	for _, scope := range [2]Scope{s, Everywhere} {
		for i := range m.rows {
			r := &m.rows[i]
			if r.Scope != scope {
				continue
			}
			for _, k := range r.Keys {
				if k == typed {
					return r.Action, "", false
				}
				if len(k) > len(typed) && k[len(typed)] == ' ' && k[:len(typed)] == typed {
					more = true
				}
			}
		}
	}
	if more {
		return NoAction, typed, true
	}
	return NoAction, "", false
}

// Bindings are the rows that hold in a scope: its own, then those of
// Everywhere that it does not hide.
func (m *Map) Bindings(s Scope) []Binding {
	var rows []Binding
	for i := range m.rows {
		if m.rows[i].Scope == s {
			rows = append(rows, m.rows[i])
		}
	}
	if s == Everywhere {
		return rows
	}
	own := len(rows)
	for i := range m.rows {
		r := m.rows[i]
		if r.Scope != Everywhere {
			continue
		}
		hidden := func(k string) bool {
			return slices.ContainsFunc(rows[:own], func(o Binding) bool { return slices.Contains(o.Keys, k) })
		}
		r.Keys = slices.DeleteFunc(slices.Clone(r.Keys), hidden)
		if len(r.Keys) > 0 || len(m.rows[i].Keys) == 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

// All is the whole table, in its order.
func (m *Map) All() []Binding { return slices.Clone(m.rows) }

// Groups are the headings in the table's order.
func (m *Map) Groups() []string {
	var groups []string
	for i := range m.rows {
		if !slices.Contains(groups, m.rows[i].Group) {
			groups = append(groups, m.rows[i].Group)
		}
	}
	return groups
}

// spelt is how keys are written for people.
var spelt = strings.NewReplacer("ctrl+", "Ctrl-", "shift+", "Shift-", "alt+", "Alt-", "enter", "Enter", "esc", "Esc",
	"space", "Space", "tab", "Tab", "pgup", "PgUp", "pgdown", "PgDn", "home", "Home", "end", "End",
	"up", "Up", "down", "Down", "left", "Left", "right", "Right", " ", "")

// Label is a binding's keys for people: "j Down", "zi", "Ctrl-d".
func (b *Binding) Label() string {
	words := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		words[i] = KeyName(k)
	}
	return strings.Join(words, " ")
}

// KeyName is one key or sequence for people.
func KeyName(key string) string {
	if len([]rune(key)) == 1 {
		return key
	}
	return spelt.Replace(key)
}

// Markdown is the table for the README: one row an action, by group.
func (m *Map) Markdown() string {
	var b strings.Builder
	for _, group := range m.Groups() {
		fmt.Fprintf(&b, "| %s | | |\n|---|---|---|\n", group)
		for i := range m.rows {
			r := &m.rows[i]
			if r.Group != group {
				continue
			}
			keys := make([]string, len(r.Keys))
			for k := range r.Keys {
				keys[k] = "`" + strings.ReplaceAll(KeyName(r.Keys[k]), "|", `\|`) + "`"
			}
			where := ""
			if r.Scope > Log {
				where = "in " + r.Scope.String()
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(keys, " "), r.Help, where)
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
