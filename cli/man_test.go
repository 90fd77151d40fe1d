package cli

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func manPage(t *testing.T) (root *cobra.Command, page string) {
	t.Helper()
	root = (&app{}).rootCommand()
	var out bytes.Buffer
	if err := writeManual(&out, root); err != nil {
		t.Fatal(err)
	}
	return root, out.String()
}

func TestTheManualNamesEveryCommandAndFlag(t *testing.T) {
	root, page := manPage(t)
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		if c.IsAvailableCommand() && c.Runnable() && !c.HasAvailableSubCommands() && c.Name() != "help" && !strings.Contains(page, `.SS "`+roff(c.CommandPath())) {
			t.Errorf("no section on %s", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" && !strings.Contains(page, roff("--"+f.Name)) {
				t.Errorf("%s: no word on --%s", c.CommandPath(), f.Name)
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
}

func TestTheManualIsSoundRoff(t *testing.T) {
	_, page := manPage(t)
	known := regexp.MustCompile(`^\.(TH|SH|SS|TP|PP|nf|fi)( "([^"]|"")*")*$`)
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		if (strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'")) && !known.MatchString(line) {
			t.Errorf("%q is no macro", line)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		return // what it would say is a second opinion
	}
	cmd := exec.Command(groff, "-man", "-Tutf8", "-ww", "-z")
	cmd.Stdin = strings.NewReader(page)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("groff: %v\n%s", err, out)
	}
}

func TestRoff(t *testing.T) {
	for in, want := range map[string]string{
		"a-b":          `a\-b`,
		`\d`:           `\ed`,
		".git\n'x'":    "\\&.git\n\\&'x'",
		"mid.dle 'x'":  "mid.dle 'x'",
		"1. one\n.two": "1. one\n\\&.two",
	} {
		if got := roff(in); got != want {
			t.Errorf("roff(%q) = %q, want %q", in, got, want)
		}
	}
}
