package cli

import (
	"slices"
	"testing"
)

// The marks of library frames come from the configuration, and are checked.
func TestLibrariesOfTheConfiguration(t *testing.T) {
	var c config
	values := map[string]any{"libraries": []any{"/opt/shared/", "acme."}, "timezone": "UTC"}
	if err := c.take("config.toml", values); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Libraries, []string{"/opt/shared/", "acme."}) || len(values) != 1 {
		t.Errorf("took %q, left %v", c.Libraries, values)
	}
	if err := c.take("config.toml", map[string]any{"libraries": int64(3)}); err == nil {
		t.Error("a number is no list of marks")
	}
}
