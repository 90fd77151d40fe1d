package query

import "testing"

func TestEdit(t *testing.T) {
	for _, c := range []struct {
		in    string
		edit  func(*Query, string, string) *Query
		field string
		value string
		want  string
	}{
		{"", Toggle, "level", "DEBUG", "-level=debug"},
		{"-level=debug", Toggle, "level", "DEBUG", ""},
		{"-level=debug", Toggle, "level", "none", "-level=none,debug"},
		{"", Only, "level", "ERROR", "level=error"},
		{"level=error", Toggle, "level", "WARNING", "level=error,warning"},
		{"level>=warning x", Toggle, "level", "INFO", "x level=critical,error,warning,info"},
		{"level>=warning", Toggle, "level", "WARNING", "level>=error"},
		{"level>=info", Exclude, "level", "ERROR", "level=critical,warning,notice,info"},
		{"level=error", Toggle, "level", "ERROR", ""},
		{"timeout", Toggle, "domain", "auth", "timeout -domain=auth"},
		{"timeout -domain=auth", Toggle, "domain", "db", "timeout -domain=auth,db"},
		{"timeout -domain=auth", Toggle, "domain", "auth", "timeout"},
		{"domain=auth", Toggle, "domain", "db", "domain=auth,db"},
		{"domain=auth,db", Toggle, "domain", "db", "domain=auth"},
		{"domain=auth,db", Exclude, "domain", "db", "domain=auth"},
		{"domain=auth", Exclude, "domain", "auth", "domain=auth -domain=auth"},
		{"a or b", Only, "domain", "none", "(a or b) domain=none"},
		{"domain=auth x domain~/y/", Only, "domain", "my app", `x domain="my app"`},
		{"", Only, "user", "42", "user=42"},
		{"", Only, "user", "a,b", `user="a,b"`},
		{"", Only, "status", "5xx", "status=5xx"},
		{"@logStream=x y", Toggle, "source", "z", "source=x,z y"},
		{"", Exclude, "status", "404", "-status=404 -request(status=404)"},
		{"-status=404 -request(status=404)", Toggle, "status", "500", "-status=404,500 -request(status=404,500)"},
		{"-status=404,500 x -request(status=404,500)", Toggle, "status", "404", "-status=500 x -request(status=500)"},
		{"-status=404 x -request(status=404)", Toggle, "status", "404", "x"},
		{"-status=404 x -request(status=404)", Only, "status", "2xx", "x status=2xx"},
		{"-status=404", Exclude, "status", "404", "-status=404 -request(status=404)"},
		{"status=404,500", Exclude, "status", "404", "status=500"},
		{"", Exclude, "status", "none", "-status=none"},
		{"", Toggle, "path", "/health", "-path=/health -request(path=/health)"},
		{"", Toggle, "state", "complete", "-request(state=complete)"},
		{"-request(state=complete)", Toggle, "state", "hung", "-request(state=complete,hung)"},
		{"x request(state=failed)", Only, "state", "hung", "x request(state=hung)"},
		{"level=error | stats count() by x", Toggle, "domain", "a", "level=error -domain=a | stats count() by x"},
	} {
		q, err := Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		got := c.edit(q, c.field, c.value).String()
		if got != c.want {
			t.Errorf("%q edited by %s %s = %q, want %q", c.in, c.field, c.value, got, c.want)
		}
		if q.String() != mustParse(t, c.in).String() {
			t.Errorf("%q was changed", c.in)
		}
		mustParse(t, got)
	}
}

func TestWithoutAndShows(t *testing.T) {
	q := mustParse(t, "x level>=warning (level=error or level=none) -domain=auth domain:a request(state=failed) status=5xx")
	if got, want := Without(q, "level").String(), "x -domain=auth domain:a request(state=failed) status=5xx"; got != want {
		t.Errorf("Without level: %q, want %q", got, want)
	}
	if got, want := Without(q, "state").String(), "x level>=warning (level=error or level=none) -domain=auth domain:a status=5xx"; got != want {
		t.Errorf("Without state: %q, want %q", got, want)
	}
	hidden := mustParse(t, "x -status=4xx -request(status=4xx)")
	if got := Without(hidden, "status").String(); got != "x" || Shows(hidden, "status", "404") || !Shows(hidden, "status", "200") {
		t.Errorf("Without status: %q; shows 404: %v, 200: %v", got, Shows(hidden, "status", "404"), Shows(hidden, "status", "200"))
	}
	for _, c := range []struct {
		field, value string
		want         bool
	}{
		{"level", "ERROR", true}, {"level", "WARNING", false}, {"level", "none", false}, {"domain", "auth", false}, {"domain", "api", true},
		{"domain", "x", false}, {"state", "failed", true}, {"state", "hung", false}, {"status", "5xx", true}, {"status", "503", true},
		{"status", "2xx", false}, {"source", "any", true},
	} {
		if got := Shows(q, c.field, c.value); got != c.want {
			t.Errorf("Shows(%s, %s) = %v", c.field, c.value, got)
		}
	}
}

// mustParse is Parse of a query that is known to be right.
func mustParse(t testing.TB, text string) *Query {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return q
}

// TestClauses checks the terms that keys add: they read back as what they are.
func TestClauses(t *testing.T) {
	for _, c := range []struct {
		term Expr
		want string
	}{
		{SameTemplate(`user 7 said "no" in 3ms`), `template="user <num> said <str> in <num>ms"`},
		{SameTemplate("ready"), "template=ready"},
		{Is("path", "/api/v1/jobs"), "path=/api/v1/jobs"},
		{Is("path", `/a b\`), `path="/a b\\"`},
		{Is("path", `/a"b`), `path=/a"b`},
		{Is("request_id", "none"), `request_id="none"`},
		{Is("request_id", "tab\tinside"), "request_id=\"tab\tinside\""},
	} {
		got := c.term.String()
		if got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		for _, text := range []string{got, "-" + got, got + " level=error"} {
			if q, err := Parse(text); err != nil || q.String() != text {
				t.Errorf("%s reads back as %v, %v", text, q, err)
			}
		}
	}
}
