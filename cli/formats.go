package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ravel/parse"
)

// formatsCommand lists, shows and tries formats.
func (a *app) formatsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "formats", Short: "List, show and test the formats of logs",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef("say what to do: ravel formats list, show NAME, or test FILE")
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use: "list", Short: "List the formats in the order in which they are tried", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.withFormats(cmd, listFormats) },
	}, &cobra.Command{
		Use: "show NAME", Short: "Show a format: its pattern and its samples", Args: exactly(1, "the name of one format: `ravel formats list` names them"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return parse.Builtin().Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withFormats(cmd, func(w *bufio.Writer, set *parse.Set) error { return showFormat(w, set, args[0]) })
		},
	}, a.formatsTestCommand())
	return cmd
}

// exactly is cobra.ExactArgs with a message that says what is missing.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("give %s", what)
		}
		return nil
	}
}

// formats are the built-in formats and the user's.
func (a *app) formats() (*parse.Set, error) {
	dir := a.configDir()
	if dir == "" {
		return parse.Builtin(), nil
	}
	dir = filepath.Join(dir, "formats")
	set, err := parse.Load(dir)
	if errors.Is(err, fs.ErrPermission) {
		a.goWithout(dir)
		return parse.Builtin(), nil
	}
	if err != nil {
		return nil, usageError{err}
	}
	return set, nil
}

func (a *app) withFormats(cmd *cobra.Command, do func(*bufio.Writer, *parse.Set) error) error {
	set, err := a.formats()
	if err != nil {
		return err
	}
	w := bufio.NewWriter(cmd.OutOrStdout())
	if err := do(w, set); err != nil {
		return err
	}
	return w.Flush()
}

func listFormats(w *bufio.Writer, set *parse.Set) error {
	for _, name := range set.Names() {
		f, _ := set.Format(name)
		origin := "built in"
		if !f.Builtin {
			origin = "yours"
		}
		fmt.Fprintf(w, "%-24s %-9s %s\n", f.Name, origin, f.Title)
	}
	return nil
}

func showFormat(w *bufio.Writer, set *parse.Set, name string) error {
	f, ok := set.Format(name)
	if !ok {
		return usagef("unknown format %q: `ravel formats list` names them", name)
	}
	fmt.Fprintf(w, "%s: %s\n", f.Name, f.Title)
	if f.File != "" {
		fmt.Fprintf(w, "\nfile\n  %s\n", f.File)
	}
	if f.Pattern != "" {
		fmt.Fprintf(w, "\npattern\n  %s\n", f.Pattern)
	}
	if len(f.Samples) > 0 {
		fmt.Fprintln(w, "\nsamples")
		for _, s := range f.Samples {
			fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(strings.TrimRight(s.Line, "\n"), "\n", "\n  "))
		}
	}
	return nil
}
