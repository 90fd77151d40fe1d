package parse

import "testing"

// TestRule11DomainBehindTheEvent has the layout of structlog's console: the
// logger stands behind the event.
func TestRule11DomainBehindTheEvent(t *testing.T) {
	for _, c := range []struct{ line, domain, message, request, fields string }{
		{"2026-01-02T10:00:00.5Z [info     ] Scheduler started              [apscheduler.scheduler] ", "apscheduler.scheduler", "Scheduler started", "", ""},
		{"2026-01-02T10:00:00.5Z [debug    ] SELECT 1 [app.db] request_id=2ff574e0-463d-48f2-b894-b646277ce764 n=3", "app.db", "SELECT 1", "2ff574e0-463d-48f2-b894-b646277ce764", "n=3 "},
		{"2026-01-02T10:00:00.5Z [error    ] failed                         [app.db] why='it is [so]' who=\"a b\"", "app.db", "failed", "", "why=\"it is [so]\" who=\"a b\" "},
		{"2026-01-02T10:00:00.5Z [info     ] job [7] took [3.2] of 5", "app", "job [7] took [3.2] of 5", "", ""},
		{"2026-01-02T10:00:00.5Z [info     ] retry [later] and more", "app", "retry [later] and more", "", ""},
		{"2026-01-02T10:00:00.5Z [info] opened [app.db]", "app", "opened [app.db]", "", ""},
	} {
		r := parsed(t, Options{}, c.line+"\n")[0]
		fields := ""
		for _, f := range r.Fields {
			fields += f.Name + "=" + printValue(f.Value) + " "
		}
		if r.Domain != c.domain || r.Message != c.message || r.RequestID != c.request || fields != c.fields {
			t.Errorf("%s\n  domain %q message %q request %q fields %q", c.line, r.Domain, r.Message, r.RequestID, fields)
		}
	}
}
