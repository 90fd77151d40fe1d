package query_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ravel/model"
	"ravel/model/query"
	"ravel/parse"
)

// load parses text as one stream of a source.
func load(t *testing.T, names *model.Names, source, domain, text string) (*model.Batch, *parse.Decoder) {
	t.Helper()
	id := names.Sources.ID([]byte(source))
	p := parse.New(parse.Options{Names: names, Source: id, Domain: domain})
	b := &model.Batch{First: 1, Buf: []byte(text)}
	if next := p.Parse(b, 0, true); int(next) != len(b.Buf) {
		t.Fatalf("%s: parsed up to %d of %d bytes", source, next, len(b.Buf))
	}
	return b, parse.NewDecoder(nil, names, nil)
}

// ask runs a query over text and shows each row: values joined by |, records
// by their message.
func ask(t *testing.T, source, text, q string) []string {
	t.Helper()
	names := model.NewNames()
	b, dec := load(t, names, source, strings.TrimSuffix(source, ".log"), text)
	env := query.Env{Decoder: dec, Names: names, Now: newestOf(b), Newest: newestOf(b)}
	return run(t, b, env, q)
}

// newestOf is the newest stamp.
func newestOf(b *model.Batch) int64 {
	newest := int64(0)
	for _, ts := range b.Time {
		newest = max(newest, ts)
	}
	return newest
}

// run runs a query over one batch.
func run(t *testing.T, b *model.Batch, env query.Env, text string) []string {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	q = q.Normal()
	p, err := q.Compile(env)
	if err != nil {
		t.Fatalf("Compile(%q): %v", text, err)
	}
	var rows []string
	pipe, err := query.NewPipeline(q.Stages, env, func(r *query.Row) error {
		if r.Record != nil {
			rows = append(rows, r.Record.Message)
			return nil
		}
		var cells []string
		for _, v := range r.Values {
			cells = append(cells, v.Str)
		}
		rows = append(rows, strings.Join(cells, "|"))
		return nil
	})
	if err != nil {
		t.Fatalf("NewPipeline(%q): %v", text, err)
	}
	bits := model.NewBits(b.Len())
	p.Narrow(b, bits)
	if err := pipe.Add(b, bits); err != nil && !errors.Is(err, query.ErrDone) {
		t.Fatalf("%q: Add: %v", text, err)
	}
	if err := pipe.Close(); err != nil {
		t.Fatalf("%q: Close: %v", text, err)
	}
	return rows
}

// The logs of seed 002, in the shape that its page prints and in the one that
// its recipes ask for.
const (
	errorsLog = `{"timestamp":"2024-01-15T10:31:00.456Z","level":"ERROR","logger":"talk2me.errors","message":"Error in transcribe: File too large","exception":{"type":"ValueError","message":"Audio file exceeds maximum size","traceback":["...full stack trace..."]},"error_type":"ValueError","request_id":"1234567890-abcdef","endpoint":"transcribe","method":"POST","path":"/transcribe","ip":"192.168.1.100"}
{"timestamp":"2024-01-15T09:12:00.000Z","level":"ERROR","logger":"talk2me.errors","message":"Login failed","error_type":"AuthenticationError","ip":"192.168.1.7"}
{"timestamp":"2024-01-15T11:00:00.000Z","level":"ERROR","logger":"talk2me.errors","message":"Token expired","error_type":"AuthenticationError","ip":"192.168.1.100"}
{"timestamp":"2024-01-15T11:05:00.000Z","level":"WARNING","logger":"talk2me.errors","message":"AuthenticationError was retried","ip":"10.0.0.1"}
`
	performanceLog = `{"timestamp":"2024-01-15T10:34:00.456Z","level":"INFO","message":"Performance metric: transcribe_audio","extra_fields":{"metric":"transcribe_audio","duration_ms":2500,"function":"transcribe"},"request_id":"1234567890-abcdef"}
{"timestamp":"2024-01-15T10:34:01.000Z","level":"INFO","message":"Performance metric: transcribe_audio","extra_fields":{"metric":"transcribe_audio","duration_ms":850.5}}
{"timestamp":"2024-01-15T10:34:02.000Z","level":"INFO","message":"Performance metric: translate","extra_fields":{"metric":"translate","duration_ms":3200}}
{"timestamp":"2024-01-15T10:34:03.000Z","level":"INFO","message":"Performance metric: translate","metric":"translate","duration_ms":2000}
`
	securityLog = `{"timestamp":"2024-01-15T10:33:00.123Z","level":"WARNING","message":"Security event: rate_limit_exceeded","extra_fields":{"event":"rate_limit_exceeded","severity":"warning","ip":"192.168.1.100","attempts":15,"blocked":true}}
{"timestamp":"2024-01-15T10:33:01.000Z","level":"WARNING","message":"Security event: suspicious_error","extra_fields":{"event":"suspicious_error","ip":"10.1.1.1","blocked":false}}
{"timestamp":"2024-01-15T10:33:02.000Z","level":"WARNING","message":"Security event: rate_limit_exceeded","extra_fields":{"event":"rate_limit_exceeded","ip":"192.168.1.100","blocked":true}}
{"timestamp":"2024-01-15T10:33:03.000Z","level":"WARNING","message":"Security event: rate_limit_exceeded","extra_fields":{"event":"rate_limit_exceeded","ip":"10.9.9.9","blocked":true}}
`
	jobsLog = `2024-12-04 10:00:01,000 - app - INFO - Starting bulk generation for preset 7
2024-12-04 10:03:00,000 - app - ERROR - Image generation failed: API timeout
2024-12-04 10:04:59,000 - app - INFO - Bulk generation completed
2024-12-04 10:05:00,000 - app - INFO - Starting bulk generation for preset 9
2024-12-04 10:05:30,000 - app - INFO - Uploading
`
)

// TestSeedRecipes asks what the grep and jq recipes of the seeds ask, and the
// queries that they print; the answers are those one gets by hand.
func TestSeedRecipes(t *testing.T) {
	for _, c := range []struct {
		name, source, log, query string
		want                     []string
	}{
		{"grep error_type", "errors.log", errorsLog, "error_type=AuthenticationError", []string{"Login failed", "Token expired"}},
		{"grep ip", "errors.log", errorsLog, `ip=192.168.1.100`, []string{"Error in transcribe: File too large", "Token expired"}},
		{"grep the last hour", "errors.log", errorsLog, "ts>=end-1h", []string{"Error in transcribe: File too large", "Token expired", "AuthenticationError was retried"}},
		{"grep an hour", "errors.log", errorsLog, "ts=2024-01-15T10", []string{"Error in transcribe: File too large"}},
		{"jq slow", "performance.log", performanceLog, "extra_fields.duration_ms > 2000", []string{"Performance metric: transcribe_audio", "Performance metric: translate"}},
		{"jq slow, by the short name", "performance.log", performanceLog, "duration_ms>2s", []string{"Performance metric: transcribe_audio", "Performance metric: translate"}},
		{"jq average", "performance.log", performanceLog, "extra_fields.metric=transcribe_audio | stats avg(extra_fields.duration_ms)", []string{"1675.25"}},
		{"jq average of all", "performance.log", performanceLog, "| stats count(), avg(duration_ms), max(duration_ms), p50(duration_ms) by metric | sort metric", []string{"transcribe_audio|2|1675.25|2500|850.5", "translate|2|2600|3200|2000"}},
		{"jq count by type", "security.log", securityLog, "| stats count() by extra_fields.event", []string{"rate_limit_exceeded|3", "suspicious_error|1"}},
		{"jq count by type, top", "security.log", securityLog, "| top event", []string{"rate_limit_exceeded|3", "suspicious_error|1"}},
		{"jq blocked addresses", "security.log", securityLog, "extra_fields.blocked=true | dedup ip | sort ip | fields ip", []string{"10.9.9.9", "192.168.1.100"}},
		{"jq blocked addresses, counted", "security.log", securityLog, "blocked=true | stats count_distinct(ip)", []string{"2"}},
		{"Insights: a job", "jobs/bulk-abc123", jobsLog, "fields @timestamp, @message\n| filter @logStream like /jobs\\/bulk-abc123/\n| sort @timestamp desc", []string{
			"2024-12-04T10:05:30.000000000Z|2024-12-04 10:05:30,000 - app - INFO - Uploading",
			"2024-12-04T10:05:00.000000000Z|2024-12-04 10:05:00,000 - app - INFO - Starting bulk generation for preset 9",
			"2024-12-04T10:04:59.000000000Z|2024-12-04 10:04:59,000 - app - INFO - Bulk generation completed",
			"2024-12-04T10:03:00.000000000Z|2024-12-04 10:03:00,000 - app - ERROR - Image generation failed: API timeout",
			"2024-12-04T10:00:01.000000000Z|2024-12-04 10:00:01,000 - app - INFO - Starting bulk generation for preset 7",
		}},
		{"Insights: another job", "jobs/image-1", jobsLog, "fields @timestamp, @message\n| filter @logStream like /jobs\\/bulk-abc123/\n| sort @timestamp desc", nil},
		{"Insights: errors of bulk jobs", "jobs/bulk-1", jobsLog, "fields @timestamp, @message\n| filter @logStream like /jobs\\/bulk-/ and @message like /ERROR/\n| sort @timestamp desc", []string{
			"2024-12-04T10:03:00.000000000Z|2024-12-04 10:03:00,000 - app - ERROR - Image generation failed: API timeout",
		}},
		{"Insights: completion", "jobs/bulk-1", jobsLog, "fields @timestamp, @message\n| filter @message like /Starting bulk generation/ or @message like /Bulk generation completed/\n| stats count() by bin(5m)", []string{
			"2024-12-04T10:00:00.000000000Z|2", "2024-12-04T10:05:00.000000000Z|1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, c.source, c.log, c.query)
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
				t.Errorf("%s\n got %q\nwant %q", c.query, got, c.want)
			}
		})
	}
}
