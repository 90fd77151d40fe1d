package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"ravel/engine"
	"ravel/ingest"
	"ravel/model"
	"ravel/model/request"
	"ravel/model/store"
	"ravel/parse"
	"ravel/parse/lifecycle"
	"ravel/sources/file"
)

// figures are what a child measured: seconds, bytes or counts by name.
type figures map[string]float64

// measure does one measurement in this process, which is fresh, and prints it.
func measure(what string, args []string) error {
	var f figures
	var err error
	switch what {
	case "floor":
		f, err = floor(args[0])
	case "parse":
		f, err = parseOnly(args[0])
	case "keep":
		f, err = keep(args[0])
	case "load":
		var e *engine.Engine
		if f, e, err = load(args[0]); err == nil {
			f["warm"] = warm(e)
		}
	case "ask":
		f, err = ask(args[0], args[1:])
	default:
		err = fmt.Errorf("nothing to measure is called %q", what)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

// budget holds the whole file with its columns.
const budget = 3 << 30

// reading is a file's way through ingest.
func reading(path string, prepare func(*model.Batch) any, consume func(*model.Names, *ingest.Ingest) ingest.Consumer) (time.Duration, error) {
	runtime.GOMAXPROCS(runtime.NumCPU() + 4) // as the explorer does
	store.LimitMemory(budget)
	srcs, errs := file.Expand([]string{path}, file.Options{Reread: true})
	if len(errs) > 0 {
		return 0, errs[0]
	}
	names := model.NewNames()
	in := ingest.New(ingest.Options{Names: names, Prepare: prepare})
	c := consume(names, in)
	start := time.Now()
	err := in.Run(context.Background(), srcs, c)
	return time.Since(start), err
}

// parseOnly reads and parses, and drops the records.
func parseOnly(path string) (figures, error) {
	n := 0
	d, err := reading(path, nil, func(*model.Names, *ingest.Ingest) ingest.Consumer {
		return func(b *model.Batch) error {
			n += b.Len()
			if b.Release != nil {
				b.Release()
			}
			return nil
		}
	})
	return figures{"seconds": d.Seconds(), "records": float64(n)}, err
}

// keep reads a file into a store, and folds nothing.
func keep(path string) (figures, error) {
	s := store.New(store.Options{Budget: budget, Compress: true})
	d, err := reading(path, nil, func(*model.Names, *ingest.Ingest) ingest.Consumer {
		return func(b *model.Batch) error { s.Append(b, store.Folding{}); return nil }
	})
	return figures{"seconds": d.Seconds(), "records": float64(s.Snapshot().Records), "rss": peak()}, err
}

// load reads a file into an engine's store, its requests folded.
func load(path string) (figures, *engine.Engine, error) {
	var e *engine.Engine
	d, err := reading(path, func(b *model.Batch) any { return e.Prepare(b) }, func(names *model.Names, in *ingest.Ingest) ingest.Consumer {
		dec := parse.NewDecoder(nil, names, in.StreamInfo)
		e = engine.New(engine.Options{
			Names: names, Decoder: dec, Budget: budget,
			Request: request.Options{Names: names, Decoder: dec, Lifecycle: lifecycle.Builtin()},
		})
		return e.Consume
	})
	if err != nil {
		return nil, nil, err
	}
	return figures{"seconds": d.Seconds(), "records": float64(e.State().Records), "rss": peak()}, e, nil
}

// warm reads the bytes of a loaded file into memory, as the explorer does while
// nobody asks for anything, and returns the seconds that took.
func warm(e *engine.Engine) float64 {
	start := time.Now()
	for e.Warm() {
	}
	return time.Since(start).Seconds()
}

// peak is the largest resident set of this process so far in bytes, 0 where
// the system does not tell.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
	return kb * 1024
}

// ask loads a file and times queries: each to the first screen of 50 rows, and
// to the exact count.
func ask(path string, queries []string) (figures, error) {
	f, e, err := load(path)
	if err != nil {
		return nil, err
	}
	warm(e)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); e.Run(ctx) }()
	defer func() { stop(); <-done }()
	for i, q := range queries {
		runtime.GC()
		start, first := time.Now(), 0.0
		asked := time.Duration(0) // when rows were asked for last
		if err := e.SetQuery(q); err != nil {
			return nil, err
		}
		for e.State().Scanning {
			// A screen asks once a frame: asking at each change would take a core
			// from the scan where a word is rare.
			if now := time.Since(start); first == 0 && now-asked >= now/10 {
				if asked = now; len(e.Rows(^model.Seq(0), -1, 50, true)) == 50 {
					first = time.Since(start).Seconds()
				}
			}
			<-e.Changed()
		}
		whole := time.Since(start).Seconds()
		if first == 0 {
			first = whole
		}
		f[fmt.Sprint("first", i)], f[fmt.Sprint("whole", i)], f[fmt.Sprint("count", i)] = first, whole, float64(e.State().Matched)
	}
	return f, nil
}
