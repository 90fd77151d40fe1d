package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A configuration that this user may not read, as under sudo -u, is none; one
// that was named is a mistake.
func TestConfigurationOfAnotherUser(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "ravel")
	if err := os.MkdirAll(filepath.Join(folder, "formats"), 0o700); err != nil {
		t.Fatal(err)
	}
	file, log := filepath.Join(folder, "config.toml"), filepath.Join(dir, "app.log")
	for path, text := range map[string]string{file: "nonsense = 1\n", log: "hello\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(folder, 0); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(folder, 0o700) }() // for TempDir to remove it
	if _, err := os.ReadFile(file); err == nil {
		t.Skip("this user may read everything")
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-o", "raw", log}, exitOK, "config.toml may not be read by this user: going on without it"},
		{[]string{"--config", file, "-o", "raw", log}, exitUsage, "cannot read the configuration"},
	} {
		var out, errs bytes.Buffer
		getenv := func(name string) string { return map[string]string{"XDG_CONFIG_HOME": dir}[name] }
		status := Run(t.Context(), c.args, Stdio{Out: &out, Err: &errs, Getenv: getenv})
		if status != c.status || strings.Count(errs.String(), "\n") != 1 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%v: status %d, %s", c.args, status, errs.String())
		}
	}
}
