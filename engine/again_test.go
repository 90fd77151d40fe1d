package engine

import "testing"

// TestRequestsAreAskedAnew: what a filter on requests found is no answer any
// more once a request has ended otherwise.
func TestRequestsAreAskedAnew(t *testing.T) {
	f := newFixture(t, 64<<20)
	const id = "0123456789abcdef0123456789abcdef"
	f.feed(t, line(0, id, "INFO", "app", "Started GET /orders HTTP/1.1 from 10.0.0.7")+line(1, id, "INFO", "app", "At work"))
	f.store.Seal()
	f.query(t, "request(status>=500)")
	if n := f.State().Matched; n != 0 {
		t.Fatalf("%d records match while the request runs", n)
	}
	f.feed(t, line(2, id, "ERROR", "app", "Completed 500 Internal Server Error in 12ms"))
	f.store.Seal()
	f.query(t, "level>=error")
	f.query(t, "request(status>=500)")
	if n := f.State().Matched; n != 3 {
		t.Errorf("%d records match, want the request's 3", n)
	}
}
