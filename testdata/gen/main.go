// Command gen writes logs of interleaved requests in the formats that ravel
// serves, with the exact truth about them beside: the same seed gives the same
// bytes everywhere.
//
//	go run ./testdata/gen -format aindo -lines 8000000 -o logs
//
// It writes the log files, truth.json and, with -rows, requests.jsonl, which
// has the rows that `ravel -o requests` prints.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ravel/testdata/gen/logs"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "gen:", err)
		}
		os.Exit(2)
	}
}

func run(args []string) error {
	fs := flag.NewFlagSet("gen", flag.ContinueOnError)
	seed := fs.Uint64("seed", 1, "the same seed writes the same bytes")
	lines := fs.Int("lines", 100_000, "physical lines to write, a few more to end a record")
	format := fs.String("format", "aindo", strings.Join(logs.Formats(), ", ")+", or all")
	dir := fs.String("o", ".", "directory to write to; with -format all a directory below it for each")
	rows := fs.Bool("rows", false, "write requests.jsonl too")
	if err := fs.Parse(args); err != nil {
		return err
	}
	formats := []string{*format}
	if *format == "all" {
		formats = logs.Formats()
	}
	for _, f := range formats {
		out := *dir
		if *format == "all" {
			out = filepath.Join(out, f)
		}
		if err := write(logs.Options{Seed: *seed, Lines: *lines, Format: f}, out, *rows); err != nil {
			return err
		}
	}
	return nil
}

// write makes one format's files in dir.
func write(o logs.Options, dir string, rows bool) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var files []*os.File
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.Close())
		}
	}()
	open := func(name string) (io.Writer, error) {
		f, err := os.Create(filepath.Join(dir, name))
		if err == nil {
			files = append(files, f)
		}
		return f, err
	}
	var flush func() error
	if rows {
		w, err := open("requests.jsonl")
		if err != nil {
			return err
		}
		buf := bufio.NewWriterSize(w, 1<<20)
		enc := json.NewEncoder(buf)
		enc.SetEscapeHTML(false)
		o.Row = func(r logs.Row) error { return enc.Encode(r) }
		flush = buf.Flush
	}
	truth, err := logs.Write(o, open)
	if err != nil {
		return err
	}
	if flush != nil {
		if err := flush(); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(truth, "", "  ")
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d records, %d lines, %d bytes, %d requests in %s\n", o.Format, truth.Records, truth.Lines, truth.Bytes, truth.Requests, dir)
	return os.WriteFile(filepath.Join(dir, "truth.json"), append(text, '\n'), 0o644)
}
