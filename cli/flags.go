package cli

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ravel/output"
	"ravel/parse"
	"ravel/theme"
)

// flags are the shared flags, as given.
type flags struct {
	query   string
	level   string
	include []string
	exclude []string
	since   string
	until   string
	tail    int
	context int

	follow   bool
	noFollow bool
	wait     bool
	noDedup  bool

	output  string
	oneLine bool
	tee     string
	redact  string
	colour  string
	ansi    bool

	zone       string
	sourceZone string
	format     string
	hungAfter  time.Duration
	settle     time.Duration

	buffer string
	gentle bool
	theme  string
	config string
}

// set makes the flags. Commands that have them share them: one of them runs.
func (f *flags) set() *pflag.FlagSet {
	s := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.SortFlags = false
	f.registerSelection(s)
	f.registerOutput(s)
	s.BoolVarP(&f.follow, "follow", "f", false, "go on with what is written (the explorer does unless --no-follow)")
	s.BoolVar(&f.noFollow, "no-follow", false, "read what is there and no more")
	s.BoolVar(&f.wait, "wait", false, "wait for sources that do not exist yet")
	s.BoolVar(&f.noDedup, "no-dedup", false, "show the copies that files of one directory hold of a record")
	s.StringVar(&f.zone, "timezone", "", "`ZONE` of the times shown: UTC, Local or a name such as Europe/Rome")
	s.StringVar(&f.sourceZone, "source-timezone", "", "`ZONE` of stamps that name none (default: local; UTC for pods)")
	s.StringVar(&f.format, "format", "", "`NAME` of the one format to try, instead of detection: see ravel formats list")
	s.DurationVar(&f.hungAfter, "hung-after", 30*time.Second, "`TIME` after which an HTTP request without an end is hung")
	s.DurationVar(&f.settle, "settle", 5*time.Second, "stream `TIME` between a request's end and its printing")
	s.StringVar(&f.buffer, "buffer", "", "`SIZE` of the memory for records, such as 512MB (default: the smaller of 1GiB and a quarter of memory)")
	s.BoolVar(&f.gentle, "gentle", false, "lower the own priority and use one core: for busy hosts")
	s.StringVar(&f.theme, "theme", "", "`NAME` of the colours: see ravel themes")
	s.StringVar(&f.config, "config", "", "configuration `FILE` (default: ravel/config.toml in the user's configuration directory)")
	return s
}

// shareFlags gives cmd the shared flags, before its own.
func (a *app) shareFlags(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(a.shared)
}

// registerSelection adds the flags that say which records are wanted.
func (f *flags) registerSelection(s *pflag.FlagSet) {
	s.StringVarP(&f.query, "query", "q", "", "`QUERY`: which records, and what to do with them: 'level>=error -health | stats count() by domain'")
	s.StringVar(&f.level, "level", "", "least severe `LEVEL` shown: trace, debug, info, notice, warning, error, critical")
	s.StringArrayVarP(&f.include, "include", "i", nil, "only records that match this regular expression, `RE` (may be repeated: any of them)")
	s.StringArrayVarP(&f.exclude, "exclude", "e", nil, "no records that match this regular expression, `RE` (may be repeated)")
	s.StringVarP(&f.since, "since", "s", "", "only records since `TIME`: 15m (before now), end-15m (before the newest), 14:05, 2006-01-02T15:04")
	s.StringVar(&f.until, "until", "", "only records until `TIME`, in the same forms")
	s.IntVar(&f.tail, "tail", -1, "only the last `N` records of each source (default: all)")
	s.Lookup("tail").DefValue = "0" // help would print -1
	s.IntVarP(&f.context, "around", "C", 0, "`N` records of context printed around each match")
}

// registerOutput adds the flags that say what is printed.
func (f *flags) registerOutput(s *pflag.FlagSet) {
	s.StringVarP(&f.output, "output", "o", "", "print as `FORMAT` instead of exploring: "+strings.Join(output.FormatNames(), ", "))
	s.BoolVarP(&f.oneLine, "one-line", "1", false, "with -o text: fold the further lines of a record")
	s.StringVar(&f.tee, "tee", "", "write what is read to `FILE`, too")
	s.StringVar(&f.redact, "redact", "", "mask secrets everywhere; --redact=`email` masks e-mail addresses, too")
	s.Lookup("redact").NoOptDefVal = "on"
	s.StringVar(&f.colour, "color", "auto", "`WHEN` text is coloured: auto, always, never")
	s.BoolVar(&f.ansi, "ansi", false, "keep the colours of the input")
}

// badFlag says what a flag takes instead of what its parser says.
func badFlag(cmd *cobra.Command, err error) error {
	if f, value, takes := misfit(err); takes != "" {
		return usagef("--%s %q: give %s", f.Name, value, takes)
	}
	return usagef("%w: see %s --help", err, cmd.CommandPath())
}

// misfit is the flag and the value that do not fit each other, and what the
// flag takes; "" for another error.
func misfit(err error) (f *pflag.Flag, value, takes string) {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return nil, "", ""
	}
	f = invalid.GetFlag()
	return f, invalid.GetValue(), flagTakes[f.Value.Type()]
}

// flagTakes is what flags of a type take.
var flagTakes = map[string]string{"int": "a whole number", "duration": "a time such as 30s or 2m", "bool": "true or false"}

// plainCompletion makes a mistake in the name of a shell an error.
func plainCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 {
					return usagef("there is no completion for %q: use bash, fish, powershell or zsh", args[0])
				}
				return cmd.Help()
			}
		}
	}
}

// plainUsage takes the marks of what help names a flag's value by out of the
// descriptions that a shell shows as they are.
func plainUsage(cmd *cobra.Command) {
	plain := func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") }
	cmd.Flags().VisitAll(plain)
	cmd.PersistentFlags().VisitAll(plain)
	for _, c := range cmd.Commands() {
		plainUsage(c)
	}
}

// completeFlags offers the values of the shared flags that have a few; cmd is one
// of the commands that have them.
func completeFlags(cmd *cobra.Command) {
	words := func(list ...string) func() []string { return func() []string { return list } }
	fixed := map[string]func() []string{
		"output": output.FormatNames,
		"level":  words("trace", "debug", "info", "notice", "warning", "error", "critical"),
		"color":  words("auto", "always", "never"),
		"redact": words("on", "email"),
		"theme":  theme.Names,
		"format": func() []string { return parse.Builtin().Names() }, // which takes a while

		"timezone":        words("UTC", "Local"),
		"source-timezone": words("UTC", "Local"),
	}
	for name, values := range fixed {
		complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values(), cobra.ShellCompDirectiveNoFileComp
		}
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err) // a flag named here does not exist
		}
	}
}
