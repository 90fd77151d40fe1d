package file

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ravel/sources/sourcetest"
)

// turns is a disk on which a writer takes its steps between the reader's
// looks: a rotation under a reader, one interleaving at a time, without clocks.
type turns struct {
	machine
	look func() // before each look
}

func (d *turns) Open(path string) (handle, error) {
	d.look()
	f, err := d.machine.Open(path)
	if err != nil {
		return nil, err
	}
	return &turnsFile{f, d}, nil
}

func (d *turns) Stat(path string) (fs.FileInfo, error) {
	d.look()
	return d.machine.Stat(path)
}

func (d *turns) ReadDir(dir string) ([]fs.DirEntry, error) {
	d.look()
	return d.machine.ReadDir(dir)
}

type turnsFile struct {
	handle
	d *turns
}

func (f *turnsFile) Read(p []byte) (int, error) {
	f.d.look()
	return f.handle.Read(p)
}

func (f *turnsFile) ReadAt(p []byte, off int64) (int, error) {
	f.d.look()
	return f.handle.ReadAt(p, off)
}

func (f *turnsFile) Stat() (fs.FileInfo, error) {
	f.d.look()
	return f.handle.Stat()
}

// script is what a writer does, a step at a time.
type script struct {
	t     *testing.T
	path  string
	f     *os.File
	n     int // lines written
	pad   string
	steps []func()
}

func (s *script) do(step func() error) {
	s.steps = append(s.steps, func() {
		if err := step(); err != nil {
			s.t.Fatal(err)
		}
	})
}

// write appends n lines in one go, the first of them cut by the write before.
func (s *script) write(n int) {
	s.do(func() error {
		var text strings.Builder
		for range n {
			fmt.Fprintf(&text, "%d of the log%s\n", s.n, s.pad)
			s.n++
		}
		_, err := s.f.WriteString(text.String())
		return err
	})
}

func (s *script) reopen() {
	s.do(func() (err error) {
		_ = s.f.Close()
		s.f, err = os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
		return err
	})
}

func (s *script) number(i int) string { return fmt.Sprintf("%s.%d", s.path, i) }

// shift makes room for another .1, a rename a step.
func (s *script) shift(have int) {
	for i := have; i >= 1; i-- {
		s.do(func() error { return os.Rename(s.number(i), s.number(i+1)) })
	}
}

// rotations are the ways to rotate a file of which have rotated ones are kept.
var rotations = map[string]func(s *script, have int){
	"rename": func(s *script, have int) {
		s.shift(have)
		s.do(func() error { return os.Rename(s.path, s.number(1)) })
		s.write(1)
		s.reopen()
	},
	"rename and create": func(s *script, have int) {
		s.shift(have)
		s.do(func() error { return os.Rename(s.path, s.number(1)) })
		s.do(func() error { return os.WriteFile(s.path, nil, 0o666) })
		s.write(1)
		s.reopen()
	},
	"copy and truncate": func(s *script, have int) {
		s.shift(have)
		var copied *os.File
		s.do(func() (err error) {
			copied, err = os.Create(s.number(1))
			return err
		})
		var data []byte
		s.do(func() (err error) {
			data, err = os.ReadFile(s.path)
			if err == nil {
				_, err = copied.Write(data[:len(data)/2])
			}
			return err
		})
		s.do(func() error {
			_, err := copied.Write(data[len(data)/2:])
			_ = copied.Close()
			return err
		})
		s.do(func() error { return os.Truncate(s.path, 0) })
	},
	"copy in one piece and truncate": func(s *script, have int) {
		s.shift(have)
		s.do(func() error {
			data, err := os.ReadFile(s.path)
			if err == nil {
				err = os.WriteFile(s.number(1), data, 0o666)
			}
			return err
		})
		s.do(func() error { return os.Truncate(s.path, 0) })
	},
}

// play runs a writer that rotates its file again and again against a reader;
// gap says how many looks pass before the writer's next step, quiet that the
// reader looks once before the first. It returns what the reader got, how many
// lines were written, and how many notes the reader made.
func play(t *testing.T, dir string, rotate func(*script, int), sizes []int, pad string, quiet bool, gap func() int) (got string, lines, notes int) {
	s := &script{t: t, path: filepath.Join(dir, "app.log"), pad: pad}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	s.f = f
	defer func() { _ = s.f.Close() }()
	for have, size := range sizes {
		s.write(size)
		s.write(1)
		rotate(s, have)
		s.write(1)
	}
	next, wait := 0, gap()
	act := func() {
		for next < len(s.steps) && wait == 0 {
			s.steps[next]()
			next++
			wait = gap()
		}
		wait--
	}
	d := &turns{look: func() {}}
	srcs, errs := Expand([]string{s.path}, Options{Follow: true, disk: d})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	sink := sourcetest.New()
	set := srcs[0].(*set)
	set.stream = sink.Open(set.info(s.path))
	tail := &follower{s: set, sink: sink, buf: make([]byte, followBuf), ended: true}
	defer tail.close()
	s.steps[0]()
	next = 1
	if quiet {
		if err := tail.step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	d.look = act
	for idle := 0; idle < 4; {
		if err := tail.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if next == len(s.steps) {
			idle++
		}
		wait = 0 // the reader sleeps until something happens
		act()
	}
	return sink.Text(), s.n, len(sink.Events())
}

// expected is the text of n lines.
func expected(n int, pad string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "%d of the log%s\n", i, pad)
	}
	return text.String()
}

// TestTurns: whatever the reader and a rotation see of each other, each line
// comes once and in order.
func TestTurns(t *testing.T) {
	seeds := 60
	if n, err := strconv.Atoi(os.Getenv("RAVEL_SEEDS")); err == nil {
		seeds = n // to look for more
	}
	for name, rotate := range rotations {
		for _, pad := range []string{"", strings.Repeat(" and more", 40)} {
			t.Run(fmt.Sprintf("%s/%d", name, len(pad)), func(t *testing.T) {
				t.Parallel()
				for seed := range seeds {
					turn(t, rotate, pad, uint64(seed))
				}
			})
		}
	}
}

// turn plays one interleaving. In every second one the reader has begun before
// the first rotation, and gets all; else it begins with some whole file.
func turn(t *testing.T, rotate func(*script, int), pad string, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	sizes := make([]int, 1+rng.IntN(5))
	for i := range sizes {
		sizes[i] = rng.IntN(8)
	}
	often, long := rng.IntN(6), 1+rng.IntN(60)
	gap := func() int {
		if rng.IntN(6) < often {
			return 0
		}
		return rng.IntN(long)
	}
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	quiet := seed%2 == 0
	got, n, notes := play(t, dir, rotate, sizes, pad, quiet, gap)
	want := expected(n, pad)
	ok := got == want || !quiet && got != "" && strings.HasSuffix(want, "\n"+got)
	if !ok || notes > 0 {
		t.Errorf("seed %d (%v): %d notes; got\n%s", seed, sizes, notes, strings.ReplaceAll(got, pad, ""))
	}
	_ = os.RemoveAll(dir)
}
