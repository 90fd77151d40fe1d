package file

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// listing is what a directory holds, as long as its time of change stays.
type listing struct {
	changed time.Time
	entries []fs.DirEntry // by name
}

// settled is how long after a change a directory's next one surely has another
// time: file systems count in ticks, some of two seconds.
const settled = 3 * time.Second

// list returns what a directory holds now, by name. Thousands of followed files
// ask for the same.
func (sh *shared) list(d disk, dir string) ([]fs.DirEntry, error) {
	info, err := d.Stat(dir)
	if err != nil {
		return d.ReadDir(dir)
	}
	sh.mu.Lock()
	l := sh.lists[dir]
	sh.mu.Unlock()
	if l != nil && l.changed.Equal(info.ModTime()) {
		return l.entries, nil
	}
	quiet := time.Since(info.ModTime()) > settled // before listing: a change since then shows
	entries, err := d.ReadDir(dir)
	if err == nil && quiet {
		sh.mu.Lock()
		sh.lists[dir] = &listing{info.ModTime(), entries}
		sh.mu.Unlock()
	}
	return entries, err
}

// stem is what the names of a file and of its rotated siblings begin with.
func stem(base string) string { return strings.TrimSuffix(base, filepath.Ext(base)) }

// beginning returns those of a listing's entries whose names begin with stem.
func beginning(entries []fs.DirEntry, stem string) []fs.DirEntry {
	from, _ := slices.BinarySearchFunc(entries, stem, func(e fs.DirEntry, s string) int { return strings.Compare(e.Name(), s) })
	to := from
	for to < len(entries) && strings.HasPrefix(entries[to].Name(), stem) {
		to++
	}
	return entries[from:to]
}
