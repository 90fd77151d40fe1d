package parse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ravel/model"
)

func TestSamplesOfBuiltinFormats(t *testing.T) {
	set := Builtin()
	for _, name := range set.Names() {
		f, _ := set.Format(name)
		if f.Title == "" {
			t.Errorf("%s has no title", name)
		}
		if f.Pattern != "" && len(f.Samples) == 0 {
			t.Errorf("%s has a pattern and no sample", name)
		}
		for _, err := range set.Check(name) {
			t.Error(err)
		}
	}
}

const userFormat = `
name = "shop"
title = "the shop's own log"
pattern = '^(?P<ts>\d{8}:\d{6}) (?P<level>\S) <(?P<request_id>\w*)> (?P<domain>\w+)> (?P<message>.*)$'
time = ["20060102:150405"]
levels = { "!" = "error", "." = "info" }

[[lifecycle]]
message = "order {id} opened"
kind = "task"
event = "start"
pair = "order"

[[sample]]
line = "20260222:143045 ! <abcdef123456> cart> boom"
ts = "2026-02-22T14:30:45Z"
level = "error"
domain = "cart"
message = "boom"
`

func TestUserFormat(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shop.toml"), []byte(userFormat), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Names()[0]; got != "shop" {
		t.Errorf("the first format tried is %s, not the user's", got)
	}
	for _, err := range set.Check("shop") {
		t.Error(err)
	}
	got := render(t, []byte("20260222:143045 . <abcdef123456> cart> order 7 opened\nmore of it\n{\"level\":\"info\",\"message\":\"mixed in\"}\n"), Options{Formats: set, Domain: "x"})
	for _, want := range []string{"format=shop", `request="abcdef123456"`, "mark=task/1", `"order 7 opened\nmore of it"`, "format=json"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// TestUserFormatInMixedStream sees lines of a user's format among those of a
// built-in one that would take them, too, and has been shown often.
func TestUserFormatInMixedStream(t *testing.T) {
	dir := t.TempDir()
	toml := "name = 'shop'\npattern = '(?P<ts>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d) /(?P<domain>\\w+)/ (?P<message>.*)'\n"
	if err := os.WriteFile(filepath.Join(dir, "shop.toml"), []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	input := strings.Repeat("2026-02-22 14:30:45 INFO opened\n", 20) + "2026-02-22 14:30:46 /cart/ closed\n" + strings.Repeat("2026-02-22 14:30:47 INFO opened\n", 20)
	records := parsed(t, Options{Formats: set}, input)
	if len(records) != 41 || records[20].Format != "shop" || records[20].Domain != "cart" || records[20].Message != "closed" || records[40].Format != "stamped" {
		t.Errorf("%d records, of which the 21st is %s <%s> %q", len(records), records[20].Format, records[20].Domain, records[20].Message)
	}
}

func TestErrorsOfFormatFilesNameTheMend(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"title = 'x'", "name: is missing; write name"},
		{"name = 'x'", "pattern: is missing"},
		{"name = 'x'\npattern = '(?P<message>'", "pattern: missing closing )"},
		{"name = 'x'\npattern = '.*'", "has no named group"},
		{"name = 'x'\npattern = '(?P<message>.*)'\nlevels = { a = 'loud' }", `levels: "loud" is no level; write one of`},
		{"name = 'x'\npattern = '(?P<message>.*)'\ntime = ['yyyy']", "is no layout; write the reference time"},
		{"name = 'x'\npatern = 'y'", "patern: line 2: no such key; known are name"},
		{"name = ", "line 1"},
		{"name = 'x'\npattern = '(?P<message>.*)'\n[[lifecycle]]\nmessage = 'a'\nkind = 'fish'", `kind = "fish"; write http`},
		{"name = 'x'\npattern = '(?P<message>.*)'\nsecond = '('", "second: "},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "bad.toml"), []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(dir)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "bad.toml") {
			t.Errorf("%q: error is %v, want the file and %q", c.file, err, c.want)
		}
	}
	if set, err := Load(filepath.Join(t.TempDir(), "none")); err != nil || set == nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestExplain(t *testing.T) {
	names := model.NewNames()
	b := &model.Batch{Buf: []byte("web-1  | 2026-01-01 10:00:00 INFO hi\nplain\n")}
	New(Options{Names: names, Domain: "x"}).Parse(b, 0, true)
	d := NewDecoder(nil, names, nil)
	if e := d.Explain(b, 0); e.Format != "stamped" || e.Fit != "sure" || len(e.Carriers) != 1 || e.Carriers[0] != "compose" {
		t.Errorf("explained as %s, %s, %v", e.Format, e.Fit, e.Carriers)
	}
	if e := d.Explain(b, 1); e.Format != "text" || e.Fit != "none" || e.Record.Message != "plain" {
		t.Errorf("explained as %s, %s, %q", e.Format, e.Fit, e.Record.Message)
	}
}
