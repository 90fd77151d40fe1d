package cli

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ravel/model"
)

// The blocks of a file are lent and read into again: --tee may still be at work
// on one when whoever else looks at it has done so.
func TestTeeOfLentBlocks(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "app.log"), filepath.Join(dir, "copy.log")
	input := headlessLog(rand.New(rand.NewPCG(1, 2)), 12<<20, false, 50_000, oddities)
	if err := os.WriteFile(path, input, 0o600); err != nil {
		t.Fatal(err)
	}
	same := func(name string) {
		t.Helper()
		got, err := os.ReadFile(copied)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, input) {
			t.Errorf("%s: --tee wrote %d bytes that are not the file's %d", name, len(got), len(input))
		}
	}
	for _, args := range [][]string{
		{"-o", "text", "-q", "rare"}, {"-o", "raw"}, {"-o", "requests"}, {"-q", "| stats count() by level"},
	} {
		printed(t, nil, path, append(args, "--tee", copied)...)
		same(strings.Join(args, " "))
	}
	explored(t, path, copied)
	same("the explorer")
}

// explored reads path as the explorer does, without its screen.
func explored(t *testing.T, path, copied string) {
	t.Helper()
	a := &app{stdio: Stdio{Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}, ending: newEnding()}
	root := a.rootCommand()
	if err := root.ParseFlags([]string{"--no-follow", "--tee", copied}); err != nil {
		t.Fatal(err)
	}
	s, err := a.settings(root)
	if err != nil {
		t.Fatal(err)
	}
	s.print = false
	in, err := a.inputs([]string{path}, s, false)
	if err != nil {
		t.Fatal(err)
	}
	x := a.newExploration(s, in)
	if x.tee, err = s.openTee(x.in, func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	scanned := make(chan struct{})
	go func() { defer close(scanned); x.eng.Run(ctx) }()
	lent := 0
	err = x.in.Run(ctx, x.sources, func(b *model.Batch) error {
		if b.Release != nil {
			lent++
		}
		return x.consume(b)
	})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-scanned
	if err := x.tee.finish(); err != nil {
		t.Fatal(err)
	}
	if lent == 0 {
		t.Error("no block was lent: this tests nothing")
	}
}
