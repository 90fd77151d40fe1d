package query

import (
	"slices"
	"testing"
)

// seen is a fixed vocabulary.
type seen struct{}

func (seen) Fields() []string { return []string{"user_id", "ip", "endpoint", "odd name", "or", "`"} }

func (seen) Values(field string) []string {
	return map[string][]string{"domain": {"app", "auth", "my db"}, "ip": {"10.0.0.1"}, "status": {"200"}}[field]
}

func TestComplete(t *testing.T) {
	for _, c := range []struct {
		text  string
		from  int
		first []string
	}{
		{"le", 0, []string{"level"}},
		{"a -le", 3, []string{"level"}},
		{"us", 0, []string{"user_id", "status"}},
		{"level>=w", 7, []string{"warning"}},
		{"domain=app,", 11, []string{"app", "auth", `"my db"`, "none"}},
		{"é domain=a", 9, []string{"app", "auth"}},
		{"request(st", 8, []string{"state", "start", "status"}},
		{"request(state=h", 14, []string{"hung"}},
		{"x | st", 4, []string{"stats"}},
		{"x | stats p", 10, []string{"p50", "p90", "p95", "p99"}},
		{"x | stats avg(dur", 14, []string{"duration"}},
		{"x | stats count() by bi", 21, []string{"bin(1m)"}},
		{"x | stats count() as n by ip | sort d", 36, []string{"desc", "domain", "duration"}},
		{"x | stats count() as hits by ip | sort h", 39, []string{"hits"}},
		{"x | filter ip=", 14, []string{"10.0.0.1", "none"}},
		{"ts>", 3, []string{"-5m"}},
		{"odd", 0, []string{"`odd name`"}},
		{"x | top od", 8, []string{"`odd name`"}},
		{"x~/a|b/ le", 8, []string{"level"}},
		{"/a|b/i le", 7, []string{"level"}},
		{"'a | b' le", 8, []string{"level"}},
		{"`a|b`=1 le", 8, []string{"level"}},
		{"can't | st", 8, []string{"stats"}},
		{"/api/v1 | st", 10, []string{"stats"}},
	} {
		got := Complete(c.text, len([]rune(c.text)), seen{})
		if got.From != c.from {
			t.Errorf("Complete(%q) replaces from %d, want %d", c.text, got.From, c.from)
		}
		for _, w := range c.first {
			if !slices.ContainsFunc(got.Items, func(s string) bool { return s == w || s == w+"(" }) {
				t.Errorf("Complete(%q) = %q, want %q in it", c.text, got.Items, w)
			}
		}
	}
	if got := Complete("level", 5, nil); slices.Contains(got.Items, "level") {
		t.Errorf("what is typed is proposed again: %q", got.Items)
	}
}
