package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ravel/keymap"
)

// manCommand prints the manual page; packagers and `make man` call it.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the manual page", Args: cobra.NoArgs, Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return writeManual(cmd.OutOrStdout(), cmd.Root())
		},
	}
}

// What the manual tells beyond the commands and the keys.
const (
	manFiles = `ravel/config.toml in $XDG_CONFIG_HOME or the user's configuration directory
holds flags under their long names, keys under [keys] by the names that "ravel
keys" lists, and rules of --redact. Formats of your own go into
ravel/formats/*.toml beside it.`
	manEnvironment = `RAVEL_THEME stands for --theme, and so does RAVEL_ with the name of any other
flag. Flags win over the environment, that over the file. NO_COLOR turns colours
off, TERM=dumb the explorer, too. KUBECONFIG names the file that "ravel k8s"
reads.`
	manStatus = `0, also when nothing matched; 1 if a source could not be read (the others are);
2 for a mistake in a flag, an argument, the configuration or a query; 130 after
Ctrl-C, SIGTERM or SIGHUP. "ravel run" exits with its command's status.`
)

// writeManual writes the page of the command tree under root in roff, with the
// man macros.
func writeManual(w io.Writer, root *cobra.Command) error {
	m := &manual{w: bufio.NewWriter(w)}
	name := root.Name()
	m.macro(".TH", strings.ToUpper(name), "1")
	m.section("NAME")
	m.text(name + " - " + lowerFirst(root.Short))
	m.section("SYNOPSIS")
	m.text(root.Use)
	m.section("DESCRIPTION")
	m.text(root.Long)
	m.section("OPTIONS")
	root.Flags().VisitAll(m.flag)
	m.section("COMMANDS")
	m.commands(root)
	m.section("KEYS")
	for _, b := range keymap.Default().All() {
		m.item(b.Label(), b.Help+inScope(b.Scope))
	}
	m.section("EXAMPLES")
	m.example(root.Example)
	for _, s := range [][2]string{{"FILES", manFiles}, {"ENVIRONMENT", manEnvironment}, {"EXIT STATUS", manStatus}} {
		m.section(s[0])
		m.text(s[1])
	}
	return m.w.Flush()
}

// inScope says where a key holds, if not everywhere or in the log.
func inScope(s keymap.Scope) string {
	if s == keymap.Everywhere || s == keymap.Log {
		return ""
	}
	return " (" + s.String() + ")"
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// manual writes roff. Errors stay in w until it is flushed.
type manual struct{ w *bufio.Writer }

// commands writes the commands under parent with the flags that they do not
// share with the program itself.
func (m *manual) commands(parent *cobra.Command) {
	for _, c := range parent.Commands() {
		switch {
		case !c.IsAvailableCommand() || c.Name() == "completion":
			continue
		case c.Runnable() && !c.HasAvailableSubCommands():
			about := c.Long
			if about == "" {
				about = c.Short + "."
			}
			m.macro(".SS", strings.TrimSuffix(c.CommandPath()+strings.TrimPrefix(c.Use, c.Name()), " "))
			m.text(about)
			c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
				if c.Root().Flags().Lookup(f.Name) == nil {
					m.flag(f)
				}
			})
			m.example(c.Example)
		}
		m.commands(c)
	}
}

func (m *manual) section(title string) { m.macro(".SH", title) }

// macro writes a request with its arguments quoted.
func (m *manual) macro(name string, args ...string) {
	fmt.Fprint(m.w, name)
	for _, arg := range args {
		fmt.Fprintf(m.w, ` "%s"`, strings.ReplaceAll(roff(arg), `"`, `""`))
	}
	fmt.Fprintln(m.w)
}

// text writes paragraphs, which are filled.
func (m *manual) text(s string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if i > 0 {
			fmt.Fprintln(m.w, ".PP")
		}
		fmt.Fprintln(m.w, roff(paragraph))
	}
}

// item writes a term and what it means.
func (m *manual) item(term, meaning string) {
	fmt.Fprintf(m.w, ".TP\n\\fB%s\\fR\n%s\n", roff(term), roff(meaning))
}

// example writes lines as they are.
func (m *manual) example(s string) {
	if s != "" {
		fmt.Fprintf(m.w, ".PP\n.nf\n%s\n.fi\n", roff(s))
	}
}

// flag writes an option with its value and its default.
func (m *manual) flag(f *pflag.Flag) {
	if f.Hidden || f.Name == "help" {
		return
	}
	name, usage := flagTerm(f)
	m.item(name, usage)
}

// flagTerm is how an option is written, and what it does.
func flagTerm(f *pflag.Flag) (term, usage string) {
	value, usage := pflag.UnquoteUsage(f)
	term = "--" + f.Name
	if f.Shorthand != "" {
		term = "-" + f.Shorthand + ", " + term
	}
	if f.NoOptDefVal == "" && value != "" {
		term += " " + value
	}
	return term, usage
}

// roff escapes text: backslashes, hyphens that are minus signs, and what a line
// must not begin with.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
