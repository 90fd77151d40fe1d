package kube

import (
	"fmt"
	"slices"
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

// TestFirstLook finds a rotation that happened before the first look, also where
// much has come since; the file that reading began with is none.
func TestFirstLook(t *testing.T) {
	const second = int64(time.Second)
	for name, c := range map[string]struct {
		lines int
		first int64 // of the lines
		want  []gap
	}{
		"after it":           {10, 20 * second, []gap{{20*second + 4, 30 * second}}},
		"long after it":      {3 * kept, 20 * second, []gap{{20*second + 4, 30 * second}}},
		"the first file":     {10, 30 * second, nil},
		"its end (--tail)":   {10, 31 * second, nil},
		"long after its end": {3 * kept, 31 * second, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var cur cursor
			line := func(stamp int64) {
				cur.files.note(cur.newest, stamp)
				cur.note(mark{stamp: stamp})
			}
			from := c.first
			if from == 20*second {
				for i := range int64(5) {
					line(from + i)
				}
				from = 30 * second
			}
			for i := range int64(c.lines) {
				line(from + i)
			}
			cur.files.found(look{head: 30 * second, newest: cur.newest}, cur.first)
			if got := cur.files.passed(cur.newest + 2*second); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
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
