package cli

import (
	"bufio"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ravel/keymap"
	"ravel/theme"
)

// version is set by the build (-ldflags -X); else it is what the module says.
var version = ""

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		PersistentPreRun: func(*cobra.Command, []string) {}, // a line needs no watch for signals
		RunE:             func(cmd *cobra.Command, _ []string) error { return printVersion(cmd) },
	}
}

func printVersion(cmd *cobra.Command) error {
	_, err := fmt.Fprintln(cmd.OutOrStdout(), versionLine())
	return err
}

// versionLine names the program, its version, its commit if the build knows
// it, and the platform.
func versionLine() string {
	v, commit := version, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				commit = " (" + s.Value[:12] + ")"
			}
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return fmt.Sprintf("ravel %s%s %s/%s %s", v, commit, runtime.GOOS, runtime.GOARCH, runtime.Version())
}

func (a *app) keysCommand() *cobra.Command {
	markdown := false
	cmd := &cobra.Command{
		Use: "keys", Short: "List what the explorer's keys do, and the names to bind them by", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := a.configure(cmd)
			if err != nil {
				return err
			}
			keys, err := loadKeys(conf)
			if err != nil {
				return err
			}
			if markdown {
				_, err := fmt.Fprint(cmd.OutOrStdout(), keys.Markdown())
				return err
			}
			return printKeys(cmd, keys)
		},
	}
	cmd.Flags().StringVar(&a.flags.config, "config", "", "configuration `FILE` whose bindings are listed")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "as the table of the README")
	return cmd
}

// loadKeys is the key table with the user's bindings.
func loadKeys(conf config) (*keymap.Map, error) {
	keys, err := keymap.Default().Load(conf.Keys)
	if err != nil {
		return nil, usagef("%s: keys: %w", conf.file, err)
	}
	return keys, nil
}

func printKeys(cmd *cobra.Command, keys *keymap.Map) error {
	w := bufio.NewWriter(cmd.OutOrStdout())
	for i, group := range keys.Groups() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, group)
		for _, b := range keys.All() {
			if b.Group == group {
				fmt.Fprintf(w, "  %-22s %-10s %-22s %s\n", b.Label(), b.Scope, b.Name, b.Help)
			}
		}
	}
	return w.Flush()
}

func (a *app) themesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "themes", Short: "List the themes", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range theme.Names() {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
