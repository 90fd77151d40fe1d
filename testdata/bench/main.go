// Command bench measures what the project promises about speed on files of
// 1 GB that it generates, beside the peers that are installed, and prints one
// row a promise: the figure, the target, the ratio, a verdict.
//
//	go run ./testdata/bench            # 8 million lines of format 1, 4 million of JSON
//	go run ./testdata/bench -lines 800000 -runs 1
//
// Each figure is the median of -runs fresh processes; the files stay in -dir for
// the next call. Ratios to a peer compare processes of the same run on the same
// file in the page cache.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"ravel/testdata/gen/logs"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	fs := flag.NewFlagSet("bench", flag.ExitOnError)
	l := lab{}
	fs.IntVar(&l.lines, "lines", 8_000_000, "lines of format 1; half as many of JSON")
	fs.IntVar(&l.runs, "runs", 3, "processes whose median is taken")
	fs.Float64Var(&l.stream, "stream", 10, "gigabytes that go through a pipe where memory is measured")
	fs.StringVar(&l.dir, "dir", filepath.Join(os.TempDir(), "ravel-bench"), "where the files are kept")
	fs.StringVar(&l.only, "only", "", "measure the rows whose name holds this")
	child := fs.String("child", "", "measure `WHAT` in this process and print it as JSON")
	fs.Parse(args)
	if *child != "" {
		return measure(*child, fs.Args())
	}
	if err := l.prepare(); err != nil {
		return err
	}
	fmt.Printf("%d lines of format 1 (%d MB), %d of JSON (%d MB); %d processors, %s, median of %d\n\n",
		l.lines, l.text.size/1e6, l.lines/2, l.json.size/1e6, runtime.NumCPU(), runtime.Version(), l.runs)
	fmt.Printf("%-58s %12s %12s %7s  %s\n", "work", "figure", "target", "ratio", "verdict")
	for _, r := range rows {
		l.print(r)
	}
	return nil
}

// lab is what the rows measure with.
type lab struct {
	lines, runs int
	stream      float64 // GB
	dir, only   string
	ravel, self string // binaries
	text, json  data
	held        map[string]figures // answers of children, by what they measured
	notes       string             // beside the row that is being measured
}

// note adds to what is printed under the row that is being measured.
func (l *lab) note(format string, args ...any) {
	l.notes += "  " + fmt.Sprintf(format, args...) + "\n"
}

// data is a generated file.
type data struct {
	path string
	size int64
}

// prepare builds the binary and generates the files that are not there.
func (l *lab) prepare() error {
	l.held = map[string]figures{}
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return err
	}
	var err error
	if l.self, err = os.Executable(); err != nil {
		return err
	}
	l.ravel = filepath.Join(l.dir, "ravel")
	build := exec.Command("go", "build", "-o", l.ravel, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build ravel: %w\n%s", err, out)
	}
	if l.text, err = l.generate("aindo", l.lines); err != nil {
		return err
	}
	l.json, err = l.generate("json", l.lines/2)
	return err
}

// generate writes a file of one format, if it is not there yet, and reads it
// into the page cache.
func (l *lab) generate(format string, lines int) (data, error) {
	dir := filepath.Join(l.dir, fmt.Sprintf("%s-%d", format, lines))
	names, _ := filepath.Glob(filepath.Join(dir, "*.*"))
	if len(names) == 0 {
		part := dir + ".part"
		if err := os.RemoveAll(part); err != nil {
			return data{}, err
		}
		if err := os.MkdirAll(part, 0o755); err != nil {
			return data{}, err
		}
		var files []*os.File
		_, err := logs.Write(logs.Options{Seed: 11, Lines: lines, Format: format}, func(name string) (io.Writer, error) {
			f, err := os.Create(filepath.Join(part, name))
			files = append(files, f)
			return f, err
		})
		if err != nil {
			return data{}, err
		}
		for _, f := range files {
			if err := f.Close(); err != nil {
				return data{}, err
			}
		}
		if err := os.Rename(part, dir); err != nil {
			return data{}, err
		}
		names, _ = filepath.Glob(filepath.Join(dir, "*.*"))
	}
	f, err := os.Open(names[0])
	if err != nil {
		return data{}, err
	}
	defer f.Close()
	n, err := io.Copy(io.Discard, f)
	return data{names[0], n}, err
}
