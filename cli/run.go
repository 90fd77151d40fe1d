package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ravel/sources"
	"ravel/sources/command"
	"ravel/sources/file"
)

// runCommand is `ravel run [flags] -- CMD …`.
func (a *app) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARG...]",
		Short: "Run a command, explore or print its output, and pass its exit status on",
		Example: `  ravel run -- ./server --port 8080
  ravel run -q 'level>=warning' -o text -- make integration-test`,
		RunE: a.run,
	}
	a.shareFlags(cmd)
	cmd.Flags().SetInterspersed(false) // what follows COMMAND is its own
	return cmd
}

// run exits with the command's status, whatever ended it (rule 30).
func (a *app) run(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("say what to run: ravel run -- COMMAND [ARG...]")
	}
	s, err := a.settings(cmd)
	if err != nil {
		return err
	}
	s.follow = !s.noFollow // its output is live
	a.ending.runs()
	source := command.New(args, command.Options{Order: file.OrderOf(0)})
	open := func(bool) (inputs, error) {
		return inputs{sources: []sources.Source{source}, heading: "STREAM", title: strings.Join(args, " "), ended: func() string {
			return fmt.Sprintf("exit status %d", source.Status())
		}}, nil
	}
	if s.print {
		err = a.print(cmd.Context(), s, open)
	} else {
		err = a.explore(cmd.Context(), s, open)
	}
	var usage usageError
	if status := source.Status(); status >= 0 && !errors.As(err, &usage) {
		a.status = status
		return exitError(status)
	}
	return err
}
