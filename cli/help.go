package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ravel/docs"
)

// helpCommand is `ravel help [COMMAND|TOPIC]`: a document, or a command's help
// as its --help has it.
func helpCommand() *cobra.Command {
	topics := strings.Join(docs.Topics(), ", ")
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Tell about a command, or about " + topics,
		Long:  "Tell about a command, or print one of the documents: " + topics + ".",
		Example: `  ravel help run                              what the command takes
  ravel help query | less                     the query language, whole`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			names := docs.Topics()
			for _, c := range cmd.Root().Commands() {
				if c.IsAvailableCommand() {
					names = append(names, c.Name())
				}
			}
			slices.Sort(names)
			return slices.Compact(names), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := strings.Join(args, " ")
			if text, ok := docs.Topic(name); ok {
				_, err := fmt.Fprint(cmd.OutOrStdout(), text)
				return err
			}
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("there is no help about %q: name a command of ravel --help, or %s", name, topics)
			}
			about.InitDefaultHelpFlag() // which its help names
			return about.Help()
		},
	}
}
