package cli

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"ravel/output"
	"ravel/sources"
	"ravel/sources/file"
	"ravel/sources/stdin"
)

// open is `ravel [flags] [SOURCE…]`.
func (a *app) open(cmd *cobra.Command, args []string) error {
	if a.version {
		return printVersion(cmd)
	}
	s, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		if !piped(a.stdio.In) {
			fmt.Fprintf(a.stdio.Err, "%s\n\nUsage:\n  %s\n\nExamples:\n%s\n\nravel --help lists the flags.\n", cmd.Short, cmd.UseLine(), cmd.Example)
			return exitError(exitUsage)
		}
		args = []string{"-"}
	}
	in := func(follow bool) (inputs, error) { return a.inputs(args, s, follow) }
	if s.print {
		return a.print(cmd.Context(), s, in)
	}
	return a.explore(cmd.Context(), s, in)
}

// piped reports whether f is data: a pipe, a socket or a file, not a terminal
// and not /dev/null.
func piped(f *os.File) bool {
	if f == nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice == 0
}

// inputs are what the user named, ready to be read.
type inputs struct {
	sources []sources.Source
	errs    []error       // of what cannot be read at all
	merged  bool          // a source has several streams, or lines that are not all its own
	again   bool          // reading them a second time gives the same bytes
	heading string        // of the facet of sources; "": SOURCE
	title   string        // one name for all that is read; "" none
	ended   func() string // what to tell when a source has ended; nil: nothing
}

// opener makes the inputs anew: once for each reading of them.
type opener func(follow bool) (inputs, error)

// inputs turns arguments into sources. Those that cannot be read are told of
// and left out; the others are read.
func (a *app) inputs(args []string, s *settings, follow bool) (inputs, error) {
	in := inputs{again: true}
	var errs []error
	paths := make([]string, len(args)) // in their places: ties of the merge go by them
	for i, arg := range args {
		if err := a.written(s, arg); err != nil {
			return in, err
		}
		paths[i] = "-"
		open, rest, isURL := lookupScheme(arg)
		switch {
		case isURL:
			more, err := open(a, s, rest, file.OrderOf(i), follow)
			if err != nil {
				return in, err
			}
			in.sources, in.merged = append(in.sources, more...), true
			in.again = false
		case arg == "-":
			in.sources = append(in.sources, stdin.New(a.stdio.In, stdin.Options{Live: follow, Order: file.OrderOf(i)}))
			in.again = false
		case s.wait && missing(arg):
			in.sources = append(in.sources, &awaited{path: arg, place: i, options: a.fileOptions(s, follow)})
		default:
			if err := a.notRead(arg); err != nil {
				errs = append(errs, err)
				continue
			}
			paths[i] = arg
		}
	}
	files, more := file.Expand(paths, a.fileOptions(s, follow))
	in.sources = append(in.sources, files...)
	in.errs = append(errs, more...)
	return in, nil
}

// written refuses a source that ravel itself writes: to read it would lose what
// it holds, or never end.
func (a *app) written(s *settings, arg string) error {
	info, err := os.Stat(arg)
	switch {
	case err != nil:
		return nil // which reading it will tell
	case isFile(s.flags.tee, info):
		return usagef("--tee: %s is read, too, and would lose what it holds; write to another file", arg)
	case s.print && a.isOutput(info):
		return usagef("%s is read, and standard output goes there, too: write to another file", arg)
	}
	return nil
}

// isFile reports whether path leads to that regular file; a device may be read
// and written.
func isFile(path string, info fs.FileInfo) bool {
	if path == "" {
		return false
	}
	at, err := os.Stat(path)
	return err == nil && at.Mode().IsRegular() && os.SameFile(at, info)
}

// isOutput reports whether standard output goes to that regular file.
func (a *app) isOutput(info fs.FileInfo) bool {
	f, ok := a.stdio.Out.(*os.File)
	if !ok {
		return false
	}
	out, err := f.Stat()
	return err == nil && out.Mode().IsRegular() && os.SameFile(out, info)
}

// fileOptions say how files are read.
func (a *app) fileOptions(s *settings, follow bool) file.Options {
	return file.Options{
		Follow: follow, Raw: s.print && s.format == output.Raw, Reread: !s.print,
		Except: func(info fs.FileInfo) bool { return isFile(s.flags.tee, info) || a.isOutput(info) },
	}
}

// schemeOpener makes the sources of a URL; rest is what follows "scheme://".
type schemeOpener func(a *app, s *settings, rest string, order int, follow bool) ([]sources.Source, error)

// schemes are the URLs that SOURCE may be; packages' wiring files add to it at
// init.
var schemes = map[string]schemeOpener{}
