package file

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"go.uber.org/goleak"

	"ravel/sources"
	"ravel/sources/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// put writes a file into dir and returns its path.
func put(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// readAll reads what args name to its end.
func readAll(t *testing.T, o Options, args ...string) (*sourcetest.Sink, []error) {
	t.Helper()
	srcs, errs := Expand(args, o)
	sink := sourcetest.New()
	sources.Supervise(t.Context(), srcs, sink)
	return sink, errs
}

func gzipOf(t *testing.T, text string) string {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// bzip2 of "hello\nworld\n": the standard library only reads it.
const bzip2Hello = "BZh91AY&SY\x6b\x5f\xb1\xdd\x00\x00\x02\x41\x80\x00\x10\x06\x44\x90\x80\x20\x00\x31\x0c\x08\x21\xa3\x69\x08\x07\x23\xae\x87\x8b\xb9\x22\x9c\x28\x48\x35\xaf\xd8\xee\x80"

func TestEncodings(t *testing.T) {
	text := "hello\nworld\n"
	var x, z bytes.Buffer
	xw, err := xz.NewWriter(&x)
	if err != nil {
		t.Fatal(err)
	}
	zw, err := zstd.NewWriter(&z)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{xw, zw} {
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wide := func(s string, little bool) string {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
			if little {
				b = append(b, byte(u), byte(u>>8))
			} else {
				b = append(b, byte(u>>8), byte(u))
			}
		}
		return string(b)
	}
	for _, tc := range []struct{ name, data, want string }{
		{"plain", text, text},
		{"empty", "", ""},
		{"no extension matters", gzipOf(t, text), text},
		{"several gzip members", gzipOf(t, "hello\n") + gzipOf(t, "world\n"), text},
		{"xz", x.String(), text},
		{"bzip2", bzip2Hello, text},
		{"zstd", z.String(), text},
		{"zstd frames", z.String() + z.String(), text + text},
		{"UTF-16LE", wide("héllo 😀\n", true), "héllo 😀\n"},
		{"UTF-16BE", wide("héllo 😀\n", false), "héllo 😀\n"},
		{"UTF-16 in gzip", gzipOf(t, wide("ok\n", true)), "ok\n"},
		{"UTF-8 mark stays", "\ufeffhello\n", "\ufeffhello\n"},
		{"a NUL is text", "a\x00b\nmore of it\n", "a\x00b\nmore of it\n"},
		{"latin-1", strings.Repeat("caf\xe9 au lait\n", 9), strings.Repeat("caf\xe9 au lait\n", 9)},
		{"a character cut at 8 KiB", strings.Repeat("ä", 5000) + "é\n", strings.Repeat("ä", 5000) + "é\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := put(t, t.TempDir(), "x.log", tc.data)
			sink, errs := readAll(t, Options{}, path)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if got := sink.Text(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestRule3Binary: a binary file is skipped with words, unless raw is wanted.
func TestRule3Binary(t *testing.T) {
	dir := t.TempDir()
	data := "\x7fELF\x02\x01\x01" + strings.Repeat("\x00\x01\xfe", 500)
	put(t, dir, "app.bin", data)
	path := put(t, dir, "app.bin.gz", gzipOf(t, data))
	for _, p := range []string{filepath.Join(dir, "app.bin"), path} {
		sink, _ := readAll(t, Options{}, p)
		events := sink.Events()
		if len(events) == 0 || events[0].Kind != sources.Skipped || !strings.Contains(events[0].Err.Error(), "-o raw") {
			t.Errorf("%s: %v", p, events)
		}
		if sink.Text() != "" {
			t.Error("its bytes were read")
		}
		if sink, _ := readAll(t, Options{Raw: true}, p); sink.Text() != data {
			t.Errorf("raw gave %d bytes, want %d", len(sink.Text()), len(data))
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "empty/sub/app.log", "x\n")
	put(t, dir, "nothing/app.go", "x\n")
	good := put(t, dir, "good.log", "good\n")
	for _, tc := range []struct{ arg, want string }{
		{filepath.Join(dir, "missing.log"), "no such file"},
		{filepath.Join(dir, "empty"), "**"},
		{filepath.Join(dir, "nothing"), "no log files in this directory"},
		{filepath.Join(dir, "*.none"), "no file matches"},
		{filepath.Join(dir, "[") + "*", "this pattern is wrong"},
	} {
		sink, errs := readAll(t, Options{}, tc.arg, good)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), tc.want) || !strings.Contains(errs[0].Error(), tc.arg) {
			t.Errorf("%s: %v, want one error with %q", tc.arg, errs, tc.want)
		}
		if sink.Text() != "good\n" {
			t.Errorf("%s: the other file gave %q", tc.arg, sink.Text())
		}
	}
}

func TestUnreadable(t *testing.T) {
	path := put(t, t.TempDir(), "secret.log", "x\n")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Open(path); err == nil {
		_ = f.Close()
		t.Skip("this user may read everything")
	}
	sink, _ := readAll(t, Options{}, path)
	events := sink.Events()
	if len(events) != 1 || events[0].Kind != sources.Failed || !strings.Contains(events[0].Err.Error(), "may not be read") {
		t.Errorf("got %v", events)
	}
}

// TestBroken: what can be decompressed is read, the rest is an error, also
// where it breaks within what tells whether a file is text.
func TestBroken(t *testing.T) {
	long := gzipOf(t, strings.Repeat("a line of log\n", 100000))
	var x bytes.Buffer
	xw, err := xz.NewWriter(&x)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := xw.Write([]byte("hello\nworld\n")); err != nil {
		t.Fatal(err)
	}
	if err := xw.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		kind, data string
		some       bool // of it can be read
	}{
		{"gzip", long[:len(long)/2], true},
		{"gzip", gzipOf(t, "hello\nworld\n")[:26], true},
		{"xz", x.String()[:12], false},
		{"zstd", "\x28\xb5\x2f\xfd\x04", false},
		{"xz", x.String()[:x.Len()-20], true},
		{"bzip2", bzip2Hello[:len(bzip2Hello)-9], true},
	} {
		path := put(t, t.TempDir(), "x.log.z", tc.data)
		sink, _ := readAll(t, Options{}, path)
		if n := len(sink.Text()); n == 0 == tc.some {
			t.Errorf("%s, %d bytes: %d were read", tc.kind, len(tc.data), n)
		}
		events := sink.Events()
		if len(events) != 1 || events[0].Kind != sources.Failed || !strings.Contains(events[0].Err.Error(), "broken "+tc.kind) {
			t.Errorf("%s, %d bytes: %v", tc.kind, len(tc.data), events)
		} else if tc.kind == "xz" && tc.some && !strings.Contains(events[0].Err.Error(), "up to 2 MiB of the text before that may be missing") {
			t.Errorf("what is lost is not told: %v", events[0].Err)
		}
	}
}

// segments are the physical files that a sink's streams went through.
func segments(sink *sourcetest.Sink) (out []string) {
	for _, st := range sink.Streams() {
		var names []string
		for _, f := range st.Files {
			names = append(names, filepath.Base(f.Name)+"="+strings.TrimSpace(f.Text()))
		}
		out = append(out, strings.Join(names, " "))
	}
	return out
}

// TestRule12RotatedSets: siblings join through a directory or a glob, as one
// stream in the order in which they were written; a file named alone is read
// alone; one inode is one source.
func TestRule12RotatedSets(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "app.log", "4\n")
	put(t, dir, "app.log.1", "3\n")
	put(t, dir, "app.log.2.gz", gzipOf(t, "2\n"))
	put(t, dir, "app.log.10", "1\n")
	put(t, dir, "web.log-20260102", "2\n")
	put(t, dir, "web.log-20260101.gz", gzipOf(t, "1\n"))
	put(t, dir, "web.log", "3\n")
	put(t, dir, "old.log.bak", "1\n")
	put(t, dir, "old.log", "2\n")
	put(t, dir, ".hidden.log", "no\n")
	put(t, dir, "main.go", "no\n")
	if err := os.Symlink("app.log", filepath.Join(dir, "a-link.log")); err != nil {
		t.Skip(err)
	}
	want := []string{
		"app.log.10=1 app.log.2.gz=2 app.log.1=3 app.log=4",
		"old.log.bak=1 old.log=2",
		"web.log-20260101.gz=1 web.log-20260102=2 web.log=3",
	}
	check := func(args []string, want ...string) {
		t.Helper()
		srcs, errs := Expand(args, Options{})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		sink := sourcetest.New()
		for _, s := range srcs { // one after the other, to compare their order
			sources.Supervise(context.Background(), []sources.Source{s}, sink)
		}
		if got := segments(sink); strings.Join(got, "; ") != strings.Join(want, "; ") {
			t.Errorf("%v:\n got %q\nwant %q", args, got, want)
		}
	}
	check([]string{dir}, want...)
	check([]string{dir, filepath.Join(dir, "app.log")}, want...)
	check([]string{filepath.Join(dir, "*.log*")}, want...)
	check([]string{filepath.Join(dir, "app.log")}, "app.log=4")
	check([]string{filepath.Join(dir, "app.log.1")}, "app.log.1=3")
	check([]string{filepath.Join(dir, "{app,web}.log")}, "app.log=4", "web.log=3")
}

func TestNames(t *testing.T) {
	for _, tc := range []struct{ file, base, stem string }{
		{"app.log", "app.log", "app"},
		{"access.log", "access.log", "access"},
		{"errors.log.2", "errors.log", "errors"},
		{"app.log.2.gz", "app.log", "app"},
		{"app.log-20260101", "app.log", "app"},
		{"app.log.2024-01-15", "app.log", "app"},
		{"app.log_10", "app.log", "app"},
		{"app.log-20260101-1767225600.xz", "app.log", "app"},
		{"app.log.2024-01-15_10-20-30", "app.log", "app"},
		{"app.log.bak", "app.log", "app"},
		{"app.log.old", "app.log", "app"},
		{"app.log.orig", "app.log", "app"},
		{"app.log.backup", "app.log", "app"},
		{"app-2024-01-15.log", "app-2024-01-15.log", "app"},
		{"syslog", "syslog", "syslog"},
		{"syslog.1", "syslog", "syslog"},
		{"messages", "messages", "messages"},
		{"v1.2.log", "v1.2.log", "v1"},
		{"v1.2", "v1", "v1"},
		{"talk2me.log", "talk2me.log", "talk2me"},
		{"dump.jsonl", "dump.jsonl", "dump"},
		{"http2", "http2", "http2"},
		{".gz", ".gz", ".gz"},
	} {
		if got := parseName(tc.file).base; got != tc.base {
			t.Errorf("%s: base %q, want %q", tc.file, got, tc.base)
		}
		if got := Stem(filepath.Join("logs", tc.file)); got != tc.stem {
			t.Errorf("%s: stem %q, want %q", tc.file, got, tc.stem)
		}
	}
}

// TestPipe: what is no regular file is read as a stream.
func TestPipe(t *testing.T) {
	if _, err := os.Stat("/dev/fd"); err != nil {
		t.Skip("no /dev/fd here")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		defer w.Close()
		for range 1000 {
			_, _ = w.WriteString("a line through a pipe\n")
		}
	}()
	sink, errs := readAll(t, Options{Follow: true, Poll: time.Millisecond}, "/dev/fd/"+strconv.Itoa(int(r.Fd())))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := strings.Count(sink.Text(), "\n"); got != 1000 {
		t.Errorf("%d lines, want 1000", got)
	}
}
