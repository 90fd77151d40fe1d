package parse

import (
	"fmt"
	"testing"

	"ravel/parse/lifecycle"
)

// TestPhraseAgreesWithLifecycle: what the short cut gives is what the tables
// give; where it gives nothing they are asked anyway.
func TestPhraseAgreesWithLifecycle(t *testing.T) {
	msgs := []string{
		"Started GET /api/v1/catalogs HTTP/1.1 from 172.100.0.19", "Started POST / HTTP/2 from ::1", "Started GET /x?y=1 HTTP/1.0 from a",
		"Started worker", "Started GET x HTTP/1.1 from 1.2.3.4", "Started GET /x", "Started PURGE /x HTTP/1.1 from b",
		"Completed 200 OK in 182ms", "Completed 500 Internal Server Error in 38ms", "Completed 404 Not Found in 1.5ms", "Completed 200 OK in 12s",
		"Completed 200 OK in 5ms in 6ms", "Completed 999 X in 1ms", "Completed 200 in 1ms", "Completed", "Completed 200 OK in ms", "Completed 429 Too Many Requests in 999999999999ms",
		"Completed 200 OK in 4000000000ms", "", "Complete", "Started ",
	}
	for _, msg := range msgs {
		mark, status, dur, ok := phrase([]byte(msg))
		if !ok {
			continue
		}
		var f lifecycle.Fields
		var hit lifecycle.Hit
		f.Reset()
		f.IDs.Set([]byte("0123456789abcdef"), nil)
		want := f.Mark([]byte(msg), false, &hit)
		if mark != want || status != f.Status || dur != f.Dur {
			t.Errorf("%q: %s/%d %d %d, lifecycle says %s/%d %d %d", msg, mark.Kind(), mark.Event(), status, dur, want.Kind(), want.Event(), f.Status, f.Dur)
		}
	}
	if _, _, _, ok := phrase([]byte(msgs[0])); !ok {
		t.Error("the usual start is not read")
	}
	if _, status, dur, ok := phrase([]byte(msgs[7])); !ok || status != 200 || dur != 182_000 {
		t.Error("the usual end is not read")
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} {
		if _, _, _, ok := phrase([]byte("Started " + method + " / HTTP/1.1 from 10.0.0.7")); !ok {
			t.Errorf("a start by %s is not read", method)
		}
	}
	for ms := range uint32(1_000_000) {
		if _, _, dur, ok := phrase(fmt.Appendf(nil, "Completed 201 Created in %dms", ms)); !ok || dur != ms*1000 {
			t.Fatalf("%d ms are read as %d µs", ms, dur)
		}
	}
}
