package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// shared is what the sources of one Expand have in common: one watcher for all
// directories (systems allow few), and which files are being read.
type shared struct {
	poll time.Duration

	mu      sync.Mutex
	watcher *fsnotify.Watcher // nil: nobody follows, or the system tells nothing
	bells   map[*bell]bool
	dirs    map[string]int  // how many bells a directory has
	sets    map[string]bool // directory and base name of the sets that are read
	held    []fs.FileInfo   // files held open for following
	done    chan struct{}   // the watcher's goroutine has ended
}

// bell rings when something has changed in a directory.
type bell struct {
	dir string
	c   chan struct{}
}

func newShared(poll time.Duration) *shared {
	return &shared{poll: poll, bells: map[*bell]bool{}, dirs: map[string]int{}, sets: map[string]bool{}}
}

// watch returns a bell for a directory. Where the system cannot tell, it never
// rings: whoever waits for it looks from time to time as well.
func (sh *shared) watch(dir string) *bell {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	b := &bell{dir: filepath.Clean(dir), c: make(chan struct{}, 1)}
	if len(sh.bells) == 0 {
		if w, err := fsnotify.NewWatcher(); err == nil {
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

// listen rings the bells of directories in which something changes.
func (sh *shared) listen(w *fsnotify.Watcher, done chan struct{}) {
	defer close(done)
	for {
		select {
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			sh.ring(filepath.Dir(e.Name), e.Name)
		case _, ok := <-w.Errors: // an overflow: look everywhere
			if !ok {
				return
			}
			sh.ring("", "")
		}
		time.Sleep(breath)
	}
}

// ring rings the bells of a directory, or all for "".
func (sh *shared) ring(dir, name string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for b := range sh.bells {
		if dir == "" || b.dir == dir || b.dir == name {
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
