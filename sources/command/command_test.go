package command

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ravel/sources"
	"ravel/sources/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func shell(t *testing.T, script string) *Command {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh here")
	}
	return New([]string{"sh", "-c", script}, Options{Grace: 200 * time.Millisecond})
}

// texts are what the streams of a sink were given, by name.
func texts(sink *sourcetest.Sink) map[string]string {
	all := map[string]string{}
	for _, st := range sink.Streams() {
		for _, f := range st.Files {
			all[st.Info.Name] += f.Text()
		}
	}
	return all
}

func TestStreamsAndStatus(t *testing.T) {
	for _, tc := range []struct {
		script   string
		out, err string
		status   int
	}{
		{"echo out; echo err >&2", "out\n", "err\n", 0},
		{"echo out; exit 7", "out\n", "", 7},
		{"kill -9 $$", "", "", 137},
		{"(sleep 0.05; echo late) & exit 3", "late\n", "", 3},
		{"cat", "", "", 0}, // its input is empty: the terminal's is not its
		{"printf 'no newline'", "no newline", "", 0},
	} {
		c := shell(t, tc.script)
		sink := sourcetest.New()
		sources.Supervise(t.Context(), []sources.Source{c}, sink)
		got := texts(sink)
		if got["run/stdout"] != tc.out || got["run/stderr"] != tc.err || c.Status() != tc.status {
			t.Errorf("%s: %q, status %d", tc.script, got, c.Status())
		}
	}
}

func TestNoSuchProgram(t *testing.T) {
	dir := t.TempDir()
	plain := dir + "/plain"
	if err := os.WriteFile(plain, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		status int
		want   string
	}{
		{dir + "/missing", 127, "no such program"},
		{"no-such-program-anywhere", 127, "no such program"},
		{plain, 126, "may not be run"},
	} {
		c := New([]string{tc.name}, Options{})
		sink := sourcetest.New()
		sources.Supervise(t.Context(), []sources.Source{c}, sink)
		events := sink.Events()
		if len(events) != 1 || events[0].Kind != sources.Failed || !strings.Contains(events[0].Err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.name, events)
		}
		if c.Status() != tc.status {
			t.Errorf("%s: status %d, want %d", tc.name, c.Status(), tc.status)
		}
	}
}

// TestQuit (rule 30): quitting sends SIGTERM first; who does not listen is
// killed.
func TestQuit(t *testing.T) {
	for _, tc := range []struct {
		script string
		status int
		out    string
	}{
		{"trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.01; done", 5, "up\nbye\n"},
		{"trap '' TERM; echo up; while :; do sleep 0.01; done", 137, "up\n"},
	} {
		c := shell(t, tc.script)
		sink := sourcetest.New()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			sources.Supervise(ctx, []sources.Source{c}, sink)
		}()
		if !sink.WaitLines(10*time.Second, 1) {
			t.Error("it does not come up")
		}
		cancel()
		<-ended
		if got := texts(sink)["run/stdout"]; c.Status() != tc.status || got != tc.out {
			t.Errorf("%s: status %d, %q", tc.script, c.Status(), got)
		}
	}
}
