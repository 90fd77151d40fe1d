// Package logs simulates a service under load and writes what it logs, in
// several formats, together with the truth: counts and the row of each request.
package logs

import (
	"ravel/model"
)

// Truth is what a reader must find in the files.
type Truth struct {
	Format     string           `json:"format"`
	Seed       uint64           `json:"seed"`
	Files      map[string]*File `json:"files"`
	Records    int              `json:"records"`
	Lines      int              `json:"lines"`
	Bytes      int64            `json:"bytes"`
	Levels     map[string]int   `json:"levels"`
	Domains    map[string]int   `json:"domains"`
	Statuses   map[int]int      `json:"statuses"` // records that state one
	Tracebacks map[string]int   `json:"tracebacks"`
	Slow       map[string]int   `json:"slow"`    // records with a duration above 100, 1000, 2000 ms
	Needles    map[string]int   `json:"needles"` // records that contain the word
	First      string           `json:"first"`   // oldest stamp, "" if the format has none
	Last       string           `json:"last"`
	Requests   int              `json:"requests"`
	States     map[string]int   `json:"states"`
	Kinds      map[string]int   `json:"kinds"`
	Methods    map[string]int   `json:"methods"`
	Outcomes   map[int]int      `json:"request_statuses"` // requests by status; those without one are not in it
}

// File is the part of the truth that concerns one file.
type File struct {
	Records int   `json:"records"`
	Lines   int   `json:"lines"`
	Bytes   int64 `json:"bytes"`
}

// Row is a request as `-o requests` prints it.
type Row struct {
	RequestID     *string  `json:"request_id"`
	CorrelationID *string  `json:"correlation_id"`
	Kind          string   `json:"kind"`
	Name          *string  `json:"name"`
	State         string   `json:"state"`
	Start         *string  `json:"start"`
	End           *string  `json:"end"`
	DurationMS    *float64 `json:"duration_ms"`
	Method        *string  `json:"method"`
	Path          *string  `json:"path"`
	Client        *string  `json:"client"`
	Status        *int     `json:"status"`
	Level         string   `json:"level"`
	Records       int      `json:"records"`
	Sources       []string `json:"sources"`
	Error         *Failure `json:"error"`
}

// Failure is the exception of a Row.
type Failure struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

func newTruth(o Options) *Truth {
	return &Truth{
		Format: o.Format, Seed: o.Seed, Files: map[string]*File{}, Levels: map[string]int{}, Domains: map[string]int{},
		Statuses: map[int]int{}, Tracebacks: map[string]int{}, Slow: map[string]int{}, Needles: map[string]int{},
		States: map[string]int{}, Kinds: map[string]int{}, Methods: map[string]int{}, Outcomes: map[int]int{},
	}
}

// tally counts while writing; maps would cost more than the lines do.
type tally struct {
	levels   [model.NumLevels]int
	domains  []int // as the simulation's domain list
	statuses [600]int
	slow     [3]int
	needles  [len(needleWords)]int
	states   [model.NumStates]int
	kinds    [model.NumKinds]int
}

var slowOver = [...]int64{100, 1000, 2000}

func (y *tally) into(t *Truth) {
	for l, n := range y.levels {
		if n > 0 {
			t.Levels[model.Level(l).String()] = n
		}
	}
	for d, n := range y.domains {
		if n > 0 {
			t.Domains[domains[d]] += n
		}
	}
	for s, n := range y.statuses {
		if n > 0 {
			t.Statuses[s] = n
		}
	}
	for i, n := range y.slow {
		t.Slow[[...]string{"over_100ms", "over_1000ms", "over_2000ms"}[i]] = n
	}
	for i, n := range y.needles {
		t.Needles[needleWords[i]] = n
	}
	for s, n := range y.states {
		if n > 0 {
			t.States[model.State(s).String()] = n
			t.Requests += n
		}
	}
	for k, n := range y.kinds {
		if n > 0 {
			t.Kinds[model.Kind(k).String()] = n
		}
	}
}
