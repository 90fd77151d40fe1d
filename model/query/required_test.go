package query

import "testing"

func TestRequired(t *testing.T) {
	for text, want := range map[string]int{
		"needle": 8, "Needle": -1, "needle level=error": 8, "a needle": 8, "/x need[l]e/": -1, "/eedle.*7/": -1,
		"-needle": -2, "needle or level=error": -2, "level=error": -2, "duration_ms>2000": -2, "naïve": -2, "user=needle": -1, "": -2,
	} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := q.Compile(Env{})
		if err != nil {
			t.Fatal(err)
		}
		begin := p.Required()
		switch {
		case begin == nil && want != -2:
			t.Errorf("%q requires nothing, want a text", text)
		case begin != nil && want == -2:
			t.Errorf("%q requires a text, want none", text)
		case begin != nil:
			if got := begin([]byte("1 ABC a NEEdle 7"))(0); got != want {
				t.Errorf("%q is found at %d, want %d", text, got, want)
			}
		}
	}
}
