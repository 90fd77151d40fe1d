package query

import (
	"strings"
	"testing"

	"ravel/model"
)

// nobody is a membership without members.
type nobody struct{}

func (nobody) Narrow(_ *model.Batch, bits model.Bits) { clear(bits) }
func (nobody) Holds(*model.Record) bool               { return false }

// failedPost is a row with all columns.
var failedPost = model.Request{
	ID: "b33f803f", Kind: model.KindHTTP, State: model.Failed, Start: testEpoch, End: testEpoch + 38e6, Duration: 38e6, Method: "POST",
	Path: "/api/v1/catalogs", Client: "127.0.0.1", Status: 500, Level: model.Error, Records: 3, Sources: []string{"api.log", "nginx.log"},
	ErrorType: "AttributeError", ErrorMessage: "no attribute",
}

func TestRequestFilter(t *testing.T) {
	open := model.Request{ID: "x", State: model.InFlight, Start: testEpoch, End: model.NoTime, Duration: -1}
	for _, c := range []struct {
		filter string
		some   string // the leaves that some record satisfies
		failed bool
		open   bool
	}{
		{"", "", true, true},
		{"status>=500 duration>30ms", "", true, false},
		{"duration>1s", "", false, false},
		{"duration_ms>37 duration_ms<39", "", true, false},
		{"method=POST path~/catalogs$/ client:127", "", true, false},
		{"state=failed,hung", "", true, false},
		{"-state=failed", "", false, true},
		{"kind=http status=5xx", "", true, false},
		{"level>=error", "", true, false},
		{"level=none", "", false, true},
		{"sources=nginx.log records=3", "", true, false},
		{"error:AttributeError error.type=AttributeError", "", true, false},
		{"error=none status=none duration=none end=none", "", false, true},
		{"exists(error)", "", true, false},
		{"start>=2024-01-15T09 end<2024-01-15T10", "", true, false},
		{"timeout", "timeout", true, true},
		{"timeout", "", false, false},
		{"-timeout", "timeout", false, false},
		{"-timeout", "", true, true},
		{"timeout domain=db", "timeout", false, false},
		{"timeout or status=500", "", true, false},
		{"request(state=failed) level>=error", "", true, false},
		{"user!=bob", "user=bob", false, false},
	} {
		f, err := mustParse(t, c.filter).Requests(Env{Names: model.NewNames()})
		if err != nil {
			t.Fatalf("%s: %v", c.filter, err)
		}
		some := func(leaf int) bool { return c.some != "" && strings.Contains(c.some, f.Leaves()[leaf].String()) }
		if got := f.Match(&failedPost, some); got != c.failed {
			t.Errorf("%s on a failed request: %v", c.filter, got)
		}
		if got := f.Match(&open, some); got != c.open {
			t.Errorf("%s on an open request: %v", c.filter, got)
		}
	}
}

func TestRequestCallMembership(t *testing.T) {
	l := shopLog()
	env := l.env()
	var asked *RequestFilter
	env.Requests = func(f *RequestFilter) Membership { asked = f; return nobody{} }
	p, err := mustParse(t, "level=error -request(status>=500 timeout)").Compile(env)
	if err != nil {
		t.Fatal(err)
	}
	if !p.UsesRequests() || asked.String() != "status>=500 timeout" || len(asked.Leaves()) != 1 {
		t.Errorf("uses requests: %v, asked %v", p.UsesRequests(), asked)
	}
	bits := model.NewBits(l.batch.Len())
	p.Narrow(&l.batch, bits)
	if bits.Count() != 2 {
		t.Errorf("%d records, want the 2 errors", bits.Count())
	}
}
