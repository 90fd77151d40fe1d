package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// reopen writes a command line that opens the explorer on what cmd was called
// for, under another query.
type reopen struct {
	cmd  *cobra.Command
	args []string
}

// asQuery are the flags that have become part of the query: a user may have
// dropped them from it since.
var asQuery = map[string]bool{"query": true, "level": true, "include": true, "exclude": true}

// line is the command line. The query stands before the sources: behind a
// command that is run it would be the command's own. Pods keep --since, which
// also says what is asked of the server.
func (r reopen) line(query string) string {
	words := strings.Fields(r.cmd.CommandPath())
	if query != "" {
		words = append(words, "-q", shellQuote(query))
	}
	pods := r.cmd.Name() == "k8s"
	r.cmd.Flags().Visit(func(f *pflag.Flag) {
		if asQuery[f.Name] || !pods && (f.Name == "since" || f.Name == "until") {
			return
		}
		words = append(words, flagWords(f)...)
	})
	if r.cmd.Name() == "run" {
		words = append(words, "--")
	}
	for _, arg := range r.args {
		words = append(words, shellQuote(arg))
	}
	return strings.Join(words, " ")
}

// flagWords are a flag as the command line has it.
func flagWords(f *pflag.Flag) []string {
	value := f.Value.String()
	switch list, ok := f.Value.(pflag.SliceValue); {
	case ok:
		var words []string
		for _, v := range list.GetSlice() {
			words = append(words, "--"+f.Name, shellQuote(v))
		}
		return words
	case f.NoOptDefVal == value:
		return []string{"--" + f.Name}
	case f.NoOptDefVal != "":
		return []string{"--" + f.Name + "=" + shellQuote(value)}
	}
	return []string{"--" + f.Name, shellQuote(value)}
}

// shellQuote makes an argument safe to paste into a shell.
func shellQuote(arg string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./:=,@%+", r)
	}
	if arg != "" && strings.IndexFunc(arg, func(r rune) bool { return !plain(r) }) < 0 {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
