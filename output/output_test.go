package output

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ravel/model"
	"ravel/model/redact"
)

func sample() *model.Record {
	return &model.Record{
		Seq: 7, Source: "logs/app.log", Line: 12, Lines: 3, Time: 1755707100758000000, Level: model.Error,
		Domain: "app", RequestID: "b33f803f", Message: "Generic exception",
		Traceback: &model.Traceback{
			Type: "AttributeError", Message: "no attribute 'sources'",
			Frames: []model.Frame{{File: "/app/api/features.py", Line: 18, Function: "_enabled", Code: "feature = getattr(config.features, key)"}, {Function: "main"}},
			Causes: []model.Cause{{Type: "anyio.WouldBlock"}},
			Text:   "Traceback (most recent call last):\n  File \"x.py\", line 1\nAttributeError: no attribute 'sources'",
		},
		Fields: []model.Field{
			{Name: "n", Value: model.NumberValue("1e400")}, {Name: "odd", Value: model.NumberValue("007")},
			{Name: "ok", Value: model.BoolValue(true)}, {Name: "none"},
			{Name: "ctx", Value: model.Value{Kind: model.Object, Keys: []model.Field{{Name: "user", Value: model.StringValue("a b")}}}},
			{Name: "list", Value: model.Value{Kind: model.Array, Items: []model.Value{model.NumberValue("1"), model.StringValue("x")}}},
			{Name: "level", Value: model.StringValue("50")},
		},
	}
}

func TestRule6And9JSONKeysInOrder(t *testing.T) {
	want := `{"seq":7,"source":"logs/app.log","line":12,"lines":3,"ts":"2025-08-20T16:25:00.758000000Z","level":"ERROR",` +
		`"domain":"app","request_id":"b33f803f","correlation_id":null,"message":"Generic exception",` +
		`"traceback":{"type":"AttributeError","message":"no attribute 'sources'","frames":[` +
		`{"file":"/app/api/features.py","line":18,"function":"_enabled","code":"feature = getattr(config.features, key)"},` +
		`{"file":null,"line":null,"function":"main","code":null}],"causes":[{"type":"anyio.WouldBlock","message":null}],` +
		`"text":"Traceback (most recent call last):\n  File \"x.py\", line 1\nAttributeError: no attribute 'sources'"},` +
		`"fields":{"n":1e400,"odd":"007","ok":true,"none":null,"ctx":{"user":"a b"},"list":[1,"x"],"level":"50"}}` + "\n"
	if got := string(jsonEncoder{}.record(nil, sample())); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestJSONOfAnEmptyRecordIsAllNull(t *testing.T) {
	got := string(jsonEncoder{}.record(nil, &model.Record{Seq: 1, Source: "stdin", Line: 1, Lines: 1, Time: model.NoTime}))
	want := `{"seq":1,"source":"stdin","line":1,"lines":1,"ts":null,"level":null,"domain":null,"request_id":null,` +
		`"correlation_id":null,"message":"","traceback":null,"fields":{}}` + "\n"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRule4LineListOnlyWhereNeeded(t *testing.T) {
	r := model.Record{Seq: 1, Line: 1, Lines: 2, Time: model.NoTime, LineList: []uint32{1, 3}}
	if got := string(jsonEncoder{}.record(nil, &r)); !strings.HasSuffix(got, `"fields":{},"line_list":[1,3]}`+"\n") {
		t.Errorf("line_list must be the last key: %s", got)
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "a\"b\\c", "\x00\x1b[31m\x7f", "\u2028\u202eabc\u0085", "\xff\xfe", "日本\u200f", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := appendString(nil, s)
		var back string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%q is not JSON: %v", got, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Fatalf("%q came back as %q", s, back)
		}
		harmless(t, got)
	})
}

func FuzzAppendVisible(f *testing.F) {
	for _, s := range []string{"a\tb\nc", "\x1b[31mred\x1b[0m", "\x1b]0;title\a", "\x1b[2J", "\x1b[", "a\r\nb\rc", "\u202e\u009b31m", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		harmless(t, bytes.ReplaceAll(bytes.ReplaceAll(appendVisible(nil, s, false), []byte("\n"), nil), []byte("\t"), nil))
		rows, err := csv.NewReader(bytes.NewReader(append(appendCell(nil, s), ",x\n"...))).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("%q is not one cell of CSV: %q %v", s, rows, err)
		}
	})
}

// harmless fails if printing b to a terminal could do more than show text.
func harmless(t *testing.T, b []byte) {
	t.Helper()
	if !utf8.Valid(b) {
		t.Fatalf("%q is not UTF-8", b)
	}
	for _, r := range string(b) {
		if r < ' ' || r >= 0x7f && unsafeRune(r) || r == 0x7f {
			t.Fatalf("%q holds %U", b, r)
		}
	}
}

func TestStampIsThatOfPackageTime(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	zone := time.FixedZone("", -(3*3600 + 30*60))
	for range 20000 {
		ns := int64(rng.Uint64())
		if ns == model.NoTime {
			continue
		}
		u := time.Unix(0, ns).UTC()
		if got, want := string(model.AppendStamp(nil, ns)), u.Format("2006-01-02T15:04:05.000000000Z"); got != want {
			t.Fatalf("%d: got %s, want %s", ns, got, want)
		}
		ns /= 2 // the zone's offset must not overflow
		want := time.Unix(0, ns).In(zone).Format("2006-01-02T15:04:05.000-07:00")
		if got := string(zoneStamp(nil, ns, zone)); got != want {
			t.Fatalf("%d: got %s, want %s", ns, got, want)
		}
	}
}

func TestRule10NumbersKeepTheirSpellingIfJSONHasIt(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-0": true, "12": true, "1.50": true, "1e5": true, "1E+05": true, "123456789012345678901234567890": true,
		"": false, "007": false, "1.": false, ".5": false, "1e": false, "+1": false, "NaN": false, "0x1f": false, "-": false,
	} {
		if got := isJSONNumber(s); got != want {
			t.Errorf("isJSONNumber(%q) = %v", s, got)
		}
		if json.Valid([]byte(s)) != want {
			t.Errorf("encoding/json disagrees about %q", s)
		}
	}
}

func TestLogfmt(t *testing.T) {
	want := `seq=7 source=logs/app.log line=12 lines=3 ts=2025-08-20T16:25:00.758000000Z level=ERROR domain=app request_id=b33f803f ` +
		`message="Generic exception" traceback="Traceback (most recent call last):\n  File \"x.py\", line 1\nAttributeError: no attribute 'sources'" ` +
		`n=1e400 odd=007 ok=true none=null ctx.user="a b" list="[1,\"x\"]" fields.level=50` + "\n"
	if got := string(logfmtEncoder{}.record(nil, sample())); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRule27CSVHasTheKeysOfJSON(t *testing.T) {
	out := csvEncoder{}.record(csvEncoder{}.header(nil), sample())
	rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	r := sample()
	want := []string{"7", r.Source, "12", "3", "2025-08-20T16:25:00.758000000Z", "ERROR", "app", "b33f803f", "", r.Message, r.Traceback.Text,
		string(appendObject(nil, r.Fields))}
	if fmt.Sprint(rows[0]) != fmt.Sprint(recordKeys) || fmt.Sprint(rows[1]) != fmt.Sprint(want) {
		t.Errorf("got %q\nwant %q", rows, want)
	}
}

func TestRule28TextAlignsAndIndents(t *testing.T) {
	e := newEncoder(Options{Format: Text})
	r := sample()
	r.Fields = r.Fields[4:5]
	got := string(e.record(nil, r))
	got += string(e.record(nil, &model.Record{Time: model.NoTime, Message: "\x1b[31mbare\x1b[0m \x1b[2Jtext\nsecond \x07line\n"}))
	want := `2025-08-20T16:25:00.758Z ERROR    app            Generic exception  ctx.user="a b"  request_id=b33f803f
  Traceback (most recent call last):
    File "x.py", line 1
  AttributeError: no attribute 'sources'
                                                 bare \x1b[2Jtext
  second \x07line
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	e = newEncoder(Options{Format: Text, OneLine: true})
	want = "2025-08-20T16:25:00.758Z ERROR    app            Generic exception  ctx.user=\"a b\"  request_id=b33f803f [3 lines: AttributeError: no attribute 'sources']\n"
	if got := string(e.record(nil, r)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTextDoesNotRepeatWhatTheLineSays(t *testing.T) {
	for _, tc := range []struct{ message, name, value, want string }{
		{"Completed 500 in 38ms", "status", "500", ""},
		{"Completed 500 in 38ms", "n", "5", "  n=5"},
		{"Completed 500 in 38ms", "duration_ms", "38", ""},
		{"Completed 500 in 38 ms", "duration_ms", "38", ""},
		{"Task succeeded in 0.5012s: None", "duration_ms", "501.2", ""},
		{"took 1.5s", "duration_ms", "1500", ""},
		{"took 1.5s", "n", "1", "  n=1"},
		{"took 1.5s", "n", "5", "  n=5"},
		{"sent 12kB", "size", "12", ""},
		{"version v38", "n", "38", "  n=38"},
		{"in 38th place", "n", "38", "  n=38"},
	} {
		r := model.Record{
			Time: model.NoTime, Message: tc.message, RequestID: "abc", Text: []byte("[abc] " + tc.message),
			Fields: []model.Field{{Name: tc.name, Value: model.NumberValue(tc.value)}},
		}
		got := strings.TrimSpace(string(newEncoder(Options{}).record(nil, &r)))
		if want := tc.message + tc.want + "  request_id=abc"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// decoded is a decoder of one record.
type decoded struct{ model.Record }

func (d decoded) Decode(_ *model.Batch, _ int, r *model.Record) { *r = d.Record }

func TestTextLeavesOutWhatTheSourceSays(t *testing.T) {
	field := func(name, value string) model.Field { return model.Field{Name: name, Value: model.StringValue(value)} }
	own := []model.Field{field("pod", "api-0"), field("node", "n1")}
	b := &model.Batch{}
	b.Add(model.Meta{})
	for named, want := range map[bool]string{
		true:  "hello  node=n2  user=eve  source=shop/api-0/app",
		false: "hello  node=n2  user=eve  pod=api-0  node=n1",
	} {
		var out bytes.Buffer
		r := model.Record{Message: "hello", Source: "shop/api-0/app", Time: model.NoTime,
			Fields: append([]model.Field{field("node", "n2"), field("user", "eve")}, own...)}
		p := New(&out, Options{Format: Text, Source: named, Own: func(uint16) []model.Field { return own }, Decoder: decoded{r}})
		if err := p.Consume(b); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != want {
			t.Errorf("source named %v: %q, want %q", named, got, want)
		}
	}
}

func TestRule18RequestKeysInOrder(t *testing.T) {
	q := model.Request{
		ID: "b33f803f", Kind: model.KindHTTP, State: model.Failed, Start: 1755707100722000000, End: 1755707100761000000, Duration: 38500000,
		Method: "POST", Path: "/api/v1/catalogs", Client: "127.0.0.1", Status: 500, Level: model.Error, Records: 3,
		Sources: []string{"api", "worker"}, ErrorType: "AttributeError", ErrorMessage: "no attribute",
	}
	want := `{"request_id":"b33f803f","correlation_id":null,"kind":"http","name":null,"state":"failed",` +
		`"start":"2025-08-20T16:25:00.722000000Z","end":"2025-08-20T16:25:00.761000000Z","duration_ms":38.5,` +
		`"method":"POST","path":"/api/v1/catalogs","client":"127.0.0.1","status":500,"level":"ERROR","records":3,` +
		`"sources":["api","worker"],"error":{"type":"AttributeError","message":"no attribute"}}` + "\n"
	if got := string(AppendRequest(nil, &q)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	open := model.Request{Kind: model.KindTask, Name: "sync", State: model.InFlight, Start: q.Start, End: q.End, Duration: -1, Records: 1}
	want = `{"request_id":null,"correlation_id":null,"kind":"task","name":"sync","state":"in_flight",` +
		`"start":"2025-08-20T16:25:00.722000000Z","end":null,"duration_ms":null,"method":null,"path":null,"client":null,` +
		`"status":null,"level":null,"records":1,"sources":[],"error":null}` + "\n"
	if got := string(AppendRequest(nil, &open)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

var errClosed = errors.New("closed pipe")

// brokenPipe takes n bytes and then fails.
type brokenPipe struct{ n int }

func (w *brokenPipe) Write(p []byte) (int, error) {
	if w.n -= len(p); w.n < 0 {
		return 0, errClosed
	}
	return len(p), nil
}

func TestAClosedPipeStopsTheConsumer(t *testing.T) {
	p := New(&brokenPipe{n: 1 << 20}, Options{Format: Raw})
	var err error
	for i := 0; i < 1<<20 && err == nil; i++ {
		err = p.Consume(lines("some line that is printed\n"))
	}
	if !errors.Is(err, errClosed) || !errors.Is(p.Close(), errClosed) {
		t.Errorf("got %v", err)
	}
}

func TestColoured(t *testing.T) {
	for _, tc := range []struct{ text, message, want string }{
		{"plain text", "text", "text"},
		{"\x1b[31mred\x1b[0m rest\n", "red rest", "\x1b[31mred\x1b[0m rest\x1b[m"},
		{"\x1b[1;31mERROR it \x1b[4mbroke\x1b[0m\n", "it broke", "\x1b[1;31mit \x1b[4mbroke\x1b[m"},
		{"\x1b[31mERROR\x1b[0m fine\n", "fine", "fine\x1b[m"},
		{"\x1b[31mother\x1b[0m", "decoded", "decoded"},
	} {
		if got := coloured(tc.message, []byte(tc.text)); got != tc.want {
			t.Errorf("coloured(%q, %q) = %q, want %q", tc.message, tc.text, got, tc.want)
		}
	}
}

// TestPlainLen compares it with a look at each byte.
func TestPlainLen(t *testing.T) {
	for c := range 256 {
		for at := range 16 {
			b := []byte(" !#[]~}zA0123456")
			b[at] = byte(c)
			want := 0
			for want < 16 && (plain[b[want]] || want > at) {
				want++
			}
			if got := plainLen(string(b)); got != want/8*8 {
				t.Fatalf("plainLen(%q) = %d, want %d", b, got, want/8*8)
			}
		}
	}
}

// TestSavedAsPrinted: a file saved under a name is what -o prints.
func TestSavedAsPrinted(t *testing.T) {
	for name, f := range map[string]Format{"a.json": JSON, "a.JSONL": JSON, "a.ndjson": JSON, "a.csv": CSV, "a.logfmt": Logfmt} {
		b := lines("one\ntwo\n")
		want := printAll(t, Options{Format: f, Decoder: decoded{*sample()}}, b)
		got, record := SaveAs(name, nil)
		for range b.Len() {
			got = record(got, sample())
		}
		if string(got) != want {
			t.Errorf("%s\n got %s\nwant %s", name, got, want)
		}
	}
	if header, record := SaveAs("a.log", nil); header != nil || record != nil {
		t.Error("a.log is not the original bytes")
	}
	secrets, err := redact.New(redact.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, record := SaveAs("a.json", secrets)
	r := *sample()
	r.Message = "password=hunter2secret"
	if got := string(record(nil, &r)); strings.Contains(got, "hunter2secret") || r.Message != "password=hunter2secret" {
		t.Errorf("not masked, or masked in place: %s", got)
	}
}
