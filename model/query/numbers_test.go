package query

import "testing"

func TestNumbers(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "a b": false, "level=info -duration>2s": false, "line>7": true, "a or -(b seq=1,2)": true, "exists(line)": true, "fields.line=7": false,
		"request(line=1)": true, "a | stats count() by domain": false, "a | stats count() by domain | limit 3": false, "a | stats max(line)": true,
		"a | stats count() by seq": true, "a | limit 3": true, "a | fields message": true, "line=1 | stats count()": true, "| errors": true,
	} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Numbers(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
