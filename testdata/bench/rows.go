package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// row is one promise. Its figure is better the smaller it is, unless rate is
// set; target is in the same unit.
type row struct {
	work   string
	unit   string
	target float64
	rate   bool
	run    func(l *lab) (float64, error)
}

// errAbsent says that a peer is not installed.
var errAbsent = errors.New("not installed")

// queries asked of the loaded text file, in this order: each is new to the
// store's cache.
var queries = []string{
	"level>=warning", "domain=auth", "status>=500", "duration>2s",
	"needle-7f3a", "zzqqxx", "Traceback", "Completed", "0000",
	"completed", "completed 200", "/Completed 5\\d\\d/", "/[a-f]{3}\\d[a-f]{3}/",
}

var rows = []row{
	{"read, frame, parse, fold format 1, bytes left to the file", "MB/s", 1800, true, (*lab).textRate},
	{"until its bytes are in memory, too", "MB/s", 1200, true, func(l *lab) (float64, error) { return l.rate(l.text, "warm") }},
	{"read, frame, parse, fold JSON lines, bytes left to the file", "MB/s", 1400, true, func(l *lab) (float64, error) { return l.rate(l.json) }},
	{"until their bytes are in memory, too", "MB/s", 1000, true, func(l *lab) (float64, error) { return l.rate(l.json, "warm") }},
	{"requests folded / parse alone, bytes left to the file", "x", 1.35, false, func(l *lab) (float64, error) { return l.over("load", "keep", l.text) }},
	{"the same for JSON lines", "x", 1.35, false, func(l *lab) (float64, error) { return l.over("load", "keep", l.json) }},
	{"memory beside the text, a record", "B", 44, false, (*lab).beside},
	{"level>=warning, exact count", "ms", 10, false, asked(0, "whole")},
	{"level>=warning, first screen", "ms", 5, false, asked(0, "first")},
	{"domain=auth, exact count", "ms", 10, false, asked(1, "whole")},
	{"status>=500, exact count", "ms", 10, false, asked(2, "whole")},
	{"duration>2s, exact count", "ms", 10, false, asked(3, "whole")},
	{"word needle-7f3a / rg -c", "x", 1.1, false, word(4, "needle-7f3a")},
	{"word zzqqxx / rg -c", "x", 1.1, false, word(5, "zzqqxx")},
	{"word Traceback / rg -c", "x", 1.1, false, word(6, "Traceback")},
	{"word Completed / rg -c", "x", 1.1, false, word(7, "Completed")},
	{"word 0000 (digits only) / rg -c", "x", 2, false, word(8, "0000")},
	{"word completed, any case / rg -ci", "x", 1.1, false, word(9, "-i", "completed")},
	{"one more word typed: completed 200, exact count", "ms", 120, false, asked(10, "whole")},
	{"regexp with a literal", "ms", 250, false, asked(11, "whole")},
	{"regexp without any", "ms", 700, false, asked(12, "whole")},
	{"headless word / rg -c", "x", 1.3, false, func(l *lab) (float64, error) {
		return l.against([]string{l.ravel, "-q", "needle-7f3a", "-o", "raw", l.text.path}, []string{"rg", "-c", "needle-7f3a", l.text.path})
	}},
	{"headless duration_ms>2000 on JSON", "s", 0.3, false, func(l *lab) (float64, error) {
		return l.process(l.ravel, "-q", "duration_ms>2000", "-o", "raw", l.json.path)
	}},
	{"the same by jq / ravel", "x", 45, true, func(l *lab) (float64, error) {
		return l.against([]string{"jq", "-c", "select(.duration_ms > 2000)", l.json.path}, []string{l.ravel, "-q", "duration_ms>2000", "-o", "raw", l.json.path})
	}},
	{"index format 1: lnav / ravel", "x", 12, true, func(l *lab) (float64, error) {
		return l.against([]string{"lnav", "-n", "-q", "-c", ";SELECT 1", l.text.path}, []string{l.self, "-child", "load", l.text.path})
	}},
	{"ravel version, whole process", "ms", 10, false, func(l *lab) (float64, error) {
		s, err := l.process(l.ravel, "version")
		return 1000 * s, err
	}},
	{"first screen of the text file, from the start", "ms", 30, false, func(l *lab) (float64, error) { return l.firstScreen(l.text.path) }},
	{"keys at rest, p99", "ms", 10, false, (*lab).keysAtRest},
	{"keys while a file is read, p99", "ms", 10, false, (*lab).keysLoading},
	{"keys while 100,000 lines/s come from a pipe, p99", "ms", 10, false, (*lab).keysFollowing},
	{"a pipe into the explorer, million lines/s", "M/s", 2, true, (*lab).fastPipe},
	{"500,000 lines/s from a pipe, share of one core", "%", 40, false, (*lab).followingCost},
	{"at rest, share of one core", "%", 0.2, false, (*lab).atRest},
	{"explorer, --buffer 16MiB, 10 GB pipe: RSS / (1.1 x buffer + 64 MiB)", "x", 1, false, explorerMemory("16MiB", 16<<20)},
	{"explorer, --buffer 128MiB, the same", "x", 1, false, explorerMemory("128MiB", 128<<20)},
	{"explorer, --buffer 512MiB, the same", "x", 1, false, explorerMemory("512MiB", 512<<20)},
	{"explorer, --buffer 900MiB, the same", "x", 1, false, explorerMemory("900MiB", 900<<20)},
	{"headless, 10 GB pipe, a rare word", "MiB", 128, false, headlessMemory("-q", "needle-7f3a", "-o", "raw")},
	{"headless, 10 GB pipe, counts by domain", "MiB", 128, false, headlessMemory("-q", "| stats count() by domain", "-o", "json")},
	{"to the terminal at 80x24 over SSH, 1,000 lines/s followed", "KB/s", 20, false, (*lab).followingBytes},
}

// print measures a row and prints it.
func (l *lab) print(r row) {
	if !strings.Contains(r.work, l.only) {
		return
	}
	l.notes = ""
	v, err := r.run(l)
	if err != nil {
		fmt.Printf("%-58s %12s %12s %7s  %v\n", r.work, "-", fmt.Sprintf("%g %s", r.target, r.unit), "-", err)
		return
	}
	ratio, verdict := v/r.target, "reached"
	if r.rate && ratio < 1 || !r.rate && ratio > 1 {
		verdict = "MISSED"
	}
	fmt.Printf("%-58s %12s %12s %7.2f  %s\n", r.work, fmt.Sprintf("%.4g %s", v, r.unit), fmt.Sprintf("%g %s", r.target, r.unit), ratio, verdict)
	fmt.Print(l.notes)
}

// child runs a measurement in fresh processes, once for each question, and
// returns the medians.
func (l *lab) child(args ...string) (figures, error) {
	key := strings.Join(args, "\x00")
	if f := l.held[key]; f != nil {
		return f, nil
	}
	all := map[string][]float64{}
	for range l.runs {
		out, err := exec.Command(l.self, append([]string{"-child"}, args...)...).Output()
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", args[0], err)
		}
		var f figures
		if err := json.Unmarshal(out, &f); err != nil {
			return nil, err
		}
		for k, v := range f {
			all[k] = append(all[k], v)
		}
	}
	f := figures{}
	for k, vs := range all {
		f[k] = median(vs)
	}
	l.held[key] = f
	return f, nil
}

func median(vs []float64) float64 {
	slices.Sort(vs)
	return vs[len(vs)/2]
}

// rate is MB a second of loading, with further figures' seconds added.
func (l *lab) rate(d data, more ...string) (float64, error) {
	f, err := l.child("load", d.path)
	if err != nil {
		return 0, err
	}
	s := f["seconds"]
	for _, m := range more {
		s += f[m]
	}
	return float64(d.size) / 1e6 / s, nil
}

// textRate is rate of the text file; a note says what the least loop reaches.
func (l *lab) textRate() (float64, error) {
	least, err := l.child("floor", l.text.path)
	if err != nil {
		return 0, err
	}
	l.note("a loop that knows the format, checks and folds nothing: %.4g MB/s", float64(l.text.size)/1e6/least["seconds"])
	return l.rate(l.text)
}

// over is one measurement's time over another's.
func (l *lab) over(a, b string, d data) (float64, error) {
	fa, err := l.child(a, d.path)
	if err != nil {
		return 0, err
	}
	fb, err := l.child(b, d.path)
	if err != nil {
		return 0, err
	}
	return fa["seconds"] / fb["seconds"], nil
}

// beside is what memory a record takes beside its text; 32 MB of the program's
// own are left out.
func (l *lab) beside() (float64, error) {
	f, err := l.child("load", l.text.path)
	if err != nil {
		return 0, err
	}
	return (f["rss"] - 32e6) / f["records"], nil
}

// asked is what query i took, in ms.
func asked(i int, what string) func(*lab) (float64, error) {
	return func(l *lab) (float64, error) {
		f, err := l.child(append([]string{"ask", l.text.path}, queries...)...)
		return 1000 * f[fmt.Sprint(what, i)], err
	}
}

// word is query i against rg's count of the same.
func word(i int, rg ...string) func(*lab) (float64, error) {
	return func(l *lab) (float64, error) {
		f, err := l.child(append([]string{"ask", l.text.path}, queries...)...)
		if err != nil {
			return 0, err
		}
		s, err := l.process(append(append([]string{"rg", "-c"}, rg...), l.text.path)...)
		return f[fmt.Sprint("whole", i)] / s, err
	}
}

// process is the wall time of a command in seconds.
func (l *lab) process(args ...string) (float64, error) {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return 0, fmt.Errorf("%s: %w", args[0], errAbsent)
	}
	var times []float64
	for range l.runs {
		cmd := exec.Command(path, args[1:]...)
		cmd.Stderr = os.Stderr
		cmd.Env = append(os.Environ(), "TERM=dumb")
		start := time.Now()
		if err := cmd.Run(); err != nil {
			return 0, fmt.Errorf("%s: %w", strings.Join(args[:1], " "), err)
		}
		times = append(times, time.Since(start).Seconds())
	}
	return median(times), nil
}

// against is the ratio of two commands' times, taken in turn.
func (l *lab) against(a, b []string) (float64, error) {
	ta, err := l.process(a...)
	if err != nil {
		return 0, err
	}
	tb, err := l.process(b...)
	return ta / tb, err
}
