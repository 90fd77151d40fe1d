package query

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// pipe runs a query over a log, cut into batches of size records, and shows
// its rows.
func pipe(t *testing.T, l *testLog, text string) (rows []string, p *Pipeline) {
	t.Helper()
	q := mustParse(t, text).Normal()
	pred, err := q.Compile(l.env())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	p, err = NewPipeline(q.Stages, l.env(), func(r *Row) error {
		rows = append(rows, showRow(r))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	bits := model.NewBits(l.batch.Len())
	pred.Narrow(&l.batch, bits)
	if err := p.Add(&l.batch, bits); err != nil && !errors.Is(err, ErrDone) {
		t.Fatalf("%s: %v", text, err)
	}
	if err := p.Close(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return rows, p
}

// showRow is a row as text: values with |, - for null; a record's message.
func showRow(r *Row) string {
	switch {
	case r.Record != nil:
		return r.Record.Message
	case r.Request != nil:
		return r.Request.ID
	}
	var cells []string
	for _, v := range r.Values {
		if v.Kind == model.Null {
			cells = append(cells, "-")
		} else {
			cells = append(cells, valueText(v))
		}
	}
	return strings.Join(cells, "|")
}

// shopLog is a small log with known answers.
func shopLog() *testLog {
	l := newTestLog()
	for i, m := range []string{
		`"level":"INFO","message":"took 10 ms user=bob","user":"bob","n":1,"duration_ms":10,"status":200`,
		`"level":"INFO","message":"took 20 ms user=eve","user":"eve","n":2,"duration_ms":20,"status":200`,
		`"level":"ERROR","message":"failed for id 7","user":"bob","n":2.5,"duration_ms":2000,"status":500`,
		`"level":"ERROR","message":"failed for id 12","user":null,"tags":["a","b"]`,
		`"level":"WARNING","message":"took 30 ms user=bob","user":"bob","n":10,"duration_ms":30,"status":404`,
	} {
		ts := time.Unix(0, testEpoch+int64(i)*150e9).UTC().Format(time.RFC3339Nano)
		l.addJSON(`{"ts":"`+ts+`",`+m+"}\n", "shop.log")
	}
	return l
}

func TestPipeline(t *testing.T) {
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"| stats count()", []string{"5"}},
		{"nothing | stats count(), sum(n), avg(n)", []string{"0|-|-"}},
		{"| stats count() by level", []string{"INFO|2", "ERROR|2", "WARNING|1"}},
		{"| stats count() as n, count(n), sum(n), avg(n), min(n), max(n) by user", []string{"bob|3|3|13.5|4.5|1|10", "eve|1|1|2|2|2|2", "-|1|0|-|-|-|-"}},
		{"| stats p50(duration), p99(duration), pct(duration, 25), count_distinct(user)", []string{"20|2000|10|2"}},
		{"| stats count() by bin(5m)", []string{"2024-01-15T09:00:00.000000000Z|2", "2024-01-15T09:05:00.000000000Z|2", "2024-01-15T09:10:00.000000000Z|1"}},
		{"| stats rate() by bin(5m) | limit 1", []string{"2024-01-15T09:00:00.000000000Z|0.006667"}},
		{"| stats earliest(user), latest(user), min(ts), max(level)", []string{"bob|bob|2024-01-15T09:00:00.000000000Z|ERROR"}},
		{"| stats count() as hits by user | filter hits>=2 | fields user, hits as n", []string{"bob|3"}},
		{"| stats max(duration) by status | sort status desc", []string{"500|2000", "404|30", "200|20", "-|-"}},
		{"| top 1 user", []string{"bob|3"}},
		{"| top tags", []string{"a,b|1", "-|4"}},
		{"| sort n desc | limit 2 | fields n, user", []string{"10|bob", "2.5|bob"}},
		{"| sort level desc, ts desc | fields level, n", []string{"ERROR|-", "ERROR|2.5", "WARNING|10", "INFO|2", "INFO|1"}},
		{"| sort n", []string{"took 10 ms user=bob", "took 20 ms user=eve", "failed for id 7", "took 30 ms user=bob", "failed for id 12"}},
		{"| tail 2", []string{"failed for id 12", "took 30 ms user=bob"}},
		{"| tail 2 | limit 1", []string{"failed for id 12"}},
		{"| limit 2 | tail 1", []string{"took 20 ms user=eve"}},
		{"| limit 0", nil},
		{"| dedup user", []string{"took 10 ms user=bob", "took 20 ms user=eve", "failed for id 12"}},
		{"| dedup level, user | fields level", []string{"INFO", "INFO", "ERROR", "ERROR", "WARNING"}},
		{`| parse message "took * ms user=*" as took, who | filter took>10 | fields took, who`, []string{"20|eve", "30|bob"}},
		{`| parse message /took (?<took>\d+)/ | stats sum(took)`, []string{"60"}},
		{`| parse message /id (\d+)$/ as id | filter exists(id) | fields id, level`, []string{"7|ERROR", "12|ERROR"}},
		{`| fields message | parse message "took * ms" as took | filter took=10`, []string{"took 10 ms user=bob|10"}},
		{"| fields ts, path, duration, level | filter level>=error", []string{"2024-01-15T09:05:00.000000000Z|-|2000|ERROR", "2024-01-15T09:07:30.000000000Z|-|-|ERROR"}},
		{"| filter status=5xx | fields user", []string{"bob"}},
		{"| stats count() by level | filter level>=warning", []string{"ERROR|2", "WARNING|1"}},
		{"| stats count() by bin(5m) as t | filter t>2024-01-15T09:05 | limit 1", []string{"2024-01-15T09:05:00.000000000Z|2"}},
		{"| stats avg(duration) as duration by status | filter duration>1s", []string{"500|2000"}},
		{"| filter level=error | filter n>1", []string{"failed for id 7"}},
		{"fields user | filter n>=2 | sort n desc", []string{"bob", "bob", "eve"}},
	} {
		got, _ := pipe(t, shopLog(), c.query)
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.query, got, c.want)
		}
	}
}

// TestPipelineOpens checks that the filter of each group finds the records of
// that group.
func TestPipelineOpens(t *testing.T) {
	l := randomLog(rand.New(rand.NewPCG(5, 5)), 300)
	for _, text := range []string{"| stats count() by level", "| stats count() by domain, bin(5m)", "| stats count() by user", "| stats count() by status, source", "| top 100 duration", "| templates"} {
		p, err := NewPipeline(mustParse(t, text).Stages, l.env(), func(r *Row) error {
			if slices.ContainsFunc(r.Values, func(v model.Value) bool { return v.Kind == model.Array || v.Kind == model.Object }) {
				return nil
			}
			back := mustParse(t, r.Open().String())
			pred, err := back.Compile(l.env())
			if err != nil {
				t.Fatal(err)
			}
			bits := model.NewBits(l.batch.Len())
			pred.Narrow(&l.batch, bits)
			count := r.Values[len(r.Values)-1].Str
			if text == "| templates" {
				count = r.Values[1].Str
			}
			if fmt.Sprint(bits.Count()) != count {
				t.Errorf("%s: row %s opens %q: %d records", text, showRow(r), back, bits.Count())
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
	}
}

// TestStatsAgainstOracle compares aggregates over random records, in random
// batches, with sums over slices.
func TestStatsAgainstOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	l := randomLog(rng, 2000)
	type sums struct {
		n      int
		values []float64
	}
	want := map[string]*sums{}
	for i := range l.records {
		key := "-"
		if lv := l.records[i].Level; lv != model.LevelNone {
			key = lv.String()
		}
		if want[key] == nil {
			want[key] = &sums{}
		}
		s := want[key]
		s.n++
		if d := l.batch.Dur[i]; d != model.NoDur {
			s.values = append(s.values, float64(d)/1000)
		}
	}
	got, _ := pipe(t, l, "| stats count(), sum(duration), avg(duration), min(duration), max(duration), p90(duration) by level")
	if len(got) != len(want) {
		t.Fatalf("%d groups, want %d", len(got), len(want))
	}
	for _, row := range got {
		f := strings.Split(row, "|")
		s := want[f[0]]
		slices.Sort(s.values)
		sum := 0.0
		for _, v := range s.values {
			sum += v
		}
		cells := []string{fmt.Sprint(s.n), "-", "-", "-", "-", "-"}
		if n := len(s.values); n > 0 {
			cells = []string{fmt.Sprint(s.n), float(sum).Str, float(sum / float64(n)).Str, float(s.values[0]).Str, float(s.values[n-1]).Str,
				float(s.values[int(math.Ceil(0.9*float64(n)))-1]).Str}
		}
		if !slices.Equal(f[1:], cells) {
			t.Errorf("level %s: %q, want %q", f[0], f[1:], cells)
		}
	}
}

func TestPipelineStreams(t *testing.T) {
	var rows []string
	p, err := NewPipeline(mustParse(t, "| stats count() by bin(5m)").Stages, Env{}, func(r *Row) error {
		rows = append(rows, showRow(r))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l := shopLog()
	bits := model.NewBits(l.batch.Len())
	if err := p.Add(&l.batch, bits); err != nil {
		t.Fatal(err)
	}
	if err := p.Advance(testEpoch + int64(10*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 {
		t.Fatalf("two spans have ended, these were shown: %q", rows)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || !strings.HasPrefix(rows[2], "2024-01-15T09:10") {
		t.Errorf("at the end: %q", rows)
	}
}

func TestPipelineDone(t *testing.T) {
	l := shopLog()
	n := 0
	p, err := NewPipeline(mustParse(t, "| limit 2").Stages, l.env(), func(*Row) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add(&l.batch, model.NewBits(l.batch.Len())); !errors.Is(err, ErrDone) || n != 2 {
		t.Errorf("Add = %v after %d rows, want ErrDone after 2", err, n)
	}
	stop := errors.New("stop")
	p, err = NewPipeline(mustParse(t, "| sort ts").Stages, l.env(), func(*Row) error { return stop })
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add(&l.batch, model.NewBits(l.batch.Len())); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); !errors.Is(err, stop) {
		t.Errorf("Close = %v, want the error of emit", err)
	}
}

func TestPipelineBounds(t *testing.T) {
	l := newTestLog()
	for i := range sortedRows + 5 {
		l.add(fmt.Sprintf("n=%d\n", i), model.Record{Time: model.NoTime, Message: fmt.Sprintf("n=%d", i)}, model.Meta{Dur: model.NoDur})
	}
	rows, p := pipe(t, l, "| sort n desc")
	if len(rows) != sortedRows || rows[0] != fmt.Sprintf("n=%d", sortedRows+4) || len(p.Notes()) != 1 {
		t.Errorf("%d rows, first %s, notes %q", len(rows), rows[0], p.Notes())
	}
	rows, p = pipe(t, l, "| sort n desc | limit 3")
	if strings.Join(rows, " ") != fmt.Sprintf("n=%d n=%d n=%d", sortedRows+4, sortedRows+3, sortedRows+2) || len(p.Notes()) != 0 {
		t.Errorf("rows %q, notes %q", rows, p.Notes())
	}
}

func TestPipelineErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"| requests | filter timeout", "in front of | requests"},
		{"request(level=error)", "no requests are folded"},
	} {
		q := mustParse(t, c.text)
		_, err := q.Compile(Env{})
		if err == nil {
			_, err = NewPipeline(q.Stages, Env{}, nil)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestErrorsAndTemplates(t *testing.T) {
	rows, p := pipe(t, shopLog(), "| errors")
	if len(rows) != 1 || p.Shape() != Table {
		t.Fatalf("%q", rows)
	}
	f := strings.Split(rows[0], "|")
	if got := strings.Join(f[1:6], "|"); got != "2|2|2024-01-15T09:05:00.000000000Z|2024-01-15T09:07:30.000000000Z|ERROR" {
		t.Errorf("errors: %q", rows[0])
	}
	rows, _ = pipe(t, shopLog(), "| templates | fields count")
	if got := strings.Join(rows, " "); got != "3 2" && got != "2 2 1" {
		t.Errorf("templates: %q", got)
	}
}

func TestLatencyByPath(t *testing.T) {
	var rows, open []string
	q := mustParse(t, "| requests | filter exists(duration) | stats count(), p50(duration), max(duration) by method, path_template")
	p, err := NewPipeline(q.Stages, Env{}, func(r *Row) error {
		rows, open = append(rows, showRow(r)), append(open, r.Open().String())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"/api/v1/datasets/54987", "/api/v1/datasets/113", "/health"} {
		if err := p.AddRequest(&model.Request{Method: "GET", Path: path, Duration: int64(i+1) * 1e6}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows, " "); got != "GET|/api/v1/datasets/:id|2|1|2 GET|/health|1|3|3" {
		t.Errorf("%q", got)
	}
	for _, o := range open {
		if back := mustParse(t, o).String(); back != o {
			t.Errorf("%q reads back as %q", o, back)
		}
	}
	if open[0] != "request(method=GET path_template=/api/v1/datasets/:id)" {
		t.Errorf("opens %q", open[0])
	}
}

func TestRequestPipeline(t *testing.T) {
	var rows []string
	q := mustParse(t, "| requests | filter status>=500 or duration>1s | sort duration desc")
	p, err := NewPipeline(q.Stages, Env{}, func(r *Row) error { rows = append(rows, showRow(r)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if !p.FromRequests() || p.Shape() != Requests {
		t.Fatalf("shape %v, from requests %v", p.Shape(), p.FromRequests())
	}
	for _, r := range []model.Request{
		{ID: "a", Status: 200, Duration: 5e6}, {ID: "b", Status: 503, Duration: 5e6}, {ID: "c", Status: 200, Duration: 2e9}, {ID: "d", Duration: -1},
	} {
		if err := p.AddRequest(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows, " "); got != "c b" {
		t.Errorf("%q", got)
	}
}
