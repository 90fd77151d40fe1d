package kube

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// many are lines of more than lookAfter bytes.
func many(name string) []string {
	lines := make([]string, 6000)
	for i := range lines {
		lines[i] = fmt.Sprintf("%s %d %s", name, i, strings.Repeat("x", 200))
	}
	return lines
}

// writeSlowly writes lines with a stamp of each own, 1 ms apart, up to now.
func writeSlowly(f *cluster, lines []string) {
	from := time.Now()
	time.Sleep(time.Duration(len(lines)) * time.Millisecond)
	for i, l := range lines {
		f.write("web", 0, from.Add(time.Duration(i)*time.Millisecond), l)
	}
}

// rotated reads a log of the test's and returns what came and what was drawn.
func rotated(t *testing.T, write func(*cluster)) (lines, marks []string) {
	f := newCluster()
	f.put(running("web", 0))
	rec, stop := startSource(t, f, Options{Follow: true, Tail: -1})
	time.Sleep(100 * time.Millisecond)
	write(f)
	time.Sleep(20 * time.Second)
	if err := stop(); err != nil {
		t.Error(err)
	}
	return rec.lines(appStream), rec.streams[appStream].marks
}

// TestRotation draws where the log was rotated, and within what time lines may
// be missing: those that came into the old file last are not given out.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two, three := many("one"), many("two"), many("three")
		lines, marks := rotated(t, func(f *cluster) {
			writeSlowly(f, one)
			time.Sleep(5 * time.Second)
			f.rotateLate("web", 0, 7, time.Now())
			time.Sleep(8 * time.Millisecond)
			writeSlowly(f, two)
			time.Sleep(5 * time.Second)
			f.rotate("web", 0)
			writeSlowly(f, three)
			time.Sleep(5 * time.Second)
		})
		equalLines(t, lines, append(append(one, two...), three...))
		want := []string{
			"the log was rotated at 00:00:11.108Z: the kubelet may have left out the lines just before, of 5.01s",
			"the log was rotated at 00:00:22.108Z: the kubelet may have left out the lines just before, of 5s",
		}
		equalLines(t, marks, want)
	})
}

// TestRotationNotNoticed has a follow wait at the end of a file that was rotated
// before the kubelet listened: ravel asks again, and loses nothing.
func TestRotationNotNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := many("one"), many("two")
		lines, marks := rotated(t, func(f *cluster) {
			f.mu.Lock()
			f.log("web", 0).blind = true
			f.mu.Unlock()
			writeSlowly(f, one)
			f.rotate("web", 0)
			writeSlowly(f, two)
		})
		equalLines(t, lines, append(one, two...))
		if len(marks) != 1 || !strings.HasPrefix(marks[0], "gap: the log was rotated while it was not read") {
			t.Errorf("drawn: %q", marks)
		}
	})
}

// TestRotationsPassedOver has a follow pass over a file and get the newest one
// twice, as the kubelet does where two were made while it could not send.
func TestRotationsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := many("one")[:3000], many("two")[:3000]
		lines, marks := rotated(t, func(f *cluster) {
			writeSlowly(f, one)
			time.Sleep(10 * time.Millisecond)
			f.rotateLate("web", 0, 5000, time.Now()) // a whole file
			time.Sleep(4 * time.Second)
			writeSlowly(f, two)
			synctest.Wait()
			f.again("web", 0)
			time.Sleep(10 * time.Millisecond)
			f.write("web", 0, time.Now(), "last")
		})
		equalLines(t, lines, append(append(one, two...), "last"))
		if len(marks) != 1 || marks[0] != "gap: the log was rotated more than once before it was read: the 4.01s before 00:00:07.110Z are missing" {
			t.Errorf("drawn: %q", marks)
		}
	})
}

// TestClockSetBack goes on where a node's clock has been set back, also over a
// connection that breaks off.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := []string{"one", "two", "three", "four", "five", "six"}
		lines, marks := rotated(t, func(f *cluster) {
			now := time.Now()
			f.write("web", 0, now, "one")
			f.write("web", 0, now.Add(10*time.Second), "two")
			time.Sleep(time.Second)
			f.write("web", 0, now.Add(time.Second), "three")
			time.Sleep(time.Second)
			f.write("web", 0, now.Add(2*time.Second), "four")
			time.Sleep(time.Second)
			f.breakOff()
			f.write("web", 0, now.Add(3*time.Second), "five")
			time.Sleep(time.Second)
			f.write("web", 0, now.Add(4*time.Second), "six")
		})
		equalLines(t, lines, want)
		if len(marks) != 0 {
			t.Errorf("drawn: %q", marks)
		}
	})
}
