package query

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ravel/model"
	"ravel/model/stats"
)

// naive evaluates e on record i in the plainest way there is.
func (l *testLog) naive(e Expr, i int) bool {
	r := &l.records[i]
	switch e := e.(type) {
	case *And:
		for _, t := range e.Terms {
			if !l.naive(t, i) {
				return false
			}
		}
		return true
	case *Or:
		for _, t := range e.Terms {
			if l.naive(t, i) {
				return true
			}
		}
		return false
	case *Not:
		return !l.naive(e.Term, i)
	case *Text:
		return naiveContains(string(r.Text), e.Word) || naiveContains(r.Message, e.Word)
	case *Regexp:
		re := regexp.MustCompile(e.Pattern.expr())
		return re.MatchString(strings.TrimSuffix(strings.TrimSuffix(string(r.Text), "\n"), "\r")) || re.MatchString(r.Message)
	case *Exists:
		_, ok := l.naiveField(e.Field, i)
		return ok
	case *Test:
		return l.naiveTest(e, i)
	}
	panic("no such node")
}

func naiveContains(text, word string) bool {
	if strings.ToLower(word) == word {
		text = strings.ToLower(text)
	}
	return strings.Contains(text, word)
}

// naiveField is a field's text values (several for arrays and objects).
func (l *testLog) naiveField(name string, i int) ([]model.Value, bool) {
	r, b := &l.records[i], &l.batch
	one := func(s string) ([]model.Value, bool) { return []model.Value{model.StringValue(s)}, s != "" }
	switch name {
	case "level":
		return []model.Value{model.StringValue(r.Level.String())}, r.Level != model.LevelNone
	case "domain":
		return one(r.Domain)
	case "source":
		return one(r.Source)
	case "message":
		return one(r.Message)
	case "@message":
		return one(strings.TrimSuffix(strings.TrimSuffix(string(r.Text), "\n"), "\r"))
	case "request_id":
		return one(r.RequestID)
	case "ts":
		return one(map[bool]string{true: "", false: "x"}[r.Time == model.NoTime])
	case "template":
		return one(stats.Template([]byte(r.Message)))
	case "status":
		if b.Status[i] != 0 {
			return one(strconv.Itoa(int(b.Status[i])))
		}
	case "duration":
		return one(map[bool]string{true: "", false: "x"}[b.Dur[i] == model.NoDur])
	case "traceback":
		if r.Traceback == nil {
			return nil, false
		}
		return one(r.Traceback.Text)
	}
	name = strings.TrimPrefix(name, "fields.")
	// The key as it stands in the bytes.
	if len(r.Text) > 0 && r.Text[0] == '{' {
		fields := decodeJSON(string(r.Text))
		v, ok := model.Lookup(fields, name)
		for _, c := range containers {
			if in, has := model.Lookup(fields, c); !ok && has && !strings.Contains(name, ".") {
				v, ok = model.Lookup(in.Keys, name)
			}
		}
		if ok {
			return flatten(v, nil), v.Kind != model.Null
		}
	}
	if v, ok := model.Lookup(r.Fields, name); ok {
		return flatten(v, nil), true
	}
	running := r.Message
	if len(r.Text) == 0 || r.Text[0] != '{' {
		running = string(r.Text)
	}
	if m := regexp.MustCompile(`(?:^|[\s\[({,;])` + regexp.QuoteMeta(name) + `=([^\s,;\])}]+)`).FindStringSubmatch(running); m != nil {
		return one(m[1])
	}
	if r.Traceback != nil && name == "exception.type" {
		return one(r.Traceback.Type)
	}
	return nil, false
}

func flatten(v model.Value, to []model.Value) []model.Value {
	for _, it := range v.Items {
		to = flatten(it, to)
	}
	for _, f := range v.Keys {
		to = flatten(f.Value, to)
	}
	if v.Kind == model.Array || v.Kind == model.Object || v.Kind == model.Null {
		return to
	}
	return append(to, v)
}

// naiveTest compares.
func (l *testLog) naiveTest(t *Test, i int) bool {
	r, b := &l.records[i], &l.batch
	vals, ok := l.naiveField(t.Field, i)
	if t.Field == "status" && t.Op == Eq && (t.Values[0].Quoted || !isDigit(t.Values[0].Text[0])) && t.Values[0].Text != none {
		vals, ok = l.naiveField("fields.status", i)
	}
	for _, want := range t.Values {
		if t.Op == Has && naiveContains(string(r.Text), t.Field+":"+want.Text) || t.Op == Has && naiveContains(r.Message, t.Field+":"+want.Text) {
			return true
		}
		if want.Text == none && !want.Quoted && t.Op == Eq && !ok {
			return true
		}
		if !ok {
			continue
		}
		switch w := want.Text; {
		case w == none && !want.Quoted, t.Op > Eq && t.Op < Lt, t.Op >= Match:
		case t.Field == "level":
			lv, _ := model.ParseLevel(w)
			if w != none && compareOp(t.Op, int64(r.Level), int64(lv)) {
				return true
			}
			continue
		case t.Field == "duration":
			d, _ := time.ParseDuration(w)
			if compareOp(t.Op, int64(b.Dur[i])*1000, int64(d)) {
				return true
			}
			continue
		case t.Field == "ts":
			at, err := time.Parse("2006-01-02T15:04", w)
			if err != nil {
				panic(err)
			}
			cmp := int64(r.Time - at.UnixNano())
			if cmp > 0 {
				cmp = max(0, cmp-int64(time.Minute)+1)
			}
			if compareOp(t.Op, cmp, 0) {
				return true
			}
			continue
		case t.Field == "status" && strings.HasSuffix(w, "xx"):
			if b.Status[i]/100 == uint16(w[0]-'0') {
				return true
			}
			continue
		case t.Field == "status" && !want.Quoted && (t.Op != Eq || len(w) == 3):
			n, _ := strconv.Atoi(w)
			if b.Status[i] != 0 && compareOp(t.Op, int64(b.Status[i]), int64(n)) {
				return true
			}
			continue
		}
		if t.Field == "duration_ms" && want.Text == "1s" {
			want.Text = "1000"
		}
		for _, v := range vals {
			if naiveScalar(t.Op, v, want) {
				return true
			}
		}
	}
	if t.Op == Match && ok {
		re := regexp.MustCompile(t.Pattern.expr())
		for _, v := range vals {
			if re.MatchString(v.Str) {
				return true
			}
		}
	}
	return false
}

func naiveScalar(op Op, v model.Value, want Value) bool {
	switch op {
	case Has:
		return naiveContains(v.Str, want.Text)
	case Like:
		return strings.Contains(v.Str, want.Text)
	}
	a, err1 := strconv.ParseFloat(v.Str, 64)
	b, err2 := strconv.ParseFloat(want.Text, 64)
	if err2 == nil && !want.Quoted {
		return err1 == nil && v.Kind != model.Bool && (op == Eq && a == b || op == Lt && a < b || op == Le && a <= b || op == Gt && a > b || op == Ge && a >= b) ||
			op == Eq && v.Str == want.Text
	}
	if op == Eq {
		return v.Str == want.Text || v.Kind == model.Bool && !want.Quoted && strings.EqualFold(v.Str, want.Text)
	}
	c := strings.Compare(v.Str, want.Text)
	return compareOp(op, int64(c), 0)
}

// leaves are the tests from which random queries are put together.
var leaves = []string{
	"timeout", "Timeout", "needle", "TIMEOUT", "/api/v1/catalogs", `"user=bob"`, "größe", "café", "日本", "it's", `"C:\\temp"`, "e", "or", "o", "F",
	`"timeout needle"`, `"t\\"`, `"` + "a\tb" + `"`, "success", "db:5432", "user:bob", "user:B", "stdout",
	"/time.?out/", "/needle|GET/", "/(?i)TIMEOUT/", "/^needle/", "/GET$/", `/n\w+le/`, `/\buser=/`, "/[0-9]{3}/",
	"level=error", "level>=warning", "level<info", "level=info,none", "level:err", "level~/^E/", "exists(level)", "level=none",
	"domain=app", "domain=auth,worker.db", "domain:work", "domain=none", "domain~/^a/", "source=api.log", "source:7f9c", "exists(domain)",
	"status=500", "status>=400", "status=4xx,5xx", "status=success", "status=3", "status<300", "exists(status)", "status:50", `status="500"`, "status=none",
	"duration>1s", "duration<=500ms", "exists(duration)", "duration_ms>1000", "duration_ms<=10.5", "exists(duration_ms)", "duration_ms>1s", "duration=none",
	"ts>=2024-01-15T09:30", "ts<2024-01-15T09:10", "ts=2024-01-15T09:20", "ts=none", "exists(ts)",
	"user=bob", "user=42", `user="42"`, "user=42.0", "user=bob,Alice", "user=none", "user>41", "user>=Alice", `user like "li"`, "user~/^[ab]/i", "exists(user)", "user=TRUE", "ok=TRUE", "ok=false",
	"context.user=bob", "context.deep.n>4", "deep.n>4", "n=5", "n=7", "a.b=1", "a.b=2", "tags=a", "tags:ob", "tags=none", "exists(tags)",
	"request_id=req-1", "request_id:REQ", "exists(request_id)", "request_id~/[34]$/", "logger=auth", "logger:work",
	"message:timeout", "message~/^GET/", `@message like "needle"`, "message=needle", "@message~/CRI/", "message=none",
	"exists(traceback)", "traceback:needle", "exception.type=ValueError", "exists(exception.type)", "method=GET", "path:/api", "path=none", "pod=api-7f9c", "exists(pod)", "pod:9C", "nosuch=1", "nosuch=none", `template="Completed <num> in <num>ms"`, "template:completed", `template="needle"`, `template~/<num>/`, "exists(nosuch)",
}

// randomQuery is a filter of depth at most d.
func randomQuery(rng *rand.Rand, d int) string {
	leaf := leaves[rng.IntN(len(leaves))]
	if leaf == "or" {
		leaf = `"or"`
	}
	if d == 0 {
		return leaf
	}
	switch rng.IntN(6) {
	case 0:
		return randomQuery(rng, d-1) + " " + randomQuery(rng, d-1)
	case 1:
		return "(" + randomQuery(rng, d-1) + " or " + randomQuery(rng, d-1) + ")"
	case 2:
		return "NOT (" + randomQuery(rng, d-1) + ")"
	}
	return leaf
}

// checkColumns compares what a filter tells by columns alone, all, encoded ones
// or none, with what it holds for.
func checkColumns(t *testing.T, l *testLog, p *Predicate, z *model.Zone) {
	t.Helper()
	n := l.batch.Len()
	bits := model.NewBits(n)
	p.Narrow(&l.batch, bits)
	cols, kept := l.batch, model.Batch{Also: l.batch.Also}
	cols.Buf = nil
	model.Encode(&l.batch).Decode(&kept, p.Columns())
	for b, has := range map[*model.Batch]model.Columns{&cols: model.AllColumns, &kept: p.Columns(), {}: 0} {
		left := model.NewBits(n)
		if more := p.NarrowColumns(b, z, has, left); !more && fmt.Sprint(left) != fmt.Sprint(bits) {
			t.Errorf("%s: NarrowColumns, by columns %b, says %v and no more, Narrow %v", p, has, left, bits)
		}
		lost := append(model.Bits{}, bits...)
		if lost.AndNot(left); !lost.Empty() {
			t.Errorf("%s: NarrowColumns, by columns %b, takes out records that match: %v", p, has, lost)
		}
	}
}

// checkFilter compares a compiled filter with the naive one on a log.
func checkFilter(t *testing.T, l *testLog, text string) {
	t.Helper()
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	p, err := q.Compile(l.env())
	if err != nil {
		t.Fatalf("Compile(%q): %v", text, err)
	}
	n := l.batch.Len()
	bits := model.NewBits(n)
	p.Narrow(&l.batch, bits)
	z := l.batch.Zone()
	for _, part := range []*Predicate{p, p.Within(z.MinTime, z.MaxTime+1), p.Within(z.MinTime, z.MaxTime), p.Within(z.MinTime/2+z.MaxTime/2, z.MaxTime+1)} {
		checkColumns(t, l, part, &z)
	}
	want := 0
	for i := range n {
		hold := l.naive(q.Filter, i)
		want += btoi(hold)
		if hold != bits.Has(i) {
			t.Errorf("%s: record %d (%q, flags %b): Narrow says %v, naively %v", text, i, l.batch.Raw(i), l.batch.Flags[i], bits.Has(i), hold)
			return
		}
	}
	switch v := p.Prune(&z); {
	case v == model.None && want > 0, v == model.All && want < n:
		t.Errorf("%s: Prune says %v, %d of %d hold", text, v, want, n)
	}
}

func TestFilterAgainstOracle(t *testing.T) {
	for seed := range uint64(9) {
		rng := rand.New(rand.NewPCG(seed, 7))
		l := randomLog(rng, 1+rng.IntN(150))
		if seed%3 == 2 {
			l.scatter(rng)
		}
		for _, leaf := range leaves {
			if leaf != "or" {
				checkFilter(t, l, leaf)
			}
		}
		for range 60 {
			checkFilter(t, l, randomQuery(rng, 3))
		}
	}
}

// TestNarrowOnlyClears checks that records outside the set stay outside, and
// that one predicate serves many goroutines.
func TestNarrowOnlyClears(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	l := randomLog(rng, 500)
	for _, text := range []string{"needle", "level>=info or user=bob", "-timeout status>=400", "/time.?out/ -user=42"} {
		q, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		p, err := q.Compile(l.env())
		if err != nil {
			t.Fatal(err)
		}
		full := model.NewBits(l.batch.Len())
		p.Narrow(&l.batch, full)
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				some := model.NewBits(l.batch.Len())
				for i := range l.batch.Len() {
					if i%(g+2) != 0 {
						some.Clear(i)
					}
				}
				before := fmt.Sprint(some)
				got := append(model.Bits{}, some...)
				p.Narrow(&l.batch, got)
				some.And(full)
				if fmt.Sprint(got) != fmt.Sprint(some) {
					t.Errorf("%s from %s: %v, want %v", text, before, got, some)
				}
			})
		}
		wg.Wait()
	}
}

func TestPredicateStringTellsTimes(t *testing.T) {
	q := mustParse(t, "level=error ts>-15m")
	a, err := q.Compile(Env{Now: testEpoch})
	if err != nil {
		t.Fatal(err)
	}
	b, err := q.Compile(Env{Now: testEpoch + 60e9})
	if err != nil {
		t.Fatal(err)
	}
	c, err := mustParse(t, "error").Compile(Env{})
	if err != nil {
		t.Fatal(err)
	}
	if a.String() == b.String() || c.String() != "error" || c.Within(1, 2).String() == c.Within(1, 3).String() {
		t.Errorf("%q %q %q", a, b, c)
	}
}
