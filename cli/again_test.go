package cli

import (
	"testing"

	"github.com/spf13/cobra"
)

// TestReopen: what is copied opens the view again, and -q is never taken for
// an argument of the command that is run.
func TestReopen(t *testing.T) {
	for _, c := range []struct {
		args  []string
		query string
		want  string
	}{
		{[]string{"logs/"}, "", "ravel logs/"},
		{[]string{"--level", "error", "-q", "x", "-i", "a b", "-sx", "my log"}, "level>=error x", "ravel -q 'level>=error x' 'my log'"},
		{[]string{"--redact", "--color=never", "-1", "a"}, "it's", `ravel -q 'it'\''s' --redact --color never --one-line a`},
		{[]string{"--redact=email", "-"}, "", "ravel --redact=email -"},
		{[]string{"run", "-qx", "--gentle", "--", "./server", "-q", "--level", "3"}, "level>=error", "ravel run -q 'level>=error' --gentle -- ./server -q --level 3"},
		{[]string{"run", "make", "-i"}, "", "ravel run -- make -i"},
		{[]string{"k8s", "-n", "prod,test", "-s", "5m", "deploy/api"}, "a", "ravel k8s -q a --namespace prod --namespace test --since 5m deploy/api"},
	} {
		root := (&app{}).rootCommand()
		got := ""
		var watch func(cmd *cobra.Command)
		watch = func(cmd *cobra.Command) {
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				got = reopen{cmd, args}.line(c.query)
				return nil
			}
			for _, sub := range cmd.Commands() {
				watch(sub)
			}
		}
		watch(root)
		root.SetArgs(c.args)
		if err := root.Execute(); err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
		if got != c.want {
			t.Errorf("%v:\n got %s\nwant %s", c.args, got, c.want)
		}
	}
}
