package query

import (
	"errors"
	"strings"
	"testing"

	"ravel/model"
)

// rulesLog is a log on which the rules of the grammar show.
func rulesLog() *testLog {
	l := newTestLog()
	plain := func(msg string) {
		l.add(msg+"\n", model.Record{Time: model.NoTime, Message: msg, Source: "app.log"}, model.Meta{Dur: model.NoDur})
	}
	plain("could not connect to db:5432")                                                                                                                                                           // 1
	plain("Could not Connect")                                                                                                                                                                      // 2
	plain("seen on 2026-03-20 by handler_1()")                                                                                                                                                      // 3
	plain("GET http://x/api/v1/catalogs at 12:04")                                                                                                                                                  // 4
	plain("user=bob size=2048 took=1.5 quota=none")                                                                                                                                                 // 5
	plain(`it can't be C:\temp\x | or`)                                                                                                                                                             // 6
	plain("AttributeError: 'x' has no attribute key= v")                                                                                                                                            // 7
	l.addJSON(`{"ts":"2024-01-15T09:10:00Z","level":"WARNING","logger":"auth","message":"caf\u00e9","duration_ms":2500,"bytes":1500000,"ok":true,"id":"042"}`+"\n", "a.jsonl")                      // 8
	l.addJSON(`{"ts":"2024-01-15T09:50:00Z","level":"ERROR","logger":"db","message":"slow","context":{"duration_ms":10,"source":"inner"},"source":"key","elapsed_s":3,"id":42}`+"\n", "b.jsonl")    // 9
	l.addJSON(`{"ts":"2024-01-15T10:00:00Z","level":"INFO","message":"fine","wait":"90s","@x":"y","a-b":1,"tags":["red","blue"],"deep":{"er":{"n":7}},"request_id":"req-77"}`+"\n", "prod/api/app") // 10
	return l
}

// TestGrammarRules has cases for each rule of the grammar, by its number: a
// query and the numbers of the records that it finds, or part of its error.
func TestGrammarRules(t *testing.T) {
	for _, c := range []struct{ rule, query, want string }{
		{"R1", "2026-03-20", "3"},
		{"R1", "-connect -user -json level=none", "3 4 6 7"},
		{"R1", "ts>-15m", "9 10"},
		{"R1", "-5432 connect", "2"},
		{"R2", "could not connect", "1 2"},
		{"R2", "connect not level=none", ""},
		{"R2", "NOT connect level=none", "3 4 5 6 7"},
		{"R3", "connect db or slow zzz", "1"},
		{"R3", "connect (db or slow) or café", "1 8"},
		{"R4", "duration_ms > 2000", "8"},
		{"R4", "key= v", "7"},
		{"R4", "AttributeError:", "7"},
		{"R4", "level>=", "compares with nothing"},
		{"R5", "db:5432", "1"},
		{"R5", "logger:AUTH", ""},
		{"R5", "logger:aut", "8"},
		{"R5", "http://x", "4"},
		{"R5", "12:04", "4"},
		{"R6", "/api/v1/catalogs", "4"},
		{"R6", `/v\d/`, "4"},
		{"R6", "message~/not c/", "1"},
		{"R6", "message~/NOT C/i", "1 2"},
		{"R7", "handler_1()", "3"},
		{"R7", "(handler_1() or connect) -db", "2 3"},
		{"R8", "connect", "1 2"},
		{"R8", "Connect", "2"},
		{"R8", "café", "8"},
		{"R8", `id=42`, "8 9"},
		{"R8", `id="42"`, "9"},
		{"R8", "level=error", "9"},
		{"R8", "ok=TRUE", "8"},
		{"R8", `message like "Connect"`, "2"},
		{"R9", "can't", "6"},
		{"R9", `"C:\temp\\x |"`, "6"},
		{"R9", "logger=auth,db", "8 9"},
		{"R9", "logger=auth, db", "no value stands here"},
		{"R10", "duration_ms>2s", "8"},
		{"R10", "elapsed_s>2s elapsed_s<3001ms", "9"},
		{"R10", "duration>2s", "8"},
		{"R10", "duration>2", "needs a unit"},
		{"R10", "bytes>1MB", "8"},
		{"R10", "size=2Ki", "5"},
		{"R10", "wait>1m", "10"},
		{"R11", "ts>=2024-01-15T09:50", "9 10"},
		{"R11", "ts=2024-01-15T09", "8 9"},
		{"R11", "ts>=09:05 ts<09:15", "8"},
		{"R11", "ts>=end-10m", "9 10"},
		{"R11", "id!=42 level>=warning", ""},
		{"R11", "id!=42 level=info", "10"},
		{"R11", "id>0", "8 9"},
		{"R12", "connect | nosuch", "to search for | quote it"},
		{"R13", "limit exceeded", ""},
		{"R13", "filter level=error", "stage"},
		{"R13", "filter size", ""},
		{"R15", "@message like /can't/", "6"},
		{"R15", "@logStream=b.jsonl", "9"},
		{"R15", "@timestamp>2024-01-15T09:59", "10"},
		{"R16", "duration_ms=10", "9"},
		{"R16", "source=b.jsonl", "9"},
		{"R16", "fields.source=key", "9"},
		{"R16", "context.source=inner", "9"},
		{"R16", "er.n=7 or deep.er.n=7", "10"},
		{"R16", "user=bob", "5"},
		{"R16", "tags=blue", "10"},
		{"R16", "@x=y a-b=1", "10"},
		{"R16", "`a-b`=1", "10"},
		{"34", "logger=none level>=info", "10"},
		{"34", "-level=none", "8 9 10"},
	} {
		t.Run(c.rule+" "+c.query, func(t *testing.T) { checkRule(t, c.query, c.want) })
	}
}

// checkRule runs one case of TestGrammarRules.
func checkRule(t *testing.T, text, want string) {
	t.Helper()
	l := rulesLog()
	env := l.env()
	env.Newest = testEpoch + 3600e9 // of record 10
	env.Now = env.Newest + 60e9
	q, err := Parse(text)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || want == "" || !strings.Contains(err.Error(), want) {
			t.Fatalf("%v, want %q", err, want)
		}
		return
	}
	if want == "stage" {
		if q.Filter != nil || len(q.Stages) == 0 {
			t.Errorf("%q is no stage: %s", text, q)
		}
		return
	}
	p, err := q.Compile(env)
	if err != nil {
		t.Fatal(err)
	}
	bits := model.NewBits(l.batch.Len())
	p.Narrow(&l.batch, bits)
	var got []string
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		got = append(got, number(int64(i+1)).Str)
	}
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s finds %q, want %q", text, s, want)
	}
}
