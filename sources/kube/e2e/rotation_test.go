//go:build e2e

package e2e

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
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
	const lines, size = 400_000, 80
	ns := namespace(t)
	f := start(t, "admin", "-n", ns, "-f", "-o", "json", "^rotation$")
	makePod(t, ns, "rotation", map[string]string{"RATE": "20000", "COUNT": fmt.Sprint(lines)}, "app")
	must(t, until(4*time.Minute, "all lines are written", func() error {
		if n := truthSize("rotation"); n < lines*size-1 {
			return fmt.Errorf("%d bytes are", n)
		}
		return nil
	}))
	f.settle("rotation", 30*time.Second)
	heads := fileHeads(t, filepath.Join(runDir, "podlogs", ns+"_rotation_*", "app", "0.log*"))
	deletePod(t, ns, "rotation")
	waitGone(t, ns)
	f.settle("rotation", 30*time.Second)
	f.stop(t)

	var got []shown
	var gaps []shown
	for line := range strings.Lines(f.out.String()) {
		var s shown
		must(t, json.Unmarshal([]byte(line), &s))
		switch {
		case strings.HasPrefix(s.Message, "rotation app "):
			got = append(got, s)
		case !s.Fields.To.IsZero():
			gaps = append(gaps, s)
		}
	}
	for _, head := range heads {
		if !drawn(gaps, head, head) {
			t.Errorf("no rotation is drawn where a file begins with %s", head)
		}
	}
	truth, err := os.ReadFile(truths("rotation")[0])
	must(t, err)
	missing := compareShown(t, got, strings.Split(strings.TrimSuffix(string(truth), "\n"), "\n"), gaps, chunk/size)
	t.Logf("%d lines, %d rotations drawn, %d lines left out by the kubelet", len(got), len(gaps), missing)
}

// drawn reports whether the time between two lines lies within a drawn gap.
func drawn(gaps []shown, from, to time.Time) bool {
	for _, g := range gaps {
		if !from.Before(g.Fields.From) && !to.After(g.Fields.To) {
			return true
		}
	}
	return false
}

// compareShown compares the lines that came with those that were written, in
// order, and returns how many are missing within gaps: at most limit in each.
func compareShown(t *testing.T, got []shown, want []string, gaps []shown, limit int) int {
	t.Helper()
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
			t.Fatalf("lost or out of order: %d lines, the first is %.60q, after %d of %d", i-first, want[first], n, len(got))
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
		if os.IsNotExist(err) {
			continue // it has been compressed meanwhile
		}
		must(t, err)
		var r io.Reader = file
		if strings.HasSuffix(name, ".gz") {
			r, err = gzip.NewReader(file)
			must(t, err)
		}
		line, _ := bufio.NewReader(r).ReadString('\n')
		file.Close()
		stamp, _, _ := strings.Cut(line, " ")
		head, err := time.Parse(time.RFC3339Nano, stamp)
		must(t, err)
		heads = append(heads, head)
	}
	if len(heads) < 2 {
		t.Error("the kubelet has not rotated the log")
	}
	return heads
}
