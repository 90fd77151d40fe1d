package work

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// longSlice is how long a patient thread runs at a stretch where others of its
// kind want its core. Linux 6.12 and later let a thread with a shorter slice, as
// all have that ask for none, interrupt it as soon as it wakes up; its share of
// the core stays the same. Others ignore it.
const longSlice = 20 * time.Millisecond

// ordinary reports whether threads of this process are scheduled as most are:
// what was started as another kind is left alone.
var ordinary = sync.OnceValue(func() bool {
	a, err := unix.SchedGetAttr(0, 0)
	return err == nil && a.Policy == unix.SCHED_NORMAL
})

// refused says that this system does not change slices.
var refused atomic.Bool

// patient makes the calling thread one with a long slice, or one without a slice
// of its own.
func patient(on bool) {
	if refused.Load() || !ordinary() {
		return
	}
	prio, err := unix.Getpriority(unix.PRIO_PROCESS, 0) // of this thread, as the kernel tells it: 20 less the niceness
	if err != nil {
		return
	}
	a := unix.SchedAttr{Size: unix.SizeofSchedAttr, Nice: int32(20 - prio)} // setting one sets both
	if on {
		a.Runtime = uint64(longSlice)
	}
	if unix.SchedSetAttr(0, &a, 0) != nil {
		refused.Store(true)
	}
}
