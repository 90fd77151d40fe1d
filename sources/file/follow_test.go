package file

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ravel/sources"
	"ravel/sources/sourcetest"
)

// patience is how long a test waits for what must come; it never passes when
// all is well.
const patience = 10 * time.Second

// following runs sources that follow, until the test ends.
func following(t *testing.T, args ...string) *sourcetest.Sink {
	t.Helper()
	srcs, errs := Expand(args, Options{Follow: true, Poll: 5 * time.Millisecond})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	sink := sourcetest.New()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		sources.Supervise(ctx, srcs, sink)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return sink
}

// logWriter writes numbered lines as a program does that keeps its file open.
type logWriter struct {
	t    *testing.T
	path string
	f    *os.File
	n    int
}

func newLogWriter(t *testing.T, path string) *logWriter {
	w := &logWriter{t: t, path: path}
	w.reopen()
	t.Cleanup(func() { _ = w.f.Close() })
	return w
}

func (w *logWriter) reopen() {
	if w.f != nil {
		_ = w.f.Close()
	}
	f, err := os.OpenFile(w.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		w.t.Fatal(err)
	}
	w.f = f
}

// lines writes n lines, in pieces that are cut anywhere.
func (w *logWriter) lines(n int) {
	var text strings.Builder
	for range n {
		fmt.Fprintf(&text, "line %d of the log\n", w.n)
		w.n++
	}
	rest := text.String()
	for piece := 1; rest != ""; piece = piece*7%4093 + 1 {
		k := min(piece, len(rest))
		if _, err := w.f.WriteString(rest[:k]); err != nil {
			w.t.Fatal(err)
		}
		rest = rest[k:]
	}
}

func (w *logWriter) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// shift renames path.2 to path.3, path.1 to path.2.
func (w *logWriter) shift() {
	for i := 8; i >= 1; i-- {
		err := os.Rename(fmt.Sprintf("%s.%d", w.path, i), fmt.Sprintf("%s.%d", w.path, i+1))
		if err != nil && !os.IsNotExist(err) {
			w.t.Fatal(err)
		}
	}
}

// expectLines waits until n lines have come and compares each.
func expectLines(t *testing.T, sink *sourcetest.Sink, n int) {
	t.Helper()
	if !sink.WaitLines(patience, n) {
		t.Errorf("lines are missing: %v", sink.Events())
	}
	text := sink.Text()
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines[:len(lines)-1] {
		if want := fmt.Sprintf("line %d of the log\n", i); line != want {
			t.Fatalf("line %d is %q (after %q)", i, line, lines[max(i-1, 0)])
		}
	}
	if len(lines) != n+1 || lines[n] != "" {
		t.Errorf("%d lines and %q, want %d", len(lines)-1, lines[len(lines)-1], n)
	}
}

// TestFollowRotation: 100,000 lines through a file that is rotated in every
// way meanwhile: none is lost, none comes twice.
func TestFollowRotation(t *testing.T) {
	ways := map[string]func(w *logWriter){
		"rename and create": func(w *logWriter) {
			w.shift()
			w.must(os.Rename(w.path, w.path+".1"))
			w.reopen()
		},
		"rename, create, write to the old one on": func(w *logWriter) {
			w.shift()
			w.must(os.Rename(w.path, w.path+".1"))
			w.must(os.WriteFile(w.path, nil, 0o666))
			w.lines(50)
			w.reopen()
		},
		"copy and truncate": func(w *logWriter) {
			w.shift()
			data, err := os.ReadFile(w.path)
			w.must(err)
			w.must(os.WriteFile(w.path+".1", data, 0o666))
			w.must(os.Truncate(w.path, 0))
		},
		"rename and compress": func(w *logWriter) {
			for i := 8; i >= 1; i-- {
				_ = os.Rename(fmt.Sprintf("%s.%d.gz", w.path, i), fmt.Sprintf("%s.%d.gz", w.path, i+1))
			}
			w.must(os.Rename(w.path, w.path+".1"))
			data, err := os.ReadFile(w.path + ".1")
			w.must(err)
			w.must(os.WriteFile(w.path+".1.gz.tmp", []byte(gzipOf(w.t, string(data))), 0o666))
			w.must(os.Rename(w.path+".1.gz.tmp", w.path+".1.gz"))
			w.must(os.Remove(w.path + ".1"))
			w.reopen()
		},
	}
	for name, rotate := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			w := newLogWriter(t, filepath.Join(dir, "app.log"))
			w.lines(1000)
			sink := following(t, w.path)
			sink.WaitLines(patience, 1)
			for range 33 {
				w.lines(3000)
				rotate(w)
				w.lines(10)
				// A rotation keeps eight files: the reader must not be later than that.
				if !sink.WaitLines(patience, w.n-9000) {
					break
				}
			}
			expectLines(t, sink, w.n)
		})
	}
}

// TestFollowDelete: a file that is deleted and made anew is read from its
// beginning, once the reader has seen what the old one held.
func TestFollowDelete(t *testing.T) {
	w := newLogWriter(t, filepath.Join(t.TempDir(), "app.log"))
	sink := following(t, w.path)
	for range 20 {
		w.lines(500)
		sink.WaitLines(patience, w.n)
		w.must(os.Remove(w.path))
		w.lines(100) // to the file that has no name any more
		sink.WaitLines(patience, w.n)
		w.reopen()
	}
	w.lines(10)
	expectLines(t, sink, w.n)
}

// TestFollowTruncate: a file that is truncated without a copy is read from its
// beginning, also when it has grown beyond the old place at once.
func TestFollowTruncate(t *testing.T) {
	w := newLogWriter(t, filepath.Join(t.TempDir(), "app.log"))
	sink := following(t, w.path)
	for i := range 20 {
		w.lines(10 + i)
		sink.WaitLines(patience, w.n)
		w.must(os.Truncate(w.path, 0))
		w.lines(30 + 2*i)
	}
	expectLines(t, sink, w.n)
}

// TestFollowPartialLine: half a line is passed on as it comes, not repeated.
func TestFollowPartialLine(t *testing.T) {
	path := put(t, t.TempDir(), "app.log", "half a ")
	sink := following(t, path)
	if text, ok := sink.Wait(patience, func(text string) bool { return text == "half a " }); !ok {
		t.Fatalf("got %q", text)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("line\n"); err != nil {
		t.Fatal(err)
	}
	if text, ok := sink.Wait(patience, func(text string) bool { return text == "half a line\n" }); !ok {
		t.Fatalf("got %q", text)
	}
}

// TestFollowJoin: new files of a directory and of a glob join; rotated ones of
// a file that is read do not.
func TestFollowJoin(t *testing.T) {
	for _, pattern := range []string{"", "*.log*"} {
		dir := t.TempDir()
		put(t, dir, "app.log", "a\n")
		if err := os.Symlink("app.log", filepath.Join(dir, "current.log")); err != nil {
			t.Skip(err)
		}
		sink := following(t, filepath.Join(dir, pattern))
		put(t, dir, "new.log", "n\n")
		if text, ok := sink.Wait(patience, func(text string) bool { return len(text) == 4 }); !ok {
			t.Fatalf("%q: got %q", pattern, text)
		}
		if err := os.Rename(filepath.Join(dir, "app.log"), filepath.Join(dir, "app.log.1")); err != nil {
			t.Fatal(err)
		}
		put(t, dir, "app.log", "b\n")
		put(t, dir, "last.log", "l\n")
		text, ok := sink.Wait(patience, func(text string) bool { return len(text) >= 8 })
		if !ok || strings.Count(text, "a") != 1 || !strings.Contains(text, "a\nb\n") {
			t.Errorf("%q: got %q", pattern, text)
		}
	}
}

// TestFollowStraggler: lines that a second process writes to a rotated file
// are read too.
func TestFollowStraggler(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	first, second := newLogWriter(t, path), newLogWriter(t, path)
	sink := following(t, path)
	first.lines(1)
	sink.WaitLines(patience, 1)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	first.reopen()
	first.lines(1)
	sink.WaitLines(patience, 2)
	if _, err := second.f.WriteString("late\n"); err != nil {
		t.Fatal(err)
	}
	if text, ok := sink.Wait(patience, func(text string) bool { return strings.HasSuffix(text, "late\n") }); !ok {
		t.Errorf("got %q", text)
	}
}

// TestDeletedBesideRotated: of a file that was deleted nobody knows the
// successor before another one has its name; a rotated sibling is older.
func TestDeletedBesideRotated(t *testing.T) {
	dir := t.TempDir()
	path := put(t, dir, "app.log", "second\n")
	put(t, dir, "app.log.1", "first\n")
	o := Options{Follow: true, disk: machine{}}
	p, err := open(o, path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	f := &follower{s: &set{o: o, shared: newShared(), parts: []string{path}, based: true}, p: p, print: take(p.f, p.info.Size()), opened: time.Now()}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if g, ok := f.after(f.generations()); ok {
		t.Errorf("%s is taken for what came after it", g.path)
	}
	put(t, dir, "app.log", "third\n")
	if g, ok := f.after(f.generations()); !ok || g.path != path {
		t.Errorf("%q, %v came after it", g.path, ok)
	}
}
