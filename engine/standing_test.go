package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// memberSeqs are the records of the request that seq belongs to.
func (f *fixture) memberSeqs(seq model.Seq) []model.Seq {
	var out []model.Seq
	for _, r := range f.Members(seq, 100) {
		out = append(out, r.Seq)
	}
	return out
}

// joining is a request with its access line, which the server logs once the
// application has logged the end.
func joining(access string) []string {
	return []string{
		line(0, idA, "INFO", "app", "Started GET /orders/7 HTTP/1.1 from 127.0.0.1"),
		line(3, idA, "INFO", "app", "Completed 200 OK in 3ms"),
		line(4, idB, "INFO", "app", "Started GET /health HTTP/1.1 from 127.0.0.1"),
		line(5, idA, "INFO", "uvicorn.access", access),
		line(6, idA, "INFO", "tasks", "mail sent"),
		line(7, idB, "INFO", "app", "Completed 200 OK in 3ms"),
	}
}

// TestAccessLineJoins checks that an access line behind the application's own
// end is part of the request, however the lines came in.
func TestAccessLineJoins(t *testing.T) {
	lines := joining(`127.0.0.1:59834 - "GET /orders/7 HTTP/1.1" 200`)
	for _, live := range []bool{false, true} {
		t.Run(fmt.Sprintf("live %v", live), func(t *testing.T) {
			f := newFixture(t, 0)
			if live {
				for _, l := range lines {
					f.feed(t, l)
				}
			} else {
				f.feed(t, strings.Join(lines, ""))
			}
			rows := f.Rows(0, 1, 10, false)
			if got, want := seqs(rows), []model.Seq{2, 5, 6}; !slices.Equal(got, want) {
				t.Fatalf("rows stand at %v, want %v", got, want)
			}
			if q := rows[0].Request; q == nil || q.Records != 4 || q.State != model.Complete {
				t.Errorf("the request is %+v", q)
			}
			if n := f.State().States[model.Complete]; n != 2 {
				t.Errorf("%d complete requests, want 2", n)
			}
			for _, seq := range []model.Seq{2, 4, 5} {
				if got, want := f.memberSeqs(seq), []model.Seq{1, 2, 4, 5}; !slices.Equal(got, want) {
					t.Errorf("the members by record %d are %v, want %v", seq, got, want)
				}
			}
			f.query(t, "59834")
			if got, want := seqs(f.Rows(0, 1, 10, false)), []model.Seq{2}; !slices.Equal(got, want) {
				t.Errorf("what matches in the access line stands at %v, want %v", got, want)
			}
			f.query(t, "request(59834)")
			if got, want := seqs(f.Rows(0, 1, 10, true)), []model.Seq{1, 2, 4, 5}; !slices.Equal(got, want) {
				t.Errorf("request(…) finds %v, want %v", got, want)
			}
		})
	}
}

// TestWorseEndStays checks that a line is not hidden which says that a request
// failed whose row does not.
func TestWorseEndStays(t *testing.T) {
	f := newFixture(t, 0)
	lines := joining(`127.0.0.1:59834 - "GET /orders/7 HTTP/1.1" 504`)
	lines[3] = strings.Replace(lines[3], "INFO", "ERROR", 1)
	f.feed(t, strings.Join(lines, ""))
	rows := f.Rows(0, 1, 10, false)
	if got, want := seqs(rows), []model.Seq{2, 4, 5, 6}; !slices.Equal(got, want) {
		t.Fatalf("rows stand at %v, want %v", got, want)
	}
	if q := rows[0].Request; q.Level != model.Error || q.Records != 4 {
		t.Errorf("the request is %+v", q)
	}
	if rows[1].Request != nil {
		t.Errorf("the line is a request of its own: %+v", rows[1].Request)
	}
}

// TestPairWithoutID checks that a request without an id has its two records,
// and hides neither what stands between nor a start that has no end.
func TestPairWithoutID(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, line(0, "-", "INFO", "agents", "Request received"))
	if got := seqs(f.Rows(0, 1, 10, false)); len(got) != 0 {
		t.Fatalf("a request that runs has rows at %v", got)
	}
	f.feed(t, line(1, "-", "INFO", "other", "between"))
	f.feed(t, line(2, "-", "INFO", "agents", "Validation complete"))
	rows := f.Rows(0, 1, 10, false)
	if got, want := seqs(rows), []model.Seq{2, 3}; !slices.Equal(got, want) {
		t.Fatalf("rows stand at %v, want %v", got, want)
	}
	if rows[1].Request == nil || rows[1].Request.Records != 2 {
		t.Fatalf("the pair is %+v", rows[1].Request)
	}
	for _, seq := range []model.Seq{1, 3} {
		if got, want := f.memberSeqs(seq), []model.Seq{1, 3}; !slices.Equal(got, want) {
			t.Errorf("the members by record %d are %v, want %v", seq, got, want)
		}
	}
	if got, want := f.memberSeqs(2), []model.Seq{2}; !slices.Equal(got, want) {
		t.Errorf("the line between has the members %v", got)
	}
	f.query(t, "between")
	if got, want := seqs(f.Rows(0, 1, 10, false)), []model.Seq{2}; !slices.Equal(got, want) {
		t.Errorf("a match between the two shows %v, want %v", got, want)
	}
	f.query(t, "received")
	if got, want := seqs(f.Rows(0, 1, 10, false)), []model.Seq{3}; !slices.Equal(got, want) {
		t.Errorf("a match in the start shows %v, want %v", got, want)
	}
	f.query(t, "")
	f.feed(t, line(3, "-", "INFO", "agents", "Request received")+line(4, "-", "INFO", "agents", "Request received")+
		line(5, "-", "INFO", "agents", "Validation complete"))
	if got, want := seqs(f.Rows(0, 1, 10, false)), []model.Seq{2, 3, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("two that cannot be told apart: rows stand at %v, want %v", got, want)
	}
}

// TestCorrelationOfAnyRecord checks that a request shows the correlation id that
// only a record in its middle has.
func TestCorrelationOfAnyRecord(t *testing.T) {
	f := newFixture(t, 0)
	f.feed(t, line(0, idA, "INFO", "app", "Started GET /orders/7 HTTP/1.1 from 127.0.0.1")+
		strings.Replace(line(1, idA, "INFO", "app", "called billing"), "[-]", "[corr-0001]", 1)+
		line(3, idA, "INFO", "app", "Completed 200 OK in 3ms"))
	rows := f.Rows(0, 1, 10, false)
	if len(rows) != 1 || rows[0].Request.CorrelationID != "corr-0001" {
		t.Errorf("rows %+v", rows)
	}
	table, err := f.Table(t.Context(), `| requests | filter correlation_id="corr-0001" | stats count()`)
	if err != nil || len(table.Rows) != 1 || table.Rows[0][0] != "1" {
		t.Errorf("by its correlation id: %+v, %v", table, err)
	}
}

// TestWaitingUnderAFilter checks that a filter shows nothing of a request that
// runs: its rows would leave again. What hangs can be found.
func TestWaitingUnderAFilter(t *testing.T) {
	f := newFixture(t, 0)
	f.o.Live = true
	f.feed(t, line(0, idA, "INFO", "app", "Started GET /orders/7 HTTP/1.1 from 127.0.0.1")+
		line(1, idA, "INFO", "app", "calling billing")+line(2, idA, "ERROR", "app", "billing is slow")+
		line(3, "-", "INFO", "app", "another line"))
	f.query(t, "billing or line")
	if got, want := seqs(f.Rows(0, 1, 10, false)), []model.Seq{3, 4}; !slices.Equal(got, want) {
		t.Errorf("while it runs: rows stand at %v, want %v", got, want)
	}
	f.now = f.now.Add(time.Minute)
	if got, want := seqs(f.Rows(0, 1, 10, false)), []model.Seq{2, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("once it hangs: rows stand at %v, want %v", got, want)
	}
	f.feed(t, line(5, idA, "INFO", "app", "Completed 200 OK in 5ms"))
	f.settle(t)
	if got, want := seqs(f.Rows(0, 1, 10, false)), []model.Seq{4, 5}; !slices.Equal(got, want) {
		t.Errorf("once it has ended: rows stand at %v, want %v", got, want)
	}
}
