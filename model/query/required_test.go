package query

import (
	"strings"
	"testing"
)

func TestRequired(t *testing.T) {
	for text, want := range map[string]int{
		"needle": 8, "Needle": -1, "needle level=error": 8, "a needle": 8, "/x need[l]e/": -1, "/eedle.*7/": -1,
		"-needle": -2, "needle or level=error": -2, "level=error": -2, "status=ok": -1, "method~/G/": -2, "user=none": -2, "pod~/x/": -2, "naïve": -2, "user=needle": -1, "": -2,
		"/[A-Z]{3}[a-z]/": 8, "/[a-z]+.[0-9]/": -2, "/[a-z]{2}|[0-9]/": -2, "/(ee|dl)[^x]/": 11, "/[^x]ee/": -1, "level=error /[A-Z]{3}[a-z]/": 8, "/[A-Z]{3}[a-z]/ needle": 8,
	} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := q.Compile(Env{})
		if err != nil {
			t.Fatal(err)
		}
		need := p.Required()
		switch {
		case need == nil && want != -2:
			t.Errorf("%q requires nothing, want a text", text)
		case need != nil && want == -2:
			t.Errorf("%q requires a text, want none", text)
		case need != nil:
			if got := need.Begin([]byte("1 ABC a NEEdle 7"))(0); got != want {
				t.Errorf("%q is found at %d, want %d", text, got, want)
			}
		}
	}
}

func TestRequiredKey(t *testing.T) {
	const text = `{"xuser": 7, "user": 5, "user_id": 7, "fields": {"user": 7}, "duration_ms": 12, "id": "x", "a": {"id": 8}}` + "\n"
	for filter, want := range map[string]string{
		"user>6": `user": 7}`, "user>4": `user": 5`, "level>=info user>6": `user": 7}`, "exists(user)": `user": 5`, "a.id>7": `id": "x"`, "a.id=8": `id": "x"`,
		"duration_ms>11": "duration_ms", "duration_ms>12": "", "user~/^7/": `user": 5`,
	} {
		p, err := mustParse(t, filter).Compile(Env{})
		if err != nil {
			t.Fatal(err)
		}
		need := p.Required()
		if need == nil || need.Key == "" || need.Duration != strings.HasPrefix(filter, "duration") {
			t.Errorf("%s requires %+v, want a key", filter, need)
			continue
		}
		got := need.Begin([]byte(text))(0)
		if want == "" && got >= 0 || want != "" && (got < 0 || !strings.HasPrefix(text[got:], want)) {
			t.Errorf("%s is found at %d, want %q", filter, got, want)
		}
	}
}
