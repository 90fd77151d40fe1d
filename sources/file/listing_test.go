package file

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// listed counts how often a directory is listed.
type listed struct {
	machine
	n int
}

func (d *listed) ReadDir(dir string) ([]fs.DirEntry, error) {
	d.n++
	return d.machine.ReadDir(dir)
}

// TestListing: a directory is listed anew once it has changed, and always while
// a further change might not show.
func TestListing(t *testing.T) {
	dir := t.TempDir()
	sh, d := newShared(), &listed{}
	names := func() string {
		t.Helper()
		entries, err := sh.list(d, dir)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return strings.Join(all, " ")
	}
	put(t, dir, "b.log", "")
	if got := names() + names(); got != "b.logb.log" || d.n != 2 {
		t.Errorf("%q, listed %d times; it has just changed", got, d.n)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(dir, long, long); err != nil {
		t.Fatal(err)
	}
	if got := names() + names() + names(); got != "b.logb.logb.log" || d.n != 3 {
		t.Errorf("%q, listed %d times; it has not changed for long", got, d.n)
	}
	put(t, dir, "a.log", "")
	if got := names(); got != "a.log b.log" {
		t.Errorf("%q; a file has come", got)
	}
}

func TestBeginning(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"app.log", "app.log.1", "app-1.log", "apple.log", "ap.log", "b.log"} {
		put(t, dir, name, "")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]int{"app.log": 4, "b.log": 1, "c.log": 0, ".log": 6, "ap": 5} {
		if got := len(beginning(entries, stem(base))); got != want {
			t.Errorf("%s: %d names, want %d", base, got, want)
		}
	}
}

// TestBells: a change rings where it is waited for, and nowhere else.
func TestBells(t *testing.T) {
	sh := newShared()
	bells := map[string]*bell{
		"app": {dir: "logs", stem: "app"}, "web": {dir: "logs", stem: "web"}, "names": {dir: "logs", names: true}, "elsewhere": {dir: "other", stem: "app"},
	}
	for _, b := range bells {
		b.c = make(chan struct{}, 1)
		sh.bells[b] = true
	}
	for _, tc := range []struct {
		e    fsnotify.Event
		want string
	}{
		{fsnotify.Event{Name: "logs/app.log", Op: fsnotify.Write}, "app"},
		{fsnotify.Event{Name: "logs/app.log.1", Op: fsnotify.Create}, "app names"},
		{fsnotify.Event{Name: "logs/new.log", Op: fsnotify.Create}, "names"},
		{fsnotify.Event{Name: "logs/x", Op: fsnotify.Write}, ""},
		{fsnotify.Event{Name: "logs", Op: fsnotify.Remove}, "app names web"},
		{fsnotify.Event{}, "app elsewhere names web"},
	} {
		sh.ring(tc.e)
		var rung []string
		for _, name := range []string{"app", "elsewhere", "names", "web"} {
			select {
			case <-bells[name].c:
				rung = append(rung, name)
			default:
			}
		}
		if got := strings.Join(rung, " "); got != tc.want {
			t.Errorf("%v rings %q, want %q", tc.e, got, tc.want)
		}
	}
}
