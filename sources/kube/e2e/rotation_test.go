//go:build e2e

package e2e

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// chunk is what the container runtime has in hand when it turns to a new file:
// 32 KiB that it reads at once and 4 KiB that it splits into lines. A kubelet
// that sees the new file earlier passes over what is written to the old one of
// these; no client can ask for them.
const chunk = 36 << 10

// shown is a line that ravel printed as JSON.
type shown struct {
	Time    time.Time `json:"ts"`
	Message string    `json:"message"`
	Fields  struct {
		From time.Time `json:"gap_from"`
		To   time.Time `json:"gap_to"`
	} `json:"fields"`
}

// TestRotation follows 20,000 lines a second, which the kubelet rotates away.
// Each rotation must be drawn, and no line may be missing or come twice but
// those that the kubelet leaves out at a rotation: no more than a chunk, within
// what is drawn.
func TestRotation(t *testing.T) {
	ns := namespace(t)
	f := start(t, "admin", "-n", ns, "-f", "-o", "json", "^rotation$")
	heads := writeMuch(t, f, ns, "rotation", 400_000)
	got, gaps := f.shown(t, "rotation")
	for _, head := range heads {
		if !drawn(gaps, head, head) {
			t.Errorf("no rotation is drawn where a file begins with %s", head)
		}
	}
	missing := compareShown(t, got, "rotation", gaps, chunk/lineSize)
	t.Logf("%d lines, %d rotations drawn, %d lines left out by the kubelet", len(got), len(gaps), missing)
}

// TestStandstill stops ravel for as long as several rotations take. What is
// rotated away meanwhile is gone: that must be drawn, and nothing come twice.
// What the kubelet sends then depends on the moment: it runs when E2E_ALL is set.
func TestStandstill(t *testing.T) {
	if os.Getenv("E2E_ALL") == "" {
		t.Skip("E2E_ALL is not set")
	}
	ns := namespace(t)
	f := start(t, "admin", "-n", ns, "-f", "-o", "json", "^standstill$")
	go func() {
		_ = until(time.Minute, "lines come", func() error {
			if f.out.size() == 0 {
				return errors.New("none so far")
			}
			return nil
		})
		_ = f.cmd.Process.Signal(syscall.SIGSTOP)
		time.Sleep(20 * time.Second)
		_ = f.cmd.Process.Signal(syscall.SIGCONT)
	}()
	writeMuch(t, f, ns, "standstill", 600_000)
	got, gaps := f.shown(t, "standstill")
	missing := compareShown(t, got, "standstill", gaps, 600_000)
	t.Logf("%d lines, %d lines missing where that is drawn", len(got), missing)
	if missing == 0 {
		t.Error("nothing is missing: it did not stand still for long enough")
	}
}

// lineSize is the bytes of a writer's line.
const lineSize = 80

// writeMuch makes a pod that writes 20,000 lines a second, and deletes it when
// all are written and followed. It returns the stamps of the first lines of the
// log's files that are still there then.
func writeMuch(t *testing.T, f *follower, ns, pod string, lines int) []time.Time {
	t.Helper()
	makePod(t, ns, pod, map[string]string{"RATE": "20000", "COUNT": fmt.Sprint(lines)}, "app")
	must(t, until(4*time.Minute, "all lines are written", func() error {
		if n := truthSize(pod); n < lines*lineSize-1 {
			return fmt.Errorf("%d bytes are", n)
		}
		return nil
	}))
	f.await(t, fmt.Sprintf(" %d x", lines-1))
	heads := fileHeads(t, filepath.Join(runDir, "podlogs", ns+"_"+pod+"_*", "app", "0.log*"))
	deletePod(t, ns, pod)
	waitGone(t, ns)
	f.await(t, ` end"`)
	f.stop(t)
	return heads
}

// await waits until what was printed last has a text in it. A kubelet that has
// not noticed a rotation costs seconds.
func (f *follower) await(t *testing.T, text string) {
	t.Helper()
	must(t, until(time.Minute, "a line with "+text+" is printed", func() error {
		if !f.out.ends(text) {
			return fmt.Errorf("%d bytes are", f.out.size())
		}
		return nil
	}))
}

// shown are the lines of a pod and the gaps that have been printed as JSON.
func (f *follower) shown(t *testing.T, pod string) (lines, gaps []shown) {
	t.Helper()
	for line := range strings.Lines(f.out.String()) {
		var s shown
		must(t, json.Unmarshal([]byte(line), &s))
		if s.Fields.To.IsZero() {
			lines = append(lines, s)
		} else {
			gaps = append(gaps, s)
		}
	}
	return whole(lines, gaps, pod+" app "), gaps
}

// whole leaves out what is no line of the pod. The runtime cuts a line in two
// where it turns to a new file; of a log that goes on elsewhere the kubelet sends
// the first half with another line behind it, or the second half alone. A gap
// that is drawn there begins or ends with the half: it is widened to whole lines.
func whole(lines, gaps []shown, head string) []shown {
	kept := lines[:0]
	for i, l := range lines {
		half := len(l.Message) != lineSize-1
		for k := range gaps {
			switch g := &gaps[k].Fields; {
			case half && g.From.Equal(l.Time) && len(kept) > 0:
				g.From = kept[len(kept)-1].Time
				l.Message = ""
			case half && g.To.Equal(l.Time) && i+1 < len(lines):
				g.To = lines[i+1].Time
				l.Message = ""
			}
		}
		if strings.HasPrefix(l.Message, head) {
			kept = append(kept, l)
		}
	}
	return kept
}

const stampForm = "15:04:05.000000"

// drawn reports whether the time between two lines lies within a drawn gap.
func drawn(gaps []shown, from, to time.Time) bool {
	for _, g := range gaps {
		if !from.Before(g.Fields.From) && !to.After(g.Fields.To) {
			return true
		}
	}
	return false
}

// compareShown compares the lines that came with those that the pod wrote, in
// order, and returns how many are missing within gaps: at most limit in each.
func compareShown(t *testing.T, got []shown, pod string, gaps []shown, limit int) int {
	t.Helper()
	truth, err := os.ReadFile(truths(pod)[0])
	must(t, err)
	want := strings.Split(strings.TrimSuffix(string(truth), "\n"), "\n")
	n, missing := 0, 0
	for i := 0; i < len(want); {
		if n < len(got) && got[n].Message == want[i] {
			n++
			i++
			continue
		}
		first := i
		for i < len(want) && (n == len(got) || got[n].Message != want[i]) {
			i++
		}
		if n == 0 || n == len(got) || i == len(want) || i-first > limit || !drawn(gaps, got[n-1].Time, got[n].Time) {
			for _, g := range gaps {
				t.Logf("drawn: from %s to %s", g.Fields.From.Format(stampForm), g.Fields.To.Format(stampForm))
			}
			around := got[max(n-1, 0):min(n+1, len(got))]
			t.Fatalf("lost or out of order: %d lines, the first is %.60q, after %d of %d, between %v", i-first, want[first], n, len(got), around)
		}
		missing += i - first
	}
	if n < len(got) {
		t.Errorf("%d lines too many, the first is %.60q", len(got)-n, got[n].Message)
	}
	return missing
}

// fileHeads are the stamps of the first lines of log files, those that rotated
// ones begin with among them.
func fileHeads(t *testing.T, pattern string) []time.Time {
	t.Helper()
	files, err := filepath.Glob(pattern)
	must(t, err)
	var heads []time.Time
	for _, name := range files {
		file, err := os.Open(name)
		if strings.HasSuffix(name, ".tmp") || os.IsNotExist(err) {
			continue // it is being compressed, or has been meanwhile
		}
		must(t, err)
		var r io.Reader = file
		if strings.HasSuffix(name, ".gz") {
			r, err = gzip.NewReader(file)
			must(t, err)
		}
		line, _ := bufio.NewReader(r).ReadString('\n')
		file.Close()
		if line == "" {
			continue // nothing has been written since the last rotation
		}
		stamp, _, _ := strings.Cut(line, " ")
		head, err := time.Parse(time.RFC3339Nano, stamp)
		must(t, err)
		heads = append(heads, head)
	}
	if len(files) < 2 {
		t.Error("the kubelet has not rotated the log")
	}
	return heads
}
