package sourcetest

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"ravel/sources"
)

// Memory is a source of files in memory, by name, whose stamps without a zone
// are UTC. All are read at once.
type Memory map[string][]byte

// Name is the source's name.
func (m Memory) Name() string { return "memory" }

// Run gives each file's bytes in one piece.
func (m Memory) Run(_ context.Context, sink sources.Sink) error {
	var open []sources.Stream
	names := slices.Sorted(maps.Keys(m))
	for order, name := range names {
		stem := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		open = append(open, sink.Open(sources.Info{Name: name, Domain: stem, Order: order, UTC: true}))
	}
	sink.Ready()
	errs := make([]error, len(open))
	var wg sync.WaitGroup
	for i, s := range open {
		wg.Go(func() {
			defer s.Close()
			_, errs[i] = s.Write(m[names[i]])
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
