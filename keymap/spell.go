package keymap

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The names of keys that are no letters, and of what is held down with a key,
// in the order in which Bubble Tea spells the latter.
var (
	keyNames  = []string{"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right", "insert", "delete", "pgup", "pgdown", "home", "end"}
	modifiers = []string{"ctrl", "alt", "shift", "meta", "hyper", "super"}
)

// otherNames are what people also call a key.
var otherNames = map[string]string{
	"escape": "esc", "return": "enter", "del": "delete", "ins": "insert", "pageup": "pgup", "pagedown": "pgdown", "pgdn": "pgdown",
	"control": "ctrl", "option": "alt",
}

// spell returns a key or a sequence as Bubble Tea spells it, also where it is
// written as help and `ravel keys` write it: Ctrl-e, PgDn.
func spell(keys string) (string, error) {
	if keys == " " {
		return "space", nil
	}
	words := strings.Fields(keys)
	for i, w := range words {
		k, ok := spellKey(w)
		if !ok {
			return "", fmt.Errorf(`%q is no key: write a letter or sign, a name such as "ctrl+e", "f5" or "pgdown", or several with spaces between them, "z i"`, keys)
		}
		words[i] = k
	}
	if len(words) == 0 {
		return "", fmt.Errorf(`"" is no key: to bind none, write []`)
	}
	return strings.Join(words, " "), nil
}

// spellKey does so for one key, and reports whether it is one.
func spellKey(word string) (string, bool) {
	if utf8.RuneCountInString(word) == 1 {
		return word, true
	}
	var held []string
	rest := strings.ToLower(word)
	for {
		at := strings.IndexAny(rest, "+-")
		if at <= 0 || at == len(rest)-1 {
			break
		}
		name := known(rest[:at])
		if !slices.Contains(modifiers, name) || slices.Contains(held, name) {
			return "", false
		}
		held, rest = append(held, name), rest[at+1:]
	}
	rest = known(rest)
	letter := utf8.RuneCountInString(rest) == 1
	if !letter && !slices.Contains(keyNames, rest) && !function(rest) {
		return "", false
	}
	if letter && len(held) == 1 && held[0] == "shift" {
		return strings.ToUpper(rest), true // which is what a terminal sends
	}
	slices.SortFunc(held, func(a, b string) int { return slices.Index(modifiers, a) - slices.Index(modifiers, b) })
	return strings.Join(append(held, rest), "+"), true
}

func known(name string) string {
	if other, ok := otherNames[name]; ok {
		return other
	}
	return name
}

// function reports whether a name is that of a function key, f1 to f63.
func function(name string) bool {
	digits, ok := strings.CutPrefix(name, "f")
	n, err := strconv.Atoi(digits)
	return ok && err == nil && 1 <= n && n <= 63 && strconv.Itoa(n) == digits
}
