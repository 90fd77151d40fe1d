package ui

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// labels are the short names of the sources: what tells them apart, cut to
// the column that they stand in.
type labels struct {
	short map[string]string
	names []string
	width int
	cells int // of the screen that they were made for
}

// Widths of the source column, in cells.
const (
	labelMin  = 8
	labelWide = 12
	labelFrom = 60 // cells of the screen from which there is such a column
)

// update makes the labels anew if the sources or the screen have changed. One
// source alone needs no column, and a narrow screen has no room for one.
func (l *labels) update(sources []SourceState, cells int) {
	if l.short != nil && l.cells == cells && slices.EqualFunc(l.names, sources, func(n string, s SourceState) bool { return n == s.Name }) {
		return
	}
	l.cells = cells
	l.names = l.names[:0]
	for _, s := range sources {
		l.names = append(l.names, s.Name)
	}
	l.short, l.width = map[string]string{}, 0
	if len(l.names) < 2 || cells < labelFrom {
		return
	}
	limit := labelMin
	if cells >= 100 {
		limit = labelWide
	}
	for i, short := range cut(shorten(l.names), limit) {
		l.short[l.names[i]] = short
		l.width = max(l.width, len([]rune(l.short[l.names[i]])))
	}
	l.width = max(l.width, min(l.width+1, labelMin)) // room for the plus of a request in several sources
}

// shorten finds, for names that are paths, what tells them apart: their last
// element that differs between all of them, else as many of the last ones as
// that takes.
func shorten(names []string) []string {
	parts := make([][]string, len(names))
	depth := 0
	for i, n := range names {
		parts[i] = strings.Split(strings.Trim(n, "/"), "/")
		depth = max(depth, len(parts[i]))
	}
	for back := 1; back <= min(depth, 3); back++ {
		if out := element(parts, back); distinct(out) {
			return out
		}
	}
	out := make([]string, len(names))
	for n := 2; n <= depth; n++ {
		for i, p := range parts {
			out[i] = strings.Join(p[max(len(p)-n, 0):], "/")
		}
		if distinct(out) {
			return out
		}
	}
	return slices.Clone(names)
}

// element is each path's element back places from its end.
func element(parts [][]string, back int) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p[max(len(p)-back, 0)]
	}
	return out
}

func distinct(names []string) bool {
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] {
			return false
		}
		seen[n] = true
	}
	return true
}

// cut cuts names to limit cells. Of files the beginnings are read most easily,
// if these tell them apart.
func cut(names []string, limit int) []string {
	heads, cuts := make([]string, len(names)), make([]string, len(names))
	files := true
	for i, n := range names {
		ext := path.Ext(n)
		files = files && ext != "" && len(ext) <= maxExt && !strings.Contains(n, "/")
		cuts[i] = elide(n, limit)
		heads[i] = cuts[i]
		if r := []rune(strings.TrimSuffix(n, ext)); utf8.RuneCountInString(n) > limit {
			heads[i] = string(r[:min(limit, len(r))])
		}
	}
	if files && distinct(heads) {
		return heads
	}
	return cuts
}

// maxExt is the length of the longest extension that says nothing.
const maxExt = len(".jsonl")

// elide cuts a name to limit cells. Its extension goes first; of a path the
// end says most, of a pod's name the beginning and the end, of any other the
// beginning.
func elide(name string, limit int) string {
	if utf8.RuneCountInString(name) <= limit {
		return name
	}
	if ext := path.Ext(name); ext != "" && len(ext) <= maxExt {
		return elide(strings.TrimSuffix(name, ext), limit)
	}
	r := []rune(name)
	if dir, base, ok := strings.Cut(name, "/"); ok && base != "" {
		room := max(limit-2, 1)
		pod := strings.Contains(dir, "-")
		if pod {
			room = limit / 2 // the end of its name tells it from others
		}
		b := elide(base, room)
		room = max(limit-1-utf8.RuneCountInString(b), 1)
		if pod && utf8.RuneCountInString(dir) > room {
			dir = elide(dir, room)
		}
		d := []rune(dir)
		return string(d[:min(room, len(d))]) + "/" + b
	}
	tail := 0
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		switch tail = limit / 2; {
		case limit < labelMin-2: // too little for both
			tail = limit
		case len(name)-i <= limit-3:
			tail = len(name) - i
		}
	}
	return string(r[:limit-tail]) + string(r[len(r)-tail:])
}
