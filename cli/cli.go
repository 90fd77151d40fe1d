// Package cli is the command line: commands, flags, the configuration file,
// exit statuses, and the wiring of sources, ingest, printers and screen. It is
// the only package that knows them all, and it prints diagnostics on standard
// error only.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ravel/theme"
)

// Exit statuses (CONTRACT 30).
const (
	exitOK          = 0   // also when nothing matched
	exitSource      = 1   // a source failed
	exitUsage       = 2   // a flag, an argument or a query is wrong
	exitInterrupted = 130 // Ctrl-C at rest
)

// Stdio is where a run reads and writes.
type Stdio struct {
	In       *os.File
	Out, Err io.Writer
	Getenv   func(string) string
}

// Main runs the program on the process's arguments and streams. What listens to
// signals is left behind: the process ends here.
func Main() int {
	status, _ := run(context.Background(), pluginArgs(os.Args[0], os.Args[1:]), Stdio{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv})
	return status
}

// Run runs the program and returns its exit status. It leaves no goroutine.
func Run(ctx context.Context, args []string, io Stdio) int {
	status, stop := run(ctx, args, io)
	stop()
	return status
}

// run is Run with the signals still watched; stop ends that.
func run(ctx context.Context, args []string, io Stdio) (status int, stop func()) {
	a := &app{stdio: io, ending: newEnding()}
	ctx, watch, stop := watchSignals(ctx, a.ending)
	root := a.rootCommand()
	root.PersistentPreRun = func(*cobra.Command, []string) { watch() }
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		watch() // nothing is run before help is asked for
		help(cmd, args)
	})
	root.SetArgs(args)
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	root.InitDefaultHelpFlag() // which stands before the next one
	root.Flags().BoolVarP(&a.version, "version", "v", false, "version for ravel")
	plainCompletion(root)
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		plainUsage(root)
	}
	err := root.ExecuteContext(ctx)
	if err != nil && strings.HasPrefix(err.Error(), "unknown command") { // the library's
		err = usageError{err}
	}
	if err == nil && a.status == exitOK && errors.Is(context.Cause(ctx), errInterrupted) {
		return exitInterrupted, stop
	}
	return a.report(err), stop
}

// app is one run of the program.
type app struct {
	root    *cobra.Command
	shared  *pflag.FlagSet // the flags, for the commands that have them
	stdio   Stdio
	ending  *ending
	flags   flags
	version bool   // --version
	unread  string // that the user's configuration may not be read; "": it may
	status  int    // of what was run, when no error says more
}

// usageError is the user's mistake: exit 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef makes a usageError.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exitError carries the status of a command that was run (rule 30).
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// report prints what went wrong, one line, and returns the exit status.
func (a *app) report(err error) int {
	var usage usageError
	var exit exitError
	switch {
	case err == nil:
		return a.status
	case errors.As(err, &exit):
		return int(exit)
	case closedPipe(err):
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &usage):
		a.warn("%v", err)
		return exitUsage
	}
	a.warn("%v", err)
	return exitSource
}

// warn prints one diagnostic line. What it names may be hostile: a file's name
// holds any byte but two.
func (a *app) warn(format string, args ...any) {
	out := []byte("ravel: ")
	for line := range strings.SplitAfterSeq(fmt.Sprintf(format, args...), "\n") {
		text, ended := strings.CutSuffix(line, "\n")
		out, _, _ = theme.Printable(out, text, -1)
		if ended {
			out = append(out, '\n')
		}
	}
	_, _ = a.stdio.Err.Write(append(out, '\n')) // there is nobody left to tell
}

// closedPipe reports whether err is that the reader of the output has gone.
func closedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// terminal reports whether f is a terminal; f may be any writer or reader.
func terminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && file != nil && term.IsTerminal(file.Fd())
}

// rootCommand builds the command tree.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "ravel [flags] [SOURCE...]",
		Short:         "A live log explorer for the terminal",
		Long:          longHelp,
		Example:       examples,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, args []string) error { return a.open(cmd, args) },
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	root.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveDefault // files beside the names of commands
	}
	root.SuggestionsMinimumDistance = 1 // of a name that is no file
	root.SetFlagErrorFunc(badFlag)
	a.root = root
	a.shared = a.flags.set()
	a.shareFlags(root)
	completeFlags(root)
	root.AddCommand(a.runCommand(), a.formatsCommand(), a.keysCommand(), a.themesCommand(), a.versionCommand(), a.manCommand())
	for _, c := range extra {
		root.AddCommand(c(a))
	}
	root.SetHelpCommand(helpCommand())
	return root
}

// extra are the commands of sources that register themselves at init, each in
// its own file of this package: they need a *app and nothing of each other.
var extra []func(*app) *cobra.Command

const longHelp = `ravel untangles logs: it reads files, standard input, commands and pods, finds
the format of each record, and folds the records of each request into one row.

Without -o it opens the explorer; with -o, or where standard output is no
terminal, it prints. A SOURCE is a file, a directory, a glob, - for standard
input, or a URL such as k8s://prod/deploy/api.`

const examples = `  ravel logs/                                 explore a directory, following it
  kubectl logs -f deploy/api | ravel          explore a pipe
  ravel run -- ./server --port 8080           run a command, explore its output
  ravel -o json -q 'level>=error' app.log     print the errors as JSON lines
  ravel -q '| top 5 domain' app.log           count
  ravel -o requests app.log                   one JSON object per request`
