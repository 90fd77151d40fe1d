package query

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ravel/model"
	"ravel/parse"
)

// realLeaves are asked of real logs, over whatever fields those have.
var realLeaves = []string{
	"error", "Error", "/time.?out/i", "/^[A-Z]/", `/\bat\b/`, "/[0-9]{3}$/", `/\b[45]\d\d\b/`, `/^\d+ms\b/`,
	"/[a-f]{3}[0-9][a-f]{3}/", `/\d{2,4}ms/`, "/(GET|PUT)./", `/[A-Z][a-z]+Error/`, `/é|[^!-~]{2}[A-Z]/`, "level>=warning", "level=none", "domain:a", "exists(domain)",
	"status>=400", "exists(status)", "status=none", "status:2", "duration>10ms", "duration_ms>5", "exists(duration_ms)", "ts>=2020", "ts=none",
	"message:error", "message~/^\\w+/", "@message~/ERROR|WARN/", `@message like "INFO"`, "raw:info", "exists(traceback)", "traceback:line",
	"exception.type:Error", "exists(exception)", "method=GET", "path:/api", "exists(path)", "client~/^1/", "user_id=123", "exists(user_id)", "request_id:a",
	"exists(request_id)", "exists(correlation_id)", "pid>1000", "exists(pid)", "thread:main", "exists(thread)", "hostname:web", "logger:app", "exists(logger)",
	"name=none", "level:err", "msg:a", "exists(msg)", "time:2", "exists(time)", "container:api", "stream=stdout", "key=none", "user:a", "error.message:a", "lines>1",
}

// TestRealLogs compares the fast ways of predicates with a plain one, which
// decodes each record with the real decoder, over the logs that the project
// carries, and over those in RAVEL_CORPUS if that is set.
func TestRealLogs(t *testing.T) {
	dirs := []string{"../../testdata/logs"}
	if d := os.Getenv("RAVEL_CORPUS"); d != "" {
		dirs = append(dirs, d)
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(path, ".py") {
				return err
			}
			buf, err := os.ReadFile(path)
			if err != nil || len(buf) > 1<<20 {
				return err
			}
			realLog(t, path, buf)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func realLog(t *testing.T, path string, buf []byte) {
	t.Helper()
	names := model.NewNames()
	p := parse.New(parse.Options{Names: names, Source: names.Sources.ID([]byte(path)), Domain: "stem"})
	b := &model.Batch{First: 1, Buf: buf}
	p.Parse(b, 0, true)
	env := Env{Decoder: parse.NewDecoder(nil, names, nil), Names: names}
	realGetters(t, path, b, env)
	for _, text := range realLeaves {
		pred, err := mustParse(t, text).Compile(env)
		if err != nil {
			t.Fatal(err)
		}
		bits := model.NewBits(b.Len())
		pred.Narrow(b, bits)
		s := &scan{p: pred, b: b, at: -1}
		for i := range b.Len() {
			if plain := pred.root.match(s.subject(i)); plain != bits.Has(i) {
				t.Errorf("%s: %s: record %d %q (flags %b): Narrow says %v, decoded %v", path, text, i, b.Raw(i), b.Flags[i], bits.Has(i), plain)
				break
			}
		}
	}
}
