// Package work shares the processors out between what computes in the
// background, such as parsing and scanning, and what answers at once, such as a
// key. It knows nothing of what is computed.
package work

import "runtime"

// cores holds a token for each piece of work that is being done, of all kinds:
// more of them than cores would go no faster, and what answers keys would wait
// for its turn behind them.
var cores = make(chan struct{}, runtime.NumCPU())

// Do runs f, which computes for some milliseconds and waits for nobody, once a
// core is free, on a thread that lets others pass. It is safe for concurrent
// use; f must not call Do.
func Do(f func()) {
	cores <- struct{}{}
	defer func() { <-cores }()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	patient(true)
	defer patient(false)
	f()
}
