package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// shared is what the sources of one Expand have in common: one watcher for all
// directories (systems allow few), and which files are being read.
type shared struct {
	mu      sync.Mutex
	watcher *fsnotify.Watcher // nil: nobody follows, or the system tells nothing
	bells   map[*bell]bool
	dirs    map[string]int  // how many bells a directory has
	sets    map[string]bool // directory and base name of the sets that are read
	held    []fs.FileInfo   // files held open for following
	lists   map[string]*listing
	done    chan struct{} // the watcher's goroutine has ended
}

// bell rings when something has changed in a directory: at any change of the
// files whose names begin with stem, or where names is set at new names only.
type bell struct {
	dir, stem string
	names     bool
	c         chan struct{}
}

func newShared() *shared {
	return &shared{bells: map[*bell]bool{}, dirs: map[string]int{}, sets: map[string]bool{}, lists: map[string]*listing{}}
}

// eventsAhead is how many of the system's events wait while those before them
// are looked at.
const eventsAhead = 1024

// watch returns a bell for the files of a directory whose names begin with
// stem, or for new names only. Where the system cannot tell, it never rings:
// whoever waits for it looks from time to time as well.
func (sh *shared) watch(dir, stem string, names bool) *bell {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	b := &bell{dir: filepath.Clean(dir), stem: stem, names: names, c: make(chan struct{}, 1)}
	if len(sh.bells) == 0 {
		if w, err := fsnotify.NewBufferedWatcher(eventsAhead); err == nil {
			sh.watcher, sh.done = w, make(chan struct{})
			go sh.listen(w, sh.done)
		}
	}
	sh.bells[b] = true
	if sh.dirs[b.dir]++; sh.dirs[b.dir] == 1 && sh.watcher != nil {
		_ = sh.watcher.Add(b.dir) // without it, looking from time to time remains
	}
	return b
}

// unwatch gives a bell back; the last one ends the watcher.
func (sh *shared) unwatch(b *bell) {
	sh.mu.Lock()
	delete(sh.bells, b)
	w, done := sh.watcher, sh.done
	if sh.dirs[b.dir]--; sh.dirs[b.dir] == 0 {
		delete(sh.dirs, b.dir)
		if w != nil {
			_ = w.Remove(b.dir) // it may be gone
		}
	}
	last := len(sh.bells) == 0
	if last {
		sh.watcher = nil
	}
	sh.mu.Unlock()
	if last && w != nil {
		_ = w.Close()
		<-done
	}
}

// breath is a pause between two looks at the system's events: meanwhile it
// folds equal ones together, and a busy file costs nothing.
const breath = 10 * time.Millisecond

// listen rings the bells of what changes.
func (sh *shared) listen(w *fsnotify.Watcher, done chan struct{}) {
	defer close(done)
	for {
		select {
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			sh.ring(e)
		case _, ok := <-w.Errors: // an overflow: look everywhere
			if !ok {
				return
			}
			sh.ring(fsnotify.Event{})
		}
		if len(w.Events) == 0 {
			time.Sleep(breath)
		}
	}
}

// ring rings the bells that an event is for; all for that without a name.
func (sh *shared) ring(e fsnotify.Event) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	dir, file := filepath.Split(e.Name)
	dir = filepath.Clean(dir)
	named := e.Op.Has(fsnotify.Create) || e.Op.Has(fsnotify.Rename)
	for b := range sh.bells {
		mine := b.dir == dir && strings.HasPrefix(file, b.stem) && (named || !b.names)
		if e.Name == "" || b.dir == e.Name || mine {
			select {
			case b.c <- struct{}{}:
			default:
			}
		}
	}
}

// know notes that files and their rotated siblings are read, or are other names
// of such.
func (sh *shared) know(paths ...string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for _, p := range paths {
		sh.sets[setKey(p)] = true
	}
}

func setKey(path string) string {
	return filepath.Join(directory(path), parseName(filepath.Base(path)).base)
}

// isKnown reports whether a file belongs to a set that is read, or is one that
// is held open under another name.
func (sh *shared) isKnown(path string, info fs.FileInfo) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.sets[setKey(path)] {
		return true
	}
	for _, have := range sh.held {
		if os.SameFile(have, info) {
			return true
		}
	}
	return false
}

// hold and leave note which files are open.
func (sh *shared) hold(info fs.FileInfo) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.held = append(sh.held, info)
}

func (sh *shared) leave(info fs.FileInfo) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for i, have := range sh.held {
		if os.SameFile(have, info) {
			sh.held = slices.Delete(sh.held, i, i+1)
			return
		}
	}
}
