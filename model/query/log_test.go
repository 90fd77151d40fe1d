package query

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"ravel/model"
)

// testLog is a batch of made records with their decoded form.
type testLog struct {
	batch   model.Batch
	names   *model.Names
	records []model.Record
}

// Decode gives the prepared record.
func (l *testLog) Decode(b *model.Batch, i int, r *model.Record) {
	*r = l.records[b.First+model.Seq(i)-1]
}

// env is what queries on the log are compiled against.
func (l *testLog) env() Env {
	return Env{Decoder: l, Names: l.names, Now: testEpoch + int64(time.Hour), Newest: testEpoch + int64(time.Hour)}
}

// testEpoch is 2024-01-15T09:00:00Z.
const testEpoch = int64(1705309200) * 1e9

// newTestLog returns an empty log.
func newTestLog() *testLog {
	l := &testLog{names: model.NewNames()}
	l.batch.First = 1
	return l
}

// add appends a record whose bytes are raw and whose decoded form is r; its
// columns follow from r.
func (l *testLog) add(raw string, r model.Record, m model.Meta) {
	b := &l.batch
	m.Start = uint32(len(b.Buf))
	b.Buf = append(b.Buf, raw...)
	m.End = uint32(len(b.Buf))
	m.Time, m.Level = r.Time, r.Level
	m.Domain, m.Source = l.names.Domains.ID([]byte(r.Domain)), l.names.Sources.ID([]byte(r.Source))
	m.Line = uint32(b.Len() + 1)
	if strings.Contains(raw, `\`) {
		m.Flags |= model.HasEscape
	}
	if r.RequestID+r.CorrelationID != "" {
		m.Req = model.HashID(r.RequestID+r.CorrelationID, 0)
	}
	if r.Traceback != nil {
		m.Flags |= model.HasTraceback
	}
	if strings.Count(strings.TrimRight(raw, "\r\n"), "\n") > 0 {
		m.Flags |= model.Multiline
	}
	r.Raw = []byte(raw)
	if r.Text == nil {
		r.Text = r.Raw
	}
	r.Seq, r.Line, r.Lines, r.Flags, r.Mark = model.Seq(b.Len()+1), m.Line, 1, m.Flags, m.Mark
	b.Add(m)
	l.records = append(l.records, r)
}

// addJSON appends a JSON record; keys that became the record's own fields
// leave Fields, as rule 10 has it.
func (l *testLog) addJSON(raw, source string) {
	r := model.Record{Time: model.NoTime, Source: source}
	m := model.Meta{Dur: model.NoDur}
	for _, f := range decodeJSON(raw) {
		switch f.Name {
		case "ts":
			if t, err := time.Parse(time.RFC3339Nano, f.Value.Str); err == nil {
				r.Time = t.UnixNano()
				continue
			}
		case "level":
			if lv, ok := model.ParseLevel(f.Value.Str); ok {
				r.Level = lv
				continue
			}
		case "logger":
			r.Domain = f.Value.Str
			continue
		case "message":
			r.Message = f.Value.Str
			continue
		case "request_id":
			r.RequestID = f.Value.Str
			continue
		case "status":
			if q, ok := parseQuantity(f.Value.Str); ok && q.whole && 100 <= q.exact && q.exact <= 599 {
				m.Status = uint16(q.exact)
			}
		case "duration_ms":
			if q, ok := parseQuantity(f.Value.Str); ok && f.Value.Kind == model.Number {
				m.Dur = uint32(q.num * 1000)
			}
		}
		r.Fields = append(r.Fields, f)
	}
	l.add(raw, r, m)
}

// decodeJSON is the members of an object in order.
func decodeJSON(raw string) []model.Field {
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return nil
	}
	return decodeObject(d)
}

func decodeObject(d *json.Decoder) (fields []model.Field) {
	for d.More() {
		k, _ := d.Token()
		fields = append(fields, model.Field{Name: k.(string), Value: decodeValue(d)})
	}
	_, _ = d.Token()
	return fields
}

func decodeValue(d *json.Decoder) model.Value {
	t, _ := d.Token()
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return model.Value{Kind: model.Object, Keys: decodeObject(d)}
		}
		v := model.Value{Kind: model.Array}
		for d.More() {
			v.Items = append(v.Items, decodeValue(d))
		}
		_, _ = d.Token()
		return v
	case string:
		return model.StringValue(t)
	case json.Number:
		return model.NumberValue(t.String())
	case bool:
		return model.BoolValue(t)
	}
	return model.Value{}
}

var (
	someLevels  = []string{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
	someDomains = []string{"app", "auth", "catalogs", "worker.db"}
	someSources = []string{"api.log", "prod/api-9d2e/app", "prod/api-7f9c/app"}
	someWords   = []string{"timeout", "Timeout", "needle", "café", "GET", "/api/v1/catalogs", "user=bob", "db:5432", "x", "größe", "it's", `C:\temp`, "a\tb", "日本"}
	someUsers   = []string{"bob", "Alice", "42", "4.2e1", "true", "none"}
)

// pick is one of s.
func pick[T any](rng *rand.Rand, s []T) T { return s[rng.IntN(len(s))] }

// sentence is a few of someWords.
func sentence(rng *rand.Rand) string {
	var w []string
	for range 1 + rng.IntN(4) {
		w = append(w, pick(rng, someWords))
	}
	return strings.Join(w, " ")
}

// randomLog makes n records of every shape that predicates treat apart.
func randomLog(rng *rand.Rand, n int) *testLog {
	l := newTestLog()
	for range n {
		switch rng.IntN(5) {
		case 0, 1:
			l.addJSON(randomJSON(rng), pick(rng, someSources[:2]))
		case 2:
			l.addPlain(rng)
		case 3:
			l.addStarted(rng)
		case 4:
			l.addCarried(rng)
		}
	}
	return l
}

// stampOf is a stamp near testEpoch.
func stampOf(rng *rand.Rand) time.Time {
	return time.Unix(0, testEpoch+rng.Int64N(int64(time.Hour))).UTC().Truncate(time.Millisecond)
}

// randomJSON is an object with the shapes of real ones.
func randomJSON(rng *rand.Rand) string {
	enc := func(v any) string {
		b, _ := json.Marshal(v)
		s := string(b)
		if rng.IntN(8) == 0 { // an escape that nobody needs
			s = strings.Replace(s, "o", `\u006f`, 1)
		}
		return s
	}
	members := []string{
		fmt.Sprintf(`"ts":"%s"`, stampOf(rng).Format(time.RFC3339Nano)), fmt.Sprintf(`"level":"%s"`, pick(rng, someLevels)),
		`"logger":` + enc(pick(rng, someDomains)), `"message":` + enc(sentence(rng)),
	}
	for _, m := range []string{
		`"status":` + pick(rng, []string{"200", "404", "500", "3", `"success"`}),
		fmt.Sprintf(`"duration_ms":%d.5`, rng.IntN(4000)), `"user":` + enc(pick(rng, someUsers)), `"user":42`, `"user":null`, `"ok":true`,
		`"context":{"user":` + enc(pick(rng, someUsers)) + `,"deep":{"n":` + fmt.Sprint(rng.IntN(9)) + `}}`, `"extra":{"n":5,"user":"eve"}`,
		`"tags":["a",` + enc(pick(rng, someUsers)) + `]`, `"request_id":"req-` + fmt.Sprint(rng.IntN(5)) + `"`, `"a.b":1`, `"a":{"b":2}`, `"n":"7"`,
		`"exception":{"type":"ValueError","message":"bad"}`,
	} {
		if rng.IntN(4) == 0 {
			members = append(members, m)
		}
	}
	rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	if rng.IntN(6) == 0 {
		return "{\n  " + strings.Join(members, ",\n  ") + "\n}\n"
	}
	return "{" + strings.Join(members, []string{",", ", "}[rng.IntN(2)]) + "}\n"
}

// addPlain appends a line of text, stampless at times, with a traceback at
// times.
func (l *testLog) addPlain(rng *rand.Rand) {
	msg := sentence(rng)
	if rng.IntN(4) == 0 {
		msg += " user=" + pick(rng, someUsers) + " n=5"
	}
	r := model.Record{Time: model.NoTime, Source: pick(rng, someSources[:2]), Domain: "app", Message: msg}
	raw := msg + []string{"\n", "\r\n", ""}[rng.IntN(3)]
	if rng.IntN(2) == 0 {
		r.Time, r.Level = stampOf(rng).UnixNano(), model.Info
		raw = "x INFO " + raw
	}
	if rng.IntN(4) == 0 {
		tb := "Traceback (most recent call last):\n  File \"x.py\"\nValueError: bad " + pick(rng, someWords)
		raw = strings.TrimRight(raw, "\r\n") + "\n" + tb + "\n"
		r.Traceback = &model.Traceback{Type: "ValueError", Message: "bad", Text: tb}
	}
	l.add(raw, r, model.Meta{Dur: model.NoDur})
}

// addStarted appends a line of a request, whose pattern captures fields.
func (l *testLog) addStarted(rng *rand.Rand) {
	id := fmt.Sprintf("req-%d", rng.IntN(5))
	r := model.Record{Time: stampOf(rng).UnixNano(), Level: model.Info, Domain: "app", Source: someSources[0], RequestID: id}
	m := model.Meta{Dur: model.NoDur, Mark: model.MakeMark(model.KindHTTP, model.Started)}
	if rng.IntN(2) == 0 {
		r.Message = "Started GET /api/v1/catalogs HTTP/1.1 from 10.0.0.1"
		r.Fields = []model.Field{{Name: "method", Value: model.StringValue("GET")}, {Name: "path", Value: model.StringValue("/api/v1/catalogs")}}
	} else {
		code, ms := []int{200, 404, 500}[rng.IntN(3)], rng.IntN(3000)
		r.Message = fmt.Sprintf("Completed %d in %dms", code, ms)
		r.Fields = []model.Field{{Name: "status", Value: number(int64(code))}, {Name: "duration_ms", Value: number(int64(ms))}}
		m.Status, m.Dur, m.Mark = uint16(code), uint32(ms*1000), model.MakeMark(model.KindHTTP, model.Ended)
	}
	l.add("["+id+"] "+r.Message+"\n", r, m)
}

// addCarried appends a record behind a carrier's prefix, some cut by it.
func (l *testLog) addCarried(rng *rand.Rand) {
	msg := sentence(rng)
	r := model.Record{Time: stampOf(rng).UnixNano(), Source: someSources[2], Message: msg, Text: []byte(msg + "\n"),
		Fields: []model.Field{{Name: "pod", Value: model.StringValue("api-7f9c")}}}
	raw := "stdout F needle " + msg + "\n"
	if cut := rng.IntN(len(msg) + 1); rng.IntN(3) == 0 {
		raw = "stdout P " + msg[:cut] + "\nstdout F " + msg[cut:] + "\n"
	}
	l.add(raw, r, model.Meta{Dur: model.NoDur, Flags: model.HasCarrier})
}

// scatter moves some records' lines apart, as interleaved streams have them.
func (l *testLog) scatter(rng *rand.Rand) {
	b := &l.batch
	var buf bytes.Buffer
	type part struct{ rec, line int }
	starts, exts := make([]uint32, b.Len()), make([][]model.Extent, b.Len())
	var late []part
	lines := make([][][]byte, b.Len())
	put := func(p part) {
		from := uint32(buf.Len())
		buf.Write(lines[p.rec][p.line])
		exts[p.rec] = append(exts[p.rec], model.Extent{Start: from, End: uint32(buf.Len())})
	}
	for i := range b.Len() {
		lines[i] = bytes.SplitAfter(b.Raw(i), []byte("\n"))
		starts[i] = uint32(buf.Len())
		put(part{i, 0})
		for k := 1; k < len(lines[i]); k++ {
			if rng.IntN(2) == 0 && len(late) == 0 || len(exts[i]) < k {
				late = append(late, part{i, k})
			} else {
				put(part{i, k})
			}
		}
		if rng.IntN(2) == 0 {
			for _, p := range late {
				put(p)
			}
			late = nil
		}
	}
	for _, p := range late {
		put(p)
	}
	b.Buf, b.Start, b.Extra = buf.Bytes(), starts, map[int][]model.Extent{}
	for i, ext := range exts {
		b.End[i] = ext[len(ext)-1].End
		for k := 1; k < len(ext); k++ {
			if ext[k].Start != ext[k-1].End {
				b.Extra[i] = ext
				b.End[i] = ext[0].End
			}
		}
	}
}
