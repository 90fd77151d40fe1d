package file

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"ravel/sources"
)

// joiner is a source: the files that appear in a directory, or come to match a
// glob, while it is followed.
type joiner struct {
	place  place
	o      Options
	shared *shared

	looked time.Time // when the directory had changed last, at the look before; zero: not known
	passed int       // looks since then that found it unchanged
}

var _ sources.Source = (*joiner)(nil)

// Name is the directory or pattern as given.
func (j *joiner) Name() string { return j.place.arg }

// joinEvery is how often a place is looked at where the system tells nothing;
// a directory that has not changed all the same after so many times: what a
// link leads to may have come.
const (
	joinEvery  = time.Second
	joinPassed = 30
)

// Run looks for new files until ctx is done, and reads each.
func (j *joiner) Run(ctx context.Context, sink sources.Sink) error {
	sink.Ready()
	bell := j.shared.watch(j.dir(), "", true)
	defer j.shared.unwatch(bell)
	var wg sync.WaitGroup
	defer wg.Wait()
	tick := time.NewTicker(joinEvery)
	defer tick.Stop()
	for {
		var fresh []*set
		if j.changed() {
			fresh = j.fresh()
		}
		for _, s := range fresh {
			sink.Report(sources.Event{Source: s.Name(), Kind: sources.Note, Text: "is new, and is read too"})
			wg.Go(func() { sources.Supervise(ctx, []sources.Source{s}, joined{sink}) })
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-bell.c:
		case <-tick.C:
		}
	}
}

// changed reports whether the place may hold new names.
func (j *joiner) changed() bool {
	info, err := os.Stat(j.place.arg)
	if err != nil || !info.IsDir() {
		return true // a glob
	}
	if j.passed++; info.ModTime().Equal(j.looked) && j.passed < joinPassed {
		return false
	}
	j.looked, j.passed = time.Time{}, 0
	if time.Since(info.ModTime()) > settled {
		j.looked = info.ModTime()
	}
	return true
}

// joined is the sink of a file that came later: nobody waits for it.
type joined struct{ sources.Sink }

func (joined) Ready() {}

// dir is the directory to watch: of a glob, the part before its first
// wildcard.
func (j *joiner) dir() string {
	dir := j.place.arg
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "."
		}
		dir = up
	}
}

// fresh makes sources of the files that nobody reads yet. A rotated sibling of
// a set that is read is none: it holds what was read under its old name.
func (j *joiner) fresh() []*set {
	paths, err := j.place.list()
	if err != nil {
		return nil // nothing there now
	}
	var found []candidate
	for i, path := range paths {
		info, err := os.Stat(path)
		if err != nil || j.o.excepts(info) || j.shared.isKnown(path, info) {
			continue
		}
		found = append(found, candidate{path, j.place.order + min(i, perArg-1), info})
	}
	sets := group(found, j.o, j.shared)
	for _, s := range sets {
		s.fresh = true
		j.shared.know(s.parts...)
	}
	return sets
}
