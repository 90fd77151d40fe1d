package work

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPatient looks that a thread keeps its priority and is an ordinary one
// afterwards.
func TestPatient(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	slice := func() (uint64, int32) {
		a, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			t.Skip("this system does not tell: ", err)
		}
		return a.Runtime, a.Nice
	}
	before, nice := slice()
	patient(true)
	if refused.Load() {
		t.Skip("this system does not change slices")
	}
	during, then := slice()
	patient(false)
	after, now := slice()
	if during == before {
		t.Logf("this system has no slices of a thread's own")
	}
	if after != before || nice != then || nice != now {
		t.Errorf("slice %d, then %d, then %d; nice %d, then %d, then %d", before, during, after, nice, then, now)
	}
}
