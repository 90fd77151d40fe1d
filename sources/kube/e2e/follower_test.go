//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// follower is a ravel that follows pods.
type follower struct {
	cmd    *exec.Cmd
	out    *buffer
	errs   *buffer
	exited chan struct{}
}

// buffer may be read while it is written to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *buffer) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Len()
}

// ends reports whether there is a text near the end.
func (b *buffer) ends(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	end := b.b.Bytes()
	return bytes.Contains(end[max(len(end)-64<<10, 0):], []byte(text))
}

// start runs `ravel k8s` as a user.
func start(t *testing.T, user string, args ...string) *follower {
	t.Helper()
	f := &follower{out: &buffer{}, errs: &buffer{}, exited: make(chan struct{})}
	f.cmd = exec.Command(ravel, append([]string{"k8s", "--kubeconfig", kubeconfig(user)}, args...)...)
	f.cmd.Stdout, f.cmd.Stderr = f.out, f.errs
	must(t, f.cmd.Start())
	go func() {
		_ = f.cmd.Wait()
		close(f.exited)
	}()
	t.Cleanup(func() {
		f.stop(t)
		if t.Failed() {
			t.Logf("standard error:\n%s", f.errs)
		}
	})
	return f
}

// stop interrupts it, and waits until it has ended.
func (f *follower) stop(t *testing.T) {
	t.Helper()
	_ = f.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-f.exited:
	case <-time.After(20 * time.Second):
		t.Error("ravel does not end after an interrupt")
		_ = f.cmd.Process.Kill()
		<-f.exited
	}
}

// settle waits until as many bytes have been printed as there are in the
// truth, or nothing more comes for long.
func (f *follower) settle(ns string, limit time.Duration) {
	size, since := -1, time.Now()
	for time.Since(since) < limit {
		n := f.out.size()
		if n != size {
			size, since = n, time.Now()
		} else if want := truthSize(ns); n >= want && time.Since(since) > time.Second {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// truths are the files of a test's pods, whose names begin with prefix.
func truths(prefix string) []string {
	files, _ := filepath.Glob(filepath.Join(truthDir, prefix+"*"))
	return files
}

func truthSize(prefix string) int {
	n := 0
	for _, f := range truths(prefix) {
		if st, err := os.Stat(f); err == nil {
			n += int(st.Size())
		}
	}
	return n
}

// compare tells how what was printed differs from what the pods whose names
// begin with prefix wrote: every line once, those of one run in order.
func compare(t *testing.T, printed, prefix string) {
	t.Helper()
	got := map[string][]string{} // by pod, container and run
	for line := range strings.Lines(printed) {
		line = strings.TrimSuffix(line, "\n")
		parts := strings.SplitN(line, " ", 4)
		if len(parts) < 4 || !strings.HasPrefix(line, prefix) {
			t.Errorf("printed, but not by a pod: %.200q", line)
			continue
		}
		k := strings.Join(parts[:3], "_")
		got[k] = append(got[k], line)
	}
	files, total := truths(prefix), 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		must(t, err)
		want := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		if len(b) == 0 {
			want = nil
		}
		total += len(want)
		k := filepath.Base(file)
		if err := sameLines(got[k], want); err != nil {
			t.Errorf("%s: %v", k, err)
		}
		delete(got, k)
	}
	for k := range got {
		t.Errorf("%s: lines of a run that nobody knows of", k)
	}
	if total == 0 {
		t.Error("the pods wrote nothing")
	}
	t.Logf("%d lines of %d runs", total, len(files))
}

// sameLines says how got differs from want.
func sameLines(got, want []string) error {
	seen := map[string]int{}
	for _, l := range got {
		seen[l]++
	}
	lost, twice := 0, 0
	first := ""
	for i, l := range want {
		switch n := seen[l]; {
		case n == 0:
			if lost++; first == "" {
				first = fmt.Sprintf("; the first lost is %d, %.60q", i, l)
			}
		case n > 1:
			twice++
		}
	}
	if lost+twice > 0 || len(got) != len(want) {
		return fmt.Errorf("%d lines, want %d: %d lost, %d twice%s", len(got), len(want), lost, twice, first)
	}
	for i := range got {
		if got[i] != want[i] {
			return fmt.Errorf("line %d is out of order: %.60q, want %.60q", i, got[i], want[i])
		}
	}
	return nil
}
