package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ravel/model/redact"
)

// config is what only the configuration file can say.
type config struct {
	file       string              // where it stands
	Keys       map[string][]string // keymap action to its keys
	RedactKeys []string            // names of fields that are always masked
	Redact     []redact.Rule       // further rules of --redact
	Libraries  []string            // further marks of library frames in tracebacks
}

// configDir is the user's folder for ravel, "" where there is none (no HOME):
// then there is no configuration, and ravel starts without.
func (a *app) configDir() string {
	if dir := a.stdio.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "ravel")
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "ravel")
}

// configure gives the flags that the command line leaves alone the values of
// the environment (RAVEL_THEME for --theme), else of the configuration file.
func (a *app) configure(cmd *cobra.Command) (config, error) {
	var c config
	file, values, err := a.readConfig()
	c.file = file
	if err != nil {
		return c, err
	}
	if err := c.take(file, values); err != nil {
		return c, err
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := f.Name
		value, inFile := values[name]
		delete(values, name)
		if f.Changed || name == "config" || name == "help" || name == "version" || err != nil {
			return
		}
		variable := "RAVEL_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if env := a.stdio.Getenv(variable); env != "" {
			if e := cmd.Flags().Set(name, env); e != nil {
				if _, _, takes := misfit(e); takes != "" {
					e = errors.New("give " + takes)
				}
				err = usagef("the environment's %s=%q does not fit --%s: %w", variable, env, name, e)
			}
			return
		}
		if inFile {
			err = setFromFile(cmd.Flags(), f, file, value)
		}
	})
	if err != nil {
		return c, err
	}
	known := a.flagNames()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] { // a flag of another command is no mistake
			return c, usagef("%s: unknown key %q: keys are the long names of flags, keys, redact-rules, redact-keys", file, name)
		}
	}
	return c, nil
}

// flagNames are the names of the shared flags.
func (a *app) flagNames() map[string]bool {
	names := map[string]bool{}
	a.root.Flags().VisitAll(func(f *pflag.Flag) { names[f.Name] = true })
	for _, c := range a.root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { names[f.Name] = true })
	}
	return names
}

func setFromFile(set *pflag.FlagSet, f *pflag.Flag, file string, value any) error {
	all := []any{value}
	if list, ok := value.([]any); ok {
		if _, many := f.Value.(pflag.SliceValue); !many {
			return usagef("%s: %s takes one value, not a list", file, f.Name)
		}
		all = list
	}
	for _, v := range all {
		if err := set.Set(f.Name, fmt.Sprint(v)); err != nil {
			if _, _, takes := misfit(err); takes != "" {
				err = errors.New("give " + takes)
			}
			return usagef("%s: %s = %v does not fit the flag --%s: %w", file, f.Name, v, f.Name, err)
		}
	}
	f.Changed = false // the command line did not say it
	return nil
}

// readConfig reads the configuration file. One that is not there is empty,
// unless the user named it.
func (a *app) readConfig() (file string, values map[string]any, err error) {
	file = a.flags.config
	if file == "" {
		file = a.stdio.Getenv("RAVEL_CONFIG")
	}
	named := file != ""
	if !named {
		dir := a.configDir()
		if dir == "" {
			return "", nil, nil
		}
		file = filepath.Join(dir, "config.toml")
	}
	text, err := os.ReadFile(file)
	switch {
	case (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) && !named: // or HOME is /dev/null
		return file, nil, nil
	case errors.Is(err, fs.ErrPermission) && !named: // sudo and su may leave HOME as it was
		a.goWithout(file)
		return file, nil, nil
	case err != nil:
		return file, nil, usagef("cannot read the configuration: %w", err)
	}
	if err := toml.Unmarshal(text, &values); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			row, col := at.Position()
			return file, nil, usagef("%s:%d:%d: %w", file, row, col, err)
		}
		return file, nil, usagef("%s: %w", file, err)
	}
	return file, values, nil
}

// goWithout tells, once, that this user may not read what stands at path in the
// configuration folder; ravel goes on without.
func (a *app) goWithout(path string) {
	if a.unread == "" {
		a.unread = path + " may not be read by this user: going on without it"
		a.warn("%s", a.unread)
	}
}

// take moves what is no flag from values into c.
func (c *config) take(file string, values map[string]any) error {
	var only struct {
		Keys       map[string][]string `toml:"keys"`
		RedactKeys []string            `toml:"redact-keys"`
		Libraries  []string            `toml:"libraries"`
		Rules      []struct {
			Name    string `toml:"name"`
			Pattern string `toml:"pattern"`
			Literal string `toml:"literal"`
		} `toml:"redact-rules"`
	}
	part := map[string]any{}
	for _, name := range []string{"keys", "redact-keys", "redact-rules", "libraries"} {
		if v, ok := values[name]; ok {
			part[name] = v
			delete(values, name)
		}
	}
	if len(part) == 0 {
		return nil
	}
	text, err := toml.Marshal(part)
	if err == nil {
		err = toml.Unmarshal(text, &only)
	}
	if err != nil {
		return usagef("%s: keys are lists of keys by action, redact-keys a list of names, redact-rules tables of name, pattern and literal, libraries a list of parts of paths: %w", file, err)
	}
	c.Keys, c.RedactKeys, c.Libraries = only.Keys, only.RedactKeys, only.Libraries
	for _, r := range only.Rules {
		c.Redact = append(c.Redact, redact.Rule{Name: r.Name, Pattern: r.Pattern, Literal: r.Literal})
	}
	return nil
}
