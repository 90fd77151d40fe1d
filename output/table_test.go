package output

import (
	"bytes"
	"testing"

	"ravel/model"
)

func TestRule27TablesInEveryFormat(t *testing.T) {
	rows := [][]model.Value{
		{model.StringValue("app"), model.NumberValue("12"), model.NumberValue("3.5")},
		{model.StringValue("a, \"b\"\x1b[2J"), model.NumberValue("7"), {}},
		{{}, model.NumberValue("100"), {}},
	}
	for f, want := range map[Format]string{
		JSON: `{"domain":"app","count":12,"avg":3.5}` + "\n" + `{"domain":"a, \"b\"\u001b[2J","count":7,"avg":null}` + "\n" +
			`{"domain":null,"count":100,"avg":null}` + "\n",
		CSV:    "domain,count,avg\napp,12,3.5\n\"a, \"\"b\"\"\\x1b[2J\",7,\n,100,\n",
		Logfmt: "domain=app count=12 avg=3.5\ndomain=\"a, \\\"b\\\"\\u001b[2J\" count=7\ncount=100\n",
		Text:   "domain         count  avg\napp               12  3.5\na, \"b\"\\x1b[2J      7\n                 100\n",
	} {
		var out bytes.Buffer
		table := NewTable(&out, f, Style{})
		table.Columns([]string{"domain", "count", "avg"})
		for _, row := range rows {
			if err := table.Row(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := table.Flush(); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%s: got\n%s\nwant\n%s", f, out.String(), want)
		}
	}
}
