package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ravel/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ravel": func() { os.Exit(cli.Main()) },
	})
}

// TestScripts runs testdata/script/*.txtar: the program as users call it, its
// output, its messages and its exit status. Scripts are named by the rules of
// the contract that they check.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("RAVEL_UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("NO_COLOR", "")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			return cond == "root" && os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": cmdStatus,
			"sh":     cmdShell,
		},
	})
}

// cmdStatus runs a program and checks its exit status: status 2 ravel -o bad.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args…")
	}
	err := ts.Exec(args[1], args[2:]...)
	checkStatus(ts, args[0], err)
}

// cmdShell runs a line of shell and checks its exit status: sh 0 'a | b'.
func cmdShell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sh N 'line'")
	}
	checkStatus(ts, args[0], ts.Exec("sh", "-c", args[1]))
}

func checkStatus(ts *testscript.TestScript, want string, err error) {
	got := "0"
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // testscript returns it as it is
		got = strings.TrimPrefix(exit.ProcessState.String(), "exit status ")
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %s, want %s", got, want)
	}
}
