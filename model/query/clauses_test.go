package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// jsonLog is a log of these lines of JSON.
func jsonLog(lines ...string) *testLog {
	l := newTestLog()
	for _, line := range lines {
		l.addJSON(line+"\n", "a.jsonl")
	}
	return l
}

// findsOf are the numbers of the records of l that a filter finds.
func findsOf(t *testing.T, l *testLog, text string) string {
	t.Helper()
	p, err := mustParse(t, text).Compile(l.env())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	bits := model.NewBits(l.batch.Len())
	p.Narrow(&l.batch, bits)
	var got []string
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		got = append(got, fmt.Sprint(i+1))
	}
	return strings.Join(got, " ")
}

// TestR8Numbers compares integers of any length as such, other numbers as
// numbers, what is quoted as text.
func TestR8Numbers(t *testing.T) {
	l := jsonLog(`{"id":12345678901234567890,"n":1}`, `{"id":12345678901234567891,"n":1.0}`, `{"id":-12345678901234567890,"n":"1"}`,
		`{"id":9223372036854775807,"n":1e0}`, `{"id":"12345678901234567890","n":"one"}`, `{"id":1.2345678901234567e19,"n":null}`)
	for _, c := range []struct{ query, want string }{
		{"id=12345678901234567890", "1 5 6"}, {"id=12345678901234567891", "2 6"}, {"id>12345678901234567890", "2"},
		{"id>=12345678901234567890", "1 2 5 6"}, {"id<12345678901234567891", "1 3 4 5"}, {"id<-12345678901234567889", "3"},
		{"id=9223372036854775807", "4"}, {"id=9223372036854775806", ""}, {`id="12345678901234567890"`, "1 5"},
		{"n=1", "1 2 3 4"}, {`n="1"`, "1 3"}, {"n=1.00", "1 2 3 4"}, {"n>0.5", "1 2 3 4"}, {"n<one", "1 2 3 4"}, {"n=none", "6"},
	} {
		if got := findsOf(t, l, c.query); got != c.want {
			t.Errorf("%s finds %q, want %q", c.query, got, c.want)
		}
	}
	rows, _ := pipe(t, l, "| sort id desc | fields id")
	if got := strings.Join(rows[:3], " "); got != "12345678901234567891 12345678901234567890 12345678901234567890" {
		t.Errorf("sorted: %s", got)
	}
}

// TestR12Suggestions names what was probably meant, at the column of the word.
func TestR12Suggestions(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a | stat count()", `column 5: "stat" is no stage (stats?); to search for | quote it`},
		{"| where x=1", `column 3: "where" is no stage (filter?)`},
		{"| count", `column 3: "count" is no stage (stats count()?)`},
		{"| frobnicate", `column 3: "frobnicate" is no stage; to search`},
		{"a || b", `column 4: "||" is no operator; to search for | quote it; expected "or"`},
		{"| stats median(x)", `column 9: there is no function median (p50?)`},
		{"| stats cont()", `column 9: there is no function cont (count?)`},
		{"| stats count", `column 9: "count" is no aggregate without its (...)`},
		{"level>=warnin", `column 8: "warnin" is not a level (warning?)`},
		{"level>=none", `column 8: "none" is not a level; expected trace, debug, info, notice, warning, error or critical`},
		{"duration>2", `expected 2ms or 2s`},
		{"ts>15m", `column 4: "15m" is not a time; expected -15m (before now) or end-15m (before the newest record)`},
		{"ts>-15", `column 4: "-15" is not a time; expected a unit: -15m or -15h`},
		{"| limit 99999999999", `column 9: "99999999999" is more than limit takes`},
		{"é | limit 5 | requests", `column 15: requests are folded from records`},
	} {
		_, err := Parse(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.in, err, c.want)
		}
	}
}

// TestR13Refused: arithmetic, functions and comparisons of Insights that are
// none here are refused at their column: as words they would find nothing.
func TestR13Refused(t *testing.T) {
	for _, c := range []struct {
		in   string
		col  int
		want string
	}{
		{"filter strlen(@message) > 5", 8, "no function strlen"},
		{"fields @message | filter strlen(@message)>5", 26, "no function strlen"},
		{"fields a | filter isempty(x)", 19, "no function isempty"},
		{"fields a | filter not isempty(x) and y=1", 23, "no function isempty"},
		{"filter (abs(x) > 5) | limit 1", 9, "no function abs"},
		{"filter a-b = 5 | limit 1", 9, "arithmetic (-)"},
		{"filter a/1000>5", 9, "arithmetic (/)"},
		{"filter a + b > 5 | limit 2", 10, "arithmetic (+)"},
		{"filter a = 5 * 2 | limit 1", 14, "arithmetic (*)"},
		{"filter x like y | limit 1", 15, "like compares with nothing"},
		{"filter 5 > x | limit 1", 8, `"5" is no field's name`},
		{"stats sum(a)/count(b) by c", 13, "arithmetic (/)"},
		{"stats count() by strlen(x)", 18, "no function strlen"},
	} {
		_, err := Parse(c.in)
		var e *Error
		if !errors.As(err, &e) || e.Col != c.col || !strings.Contains(e.Msg, c.want) {
			t.Errorf("%s: %v, want column %d and %q", c.in, err, c.col, c.want)
		}
	}
	for _, text := range []string{"filter coffee", "filter handler_1()", "strlen(x) > 5", "isempty(x)", "a + b > 5", "foo like bar | limit 1"} {
		if _, err := Parse(text); err != nil {
			t.Errorf("%s is text: %v", text, err)
		}
	}
}

// TestSortTail: the last rows are those of all that came, not of what a sort
// without a limit keeps.
func TestSortTail(t *testing.T) {
	l := newTestLog()
	n := sortedRows + 50
	for i := range n {
		text := fmt.Sprintf("n=%d", i*7%n)
		l.add(text+"\n", model.Record{Time: model.NoTime, Message: text}, model.Meta{Dur: model.NoDur})
	}
	for _, c := range []struct{ query, want string }{
		{"| sort n | tail 2", fmt.Sprintf("n=%d n=%d", n-2, n-1)},
		{"| sort n desc | tail 2", "n=1 n=0"},
		{"| sort n | tail 0", ""},
		{"| sort n desc | limit 2", fmt.Sprintf("n=%d n=%d", n-1, n-2)},
	} {
		rows, p := pipe(t, l, c.query)
		if got := strings.Join(rows, " "); got != c.want || len(p.Notes()) > 0 {
			t.Errorf("%s: %q, want %q; notes %q", c.query, got, c.want, p.Notes())
		}
	}
}

// TestRoom: what operators keep of rows is bounded by bytes, and what that cut
// is told.
func TestRoom(t *testing.T) {
	l := newTestLog()
	for i := range 100 {
		text := fmt.Sprintf("n=%03d %s", i, strings.Repeat("x", 10_000))
		l.add(text+"\n", model.Record{Time: testEpoch, Message: text}, model.Meta{Dur: model.NoDur})
	}
	for _, c := range []struct{ query, first, note string }{
		{"| tail 50", "n=0", "tail: the last "},
		{"| sort n desc", "n=099", "sort: the first "},
		{"| sort n | tail 50", "n=0", "sort: the last "},
		{"| sort n | limit 50", "n=000", "sort: the first "},
		{"| stats count() by message", "n=000", " rows are of groups beyond the first "},
	} {
		q := mustParse(t, c.query)
		env := l.env()
		env.Room = 200_000
		var rows []string
		p, err := NewPipeline(q.Stages, env, func(r *Row) error { rows = append(rows, showRow(r)); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Add(&l.batch, model.NewBits(l.batch.Len())); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(p.Notes(), "; ")
		if len(rows) < 2 || len(rows) > 20 || !strings.HasPrefix(rows[0], c.first) || !strings.Contains(notes, c.note) {
			t.Errorf("%s: %d rows, the first %.5s; notes %q", c.query, len(rows), rows[0], notes)
		}
	}
}

// TestExtremesAreOfNumbers: where there are numbers, what is none counts for
// neither min nor max, as it does not for sums.
func TestExtremesAreOfNumbers(t *testing.T) {
	l := jsonLog(`{"v":"N/A","w":"b"}`, `{"v":7,"w":"a"}`, `{"v":"-"}`, `{"v":"12"}`, `{"v":null}`, `{"v":"NaN","w":"c"}`)
	rows, _ := pipe(t, l, "| stats min(v), max(v), sum(v), avg(v), count(v), min(w), max(w), max(nope)")
	if got := strings.Join(rows, " "); got != "7|12|19|9.5|5|a|c|-" {
		t.Errorf("%s", got)
	}
}

// TestBinsOfDays: a day is the shown zone's, with 23 hours or 25 where its clocks
// change, and a row opens all of its records and no other's.
func TestBinsOfDays(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from time.Time
		bin  string
		want []string
	}{
		{time.Date(2024, 3, 30, 0, 0, 0, 0, rome), "1d", []string{"2024-03-29T23:00:00.000000000Z|24", "2024-03-30T23:00:00.000000000Z|23", "2024-03-31T22:00:00.000000000Z|24"}},
		{time.Date(2024, 10, 26, 0, 0, 0, 0, rome), "1d", []string{"2024-10-25T22:00:00.000000000Z|24", "2024-10-26T22:00:00.000000000Z|25", "2024-10-27T23:00:00.000000000Z|24"}},
		{time.Date(1969, 12, 30, 0, 0, 0, 0, rome), "2d", []string{"1969-12-29T23:00:00.000000000Z|48", "1969-12-31T23:00:00.000000000Z|24"}},
	} {
		l := newTestLog()
		for at, end := c.from, c.from.AddDate(0, 0, 3); at.Before(end); at = at.Add(time.Hour) {
			l.add("m\n", model.Record{Time: at.UnixNano(), Message: "m"}, model.Meta{Dur: model.NoDur})
		}
		env := l.env()
		env.Zone = rome
		var rows []string
		p, err := NewPipeline(mustParse(t, "| stats count() by bin("+c.bin+")").Stages, env, func(r *Row) error {
			rows = append(rows, showRow(r))
			pred, err := compile(r.Open(), env)
			if err != nil {
				return err
			}
			bits := model.NewBits(l.batch.Len())
			pred.Narrow(&l.batch, bits)
			if !strings.HasSuffix(showRow(r), fmt.Sprintf("|%d", bits.Count())) {
				t.Errorf("%s opens %d records", showRow(r), bits.Count())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Add(&l.batch, model.NewBits(l.batch.Len())); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(rows, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.bin, rows, c.want)
		}
	}
}

// TestColumnsAsComputed: behind a stats, a filter names its columns as they were
// computed; anywhere else that is text.
func TestColumnsAsComputed(t *testing.T) {
	l := jsonLog(`{"k":"a","n":1}`, `{"k":"a","n":5}`, `{"k":"b","n":7}`, `{"k":"c"}`)
	for _, c := range []struct{ query, want string }{
		{"| stats avg(n), count() by k | filter avg(n)>=3", "b|7|1 a|3|2"},
		{"| stats avg(n), count() by k | filter avg(n) > 3 or count()=2", "b|7|1 a|3|2"},
		{"| stats avg(n) by k | filter -avg(n)>3 | sort k", "a|3 c|-"},
		{"stats pct(n, 50) by k | filter pct(n, 50) in (1, 7) | sort k", "a|1 b|7"},
		{"| stats avg(n) as m by k | filter m>3", "b|7"},
		{`| stats avg(n) by k | filter "avg(n)>3"`, ""},
	} {
		rows, _ := pipe(t, l, c.query)
		if got := strings.Join(rows, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.query, got, c.want)
		}
		again := mustParse(t, mustParse(t, c.query).String())
		if rows, _ := pipe(t, l, again.String()); strings.Join(rows, " ") != c.want {
			t.Errorf("%s came back as %s", c.query, again)
		}
	}
	if q := mustParse(t, "avg(n)>3 | stats count()"); q.Filter.(*Text).Word != "avg(n)>3" {
		t.Errorf("read as %s", q)
	}
}

// TestColumnsOfOneName are told apart.
func TestColumnsOfOneName(t *testing.T) {
	l := jsonLog(`{"count":7,"n":1}`, `{"count":7,"n":2}`)
	for query, want := range map[string]string{
		"| top count":                              "count count_2",
		"| stats count(), count() by n | sort n":   "n count count_2",
		"| fields n as a, count as a, n as a, a_2": "a a_2 a_3 a_2_2",
	} {
		if _, p := pipe(t, l, query); strings.Join(p.Columns(), " ") != want {
			t.Errorf("%s: columns %q, want %q", query, p.Columns(), want)
		}
	}
}

// TestR16FieldsOfFields: fields.n is the key n, unless the record has keys
// within one called fields, as Rust's tracing writes.
func TestR16FieldsOfFields(t *testing.T) {
	l := jsonLog(`{"fields":{"message":"hello","n":5},"n":1}`, `{"fields":{"message":"bye","n":6},"n":2}`, `{"n":5}`, `{"n":7,"fields.n":9}`, `{"fields":{"m":1},"n":5}`)
	for _, c := range []struct{ query, want string }{
		{"fields.n=5", "1 3 5"}, {"fields.n=1", ""}, {"fields.n>5", "2 4"}, {"n=5", "3 5"}, {"n<3", "1 2"}, {"fields.message=hello", "1"}, {"exists(fields.m)", "5"},
	} {
		if got := findsOf(t, l, c.query); got != c.want {
			t.Errorf("%s finds %q, want %q", c.query, got, c.want)
		}
	}
	rows, _ := pipe(t, l, "| fields fields.n, n")
	if got := strings.Join(rows, " "); got != "5|1 6|2 5|5 9|7 5|5" {
		t.Errorf("the fields are %s", got)
	}
}

// TestR11HoursOfChangingClocks: an hour is what the shown clocks call so, also
// where they are changed.
func TestR11HoursOfChangingClocks(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, from, to string }{
		{"2024-10-27T01", "2024-10-26T23:00:00Z", "2024-10-27T00:00:00Z"},
		{"2024-10-27T02", "2024-10-27T00:00:00Z", "2024-10-27T02:00:00Z"},
		{"2024-10-27T03", "2024-10-27T02:00:00Z", "2024-10-27T03:00:00Z"},
		{"2024-10-27", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"},
		{"2024-03-31T01", "2024-03-31T00:00:00Z", "2024-03-31T01:00:00Z"},
		{"2024-03-31T03", "2024-03-31T01:00:00Z", "2024-03-31T02:00:00Z"},
		{"2024-03-31", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"},
		{"2024-10-27T02+02:00", "2024-10-27T00:00:00Z", "2024-10-27T01:00:00Z"},
	} {
		from, to, err := Moment(c.text, Env{Zone: rome})
		if err != nil {
			t.Fatal(err)
		}
		show := func(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339) }
		if show(from) != c.from || show(to) != c.to {
			t.Errorf("%s is %s to %s, want %s to %s", c.text, show(from), show(to), c.from, c.to)
		}
	}
}
