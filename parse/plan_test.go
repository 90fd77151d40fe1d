package parse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"ravel/model"
)

// planKeys are keys that mean something somewhere, and some that do not.
var planKeys = []string{
	"timestamp", "time", "ts", "@timestamp", "level", "severity", "levelname", "message", "msg", "event", "log", "logger", "name", "domain",
	"request_id", "trace_id", "job_id", "task_id", "correlation_id", "id", "status", "status_code", "code", "outcome", "method", "path", "url", "ip",
	"duration_ms", "duration", "latency", "elapsed", "v", "pid", "hostname", "stack", "error", "exception", "exc_info", "err", "auditID",
	"context", "extra", "req", "res", "request", "response", "http", "trace", "data", "fields", "jsonPayload", "attrs", "payload", "instant",
	"PRIORITY", "priority", "body", "user", "a", "k.l", "http.response.status_code", "created", "T", "L", "M", "labels", "textPayload",
}

// planTexts are strings as JSON spells them.
var planTexts = []string{
	`2024-01-15T10:32:00.789Z`, `2024-01-15T10:32:01.789Z`, `2024-01-15 10:33:07,789`, `2024-01-15T10:32:00+02:00`, `1705314720`, `10:32:00`, `INFO`, `info`, `WARNING`,
	`[error]`, `nonsense`, `30`, `3`, ``, `request_complete`, `Started GET /a?b=c HTTP/1.1 from 1.2.3.4`, `Completed 500 Error in 12ms`,
	`Task completed`, `line\nTraceback (most recent call last):\n  File \"a.py\"`, `a \"quoted\" \\ word`, `\u0041bc`, `1234567890-abcdef`,
	`4bf92f3577b34da6a3ce929d0e0e4736`, `-`, `null`, `req-7`, `GET`, `POST`, `/transcribe`, `https://h/x?y=z`, `200`, `503`, `12.5ms`, `0.5s`, `success`, `failed`,
	`G\u0045T`, `\u0047ET`, `get`, `eight678`, `sixteen-bytes-16`, `seventeen-bytes17`, `org.example.shop.OrderServiceImplementation`, `forty bytes of text and not one byte mor`,
	`INFO\t`, `WARN`, `DEBUG+2`, `a text of some length that is never the same as the one before it`,
	`app.db`, `request_id=abcdefgh-77 done`, `text {\"request_id\":\"abcdefgh-78\"}`, `é`,
}

func randomText(rng *rand.Rand) string {
	if rng.IntN(4) == 0 {
		return "text " + strconv.Itoa(rng.IntN(1e6))
	}
	return planTexts[rng.IntN(len(planTexts))]
}

func randomNumber(rng *rand.Rand) string {
	n := rng.IntN(5000)
	switch rng.IntN(10) {
	case 0:
		return strconv.Itoa(1705314720000 + n)
	case 1:
		return fmt.Sprintf("1705314720.%03d", n%1000)
	case 2:
		return strconv.Itoa(n%60 + 1)
	case 3:
		return strconv.Itoa(100 + n%500)
	case 4:
		return "1e" + strconv.Itoa(n%12)
	case 5:
		return "-" + strconv.Itoa(n)
	case 6:
		return fmt.Sprintf("%d%020d", n, n)
	case 7:
		return []string{"0", "-0", "0.5", "12345678", "1234567", "99999", "100000", "99999999999", "0.000000001", "12.50", "1E3", "4294967.295"}[n%12]
	}
	return strconv.Itoa(n)
}

// randomValue appends a value; a shape has the same of these for all its
// records but for strings and numbers.
func randomValue(b *bytes.Buffer, shape, rng *rand.Rand, depth int) {
	kind := shape.IntN(12)
	if rng.IntN(60) == 0 { // something else than usual
		kind = rng.IntN(12)
	}
	switch {
	case kind < 5:
		b.WriteString(`"` + randomText(rng) + `"`)
	case kind < 8:
		b.WriteString(randomNumber(rng))
	case kind == 8:
		b.WriteString([]string{"true", "false", "null"}[rng.IntN(3)])
	case kind == 9 || depth == 0:
		b.WriteString([]string{"[]", `[1, "a"]`, "{}", `[{"x":[]}]`, `{"request_id":"zzzzzzzz-1"}`, `{"epochSecond":1705314720,"nanoOfSecond":5}`}[shape.IntN(6)])
	default:
		randomObject(b, shape, rng, depth-1)
	}
}

func randomObject(b *bytes.Buffer, shape, rng *rand.Rand, depth int) {
	comma, colon := []string{",", ", ", " ,\t"}[shape.IntN(3)], []string{":", ": "}[shape.IntN(2)]
	b.WriteString([]string{"{", "{", "{", "{ "}[shape.IntN(4)])
	for k := range shape.IntN(9) {
		key, left := planKeys[shape.IntN(len(planKeys))], rng.IntN(9) == 0
		if left { // a member that is not always there
			key = planKeys[rng.IntN(len(planKeys))]
		}
		if k > 0 {
			b.WriteString(comma)
		}
		b.WriteString(`"` + key + `"` + colon)
		randomValue(b, shape, rng, depth)
	}
	b.WriteByte('}')
}

// jsonLines is a stream of records of some shapes, a few of them damaged.
func jsonLines(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, 9))
	var b bytes.Buffer
	shapes := 1 + rng.IntN(6)
	for range n {
		s := rand.New(rand.NewPCG(seed, 100+uint64(rng.IntN(shapes))))
		from := b.Len()
		if s.IntN(3) > 0 { // so that most are records beyond doubt
			b.WriteString(`{"time":"` + fmt.Sprintf("2024-01-15T10:%02d:%02d.%03dZ", rng.IntN(60), rng.IntN(60), rng.IntN(1000)) + `","level":"INFO","message":"`)
			b.WriteString(randomText(rng) + `","more`)
			b.WriteString([]string{"", "d", "e"}[s.IntN(3)] + `":`)
			randomValue(&b, s, rng, 3)
			b.WriteByte(',')
			var rest bytes.Buffer
			randomObject(&rest, s, rng, 3)
			b.Write(bytes.TrimLeft(rest.Bytes()[1:], " "))
		} else {
			randomObject(&b, s, rng, 3)
		}
		for line := b.Bytes()[from:]; rng.IntN(40) == 0; {
			line[rng.IntN(len(line))] = "\"\\{}[],: 0\x01e-."[rng.IntN(14)]
		}
		b.WriteString([]string{"\n", "\n", "\n", " \n", "\r\n", "\n\n"}[rng.IntN(6)])
	}
	return b.Bytes()
}

// unplannedParser is a parser that reads JSON in the general way only.
func unplannedParser(o Options) *Parser {
	p := New(o)
	p.json, p.r.objects = noFormat, unplanned
	return p
}

// checkPlanned parses data with and without plans: the columns must be equal.
func checkPlanned(t *testing.T, name string, data []byte) {
	t.Helper()
	o := Options{Names: model.NewNames(), Domain: "app"}
	got, want := &model.Batch{Buf: data}, &model.Batch{Buf: data}
	p, q := New(o), unplannedParser(o)
	for from := uint32(0); int(from) < len(data); { // twice, so that all steps are known
		if from = p.Parse(got, from, true); got.Len() >= MaxRecords-2 {
			break
		}
	}
	*got = model.Batch{Buf: data}
	plan := p.r.plan
	p = New(o)
	p.r.plan = plan
	for _, run := range []struct {
		p *Parser
		b *model.Batch
	}{{p, got}, {q, want}} {
		for from := uint32(0); int(from) < len(data) && run.b.Len() < MaxRecords-2; {
			from = run.p.Parse(run.b, from, true)
		}
	}
	if p.State() != q.State() {
		t.Fatalf("%s: state %+v, want %+v", name, p.State(), q.State())
	}
	if !reflect.DeepEqual(got, want) {
		for i := range min(got.Len(), want.Len()) {
			if got.Meta(i) != want.Meta(i) {
				t.Fatalf("%s, record %d %q:\n%+v, want\n%+v", name, i, want.Raw(i), got.Meta(i), want.Meta(i))
			}
		}
		t.Fatalf("%s: %d records, want %d", name, got.Len(), want.Len())
	}
}

func TestPlannedRecordsAreTheGeneralOnes(t *testing.T) {
	for seed := range uint64(300) {
		checkPlanned(t, fmt.Sprint("seed ", seed), jsonLines(seed, 80))
	}
	for name, line := range benchLines {
		input := benchInput(line)
		checkPlanned(t, name, input[:nextStart(input, 100_000)])
	}
}

// TestPlannedHeads compares all that a plan says of a record, not only what
// becomes of it.
func TestPlannedHeads(t *testing.T) {
	read, valid := 0, 0
	for seed := range uint64(400) {
		r, general := newReader(time.UTC), newReader(time.UTC)
		r.plan, general.objects = newPlan(), unplanned
		for round := range 2 {
			for _, line := range bytes.Split(jsonLines(seed, 40), []byte("\n")) {
				line = bytes.TrimSuffix(line, []byte("\r"))
				var got, want head
				got.reset()
				want.reset()
				f := general.jsonLine(line, &want)
				if f == strong && round > 0 {
					valid++
					var h head
					h.reset()
					if readPlanned(&r, line, &h, false) == len(line) {
						read++
					}
				}
				if g := r.jsonLine(line, &got); g != f {
					t.Fatalf("seed %d, %s: fit %d, want %d", seed, line, g, f)
				}
				want.f.Client, want.f.Query, want.f.Name = got.f.Client, got.f.Query, got.f.Name
				if !sameHead(&got, &want) {
					t.Fatalf("seed %d, %s:\n%+v, want\n%+v", seed, line, got, want)
				}
				if f != misfit && !want.mended && !json.Valid(line) {
					t.Fatalf("seed %d: %s is no JSON", seed, line)
				}
			}
		}
	}
	if read*10 < valid*6 {
		t.Errorf("of %d records whose steps were learnt, %d are read by the plan", valid, read)
	}
}

// sameHead compares heads; an empty slice may be nil.
func sameHead(a, b *head) bool {
	x, y := *a, *b
	texts := func(h *head) []string {
		s := []string{string(h.domain), string(h.rid), string(h.cid), string(h.msg)}
		h.domain, h.rid, h.cid, h.msg = nil, nil, nil, nil
		return s
	}
	return reflect.DeepEqual(texts(&x), texts(&y)) && reflect.DeepEqual(x, y)
}

func TestPlannedSeeds(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("testdata", "*", "*"))
	more, _ := filepath.Glob(filepath.Join("..", "..", "shared", "corpus", "*", "*"))
	for _, name := range append(files, more...) {
		data, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(data, []byte(`{"`)) {
			continue
		}
		checkPlanned(t, name, data[:min(len(data), 200_000)])
	}
}

// TestPlanForgets shows that a stream whose records never come again is bounded,
// and that one which settles is planned at last.
func TestPlanForgets(t *testing.T) {
	r := newReader(time.UTC)
	var h head
	for i := range 60_000 {
		h.reset()
		r.jsonLine(fmt.Appendf(nil, `{"time":"2024-01-15T10:32:00.789Z","level":"INFO","message":"m","k%d":%d}`, i, i), &h)
		if r.plan != nil && (len(r.plan.list) > maxPlanSteps+1 || len(r.plan.states) > maxPlanStates+1) {
			t.Fatalf("%d steps, %d states", len(r.plan.list), len(r.plan.states))
		}
	}
	line := []byte(`{"ts":1705314720.5,"severity":"INFO","msg":"settled"}`)
	for range 1 << 15 {
		h.reset()
		r.jsonLine(line, &h)
	}
	if h.reset(); readPlanned(&r, line, &h, true) != len(line) {
		t.Error("a record that comes again and again is not planned")
	}
}

func FuzzPlan(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(jsonLines(seed, 12))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 4000 {
			checkPlanned(t, "fuzz", data)
		}
	})
}

// TestPlannedInstants reads log4j2's instants: one that says more than when is
// left to the general way.
func TestPlannedInstants(t *testing.T) {
	const lead, tail = `{"instant":{"epochSecond":1795187939,"nanoOfSecond":`, `,"level":"INFO","message":"m","contextMap":{"requestId":"bb2c7239-4b1a"}}`
	r := newReader(time.UTC)
	r.plan = newPlan()
	for i, c := range []struct {
		line    string
		planned bool
		nanos   int64
	}{
		{lead + `667000000}` + tail, false, 667000000},
		{lead + `5}` + tail, true, 5},
		{lead + `5,"request_id":"zzzzzzzz-1"}` + tail, false, 5},
		{lead + `"x"}` + tail, true, 0},
		{`{"instant":{}` + tail, false, 0},
	} {
		var h head
		h.reset()
		if planned := readPlanned(&r, []byte(c.line), &h, false) == len(c.line); planned != c.planned {
			t.Errorf("%d: planned is %v", i, planned)
		}
		h.reset()
		if f := r.jsonLine([]byte(c.line), &h); f != strong || h.hasTime && h.time.Nanos != 1795187939e9+c.nanos {
			t.Errorf("%d: fit %d, %+v", i, f, h.time)
		}
	}
}

// readPlanned reads one line by the plan of r.
func readPlanned(r *reader, line []byte, h *head, bare bool) int {
	if end := r.plan.read(r, line, 0, h, new(planned)); !bare || r.plan.lines[0].seen&seenWrapped == 0 {
		return end
	}
	return 0
}
