package logs

import (
	"fmt"
	"slices"
	"sort"
	"strconv"

	"ravel/model"
)

func init() {
	formats["domain"] = func(w *writer) error { return domainText(w) }
	formats["domainjson"] = func(w *writer) error { return domainJSON(w) }
	formats["metamock"] = func(w *writer) error { return metamock(w) }
	formats["canonical"] = func(w *writer) error { return canonical(w) }
}

// beat is one record that is due.
type beat struct {
	at    int64
	order int
	write func()
}

// stage plays beats in the order of their times.
type stage struct {
	*writer
	beats []beat // a heap would gain little: few are pending at a time
	order int
	open  []*run
}

// run is a task, job or request that these formats write.
type run struct {
	Row
	kind        model.Kind
	state       model.State
	first, last int64 // ms
	level       model.Level
	stampless   bool
}

func (s *stage) at(t int64, write func()) {
	s.order++
	b := beat{t, s.order, write}
	i := sort.Search(len(s.beats), func(i int) bool { return s.beats[i].at > t })
	s.beats = slices.Insert(s.beats, i, b)
}

// play lets episodes begin, one each few ms, until enough lines are written;
// what has not ended then stays open.
func (s *stage) play(gap int64, begin func()) {
	next := s.now
	for s.t.Lines < s.o.Lines && s.err == nil {
		if len(s.beats) == 0 || next <= s.beats[0].at {
			s.now = next
			begin()
			next += 1 + s.r.Int64N(2*gap)
			continue
		}
		b := s.beats[0]
		s.beats = s.beats[1:]
		s.now = b.at
		b.write()
	}
	s.finish()
}

// touch counts a record for r.
func (s *stage) touch(r *run, level model.Level) {
	if r.Records == 0 {
		r.first = s.now
		s.open = append(s.open, r)
	}
	r.Records++
	r.last = s.now
	r.level = max(r.level, level)
}

// close ends r; its row follows at once.
func (s *stage) close(r *run, state model.State) {
	s.open = slices.DeleteFunc(s.open, func(o *run) bool { return o == r })
	r.state = state
	s.print(r)
}

// finish prints those that are still open, by start.
func (s *stage) finish() {
	for _, r := range s.open {
		switch {
		case r.kind == model.KindHTTP && s.newest-r.first >= 30_000:
			r.state = model.Hung
		case r.state != model.Unmarked || r.kind != model.KindGroup:
			r.state = model.InFlight
		}
		s.print(r)
	}
}

func (s *stage) print(r *run) {
	method, status := "", 0
	if r.Status != nil {
		status = *r.Status
	}
	s.emit(r.state, r.kind, method, status, func() Row {
		row := r.Row
		row.Level = r.level.String()
		if !r.stampless {
			row.Start, row.End = text(s.rfc3339(r.first)), text(s.rfc3339(r.last))
			switch {
			case r.state == model.InFlight || r.state == model.Hung:
				row.End = nil
			case row.DurationMS == nil && (r.Records > 1 || r.state == model.Unmarked):
				ms := float64(r.last - r.first)
				row.DurationMS = &ms
			}
		}
		return row
	})
}

// line writes one record of plain text: head, message, traceback.
func (s *stage) line(f *file, head string, level model.Level, domain int, msg string, exc *failure) {
	b := append(append(f.buf, head...), msg...)
	c := counted{lines: 1, level: level, domain: domain, dur: -1, needle: -1, exc: exc}
	if exc != nil {
		for _, l := range exc.traceback {
			b = append(append(b, '\n'), l...)
		}
		c.lines += len(exc.traceback)
	}
	f.buf = append(b, '\n')
	s.count(f, c)
}

// domainText is STAMP - domain - LEVEL - message, a file for each domain and no
// id anywhere: a start and an end pair off only while one is open.
func domainText(w *writer) error {
	s := &stage{writer: w}
	files := map[int]*file{}
	for _, d := range []int{domAgents, domPresentation, domProviders, domScheduler, domServices} {
		files[d] = w.create(domains[d] + ".log")
	}
	say := func(d int, level model.Level, msg string, exc *failure) {
		head := string(w.stamp(nil, ' ', ',')) + " - " + domains[d] + " - " + level.String() + " - "
		s.line(files[d], head, level, d, msg, exc)
	}
	busy := map[int]int64{}
	s.play(400, func() {
		pair := &pairs[w.r.Uint64N(uint64(len(pairs)))]
		if s.now < busy[pair.domain] {
			say(domServices, model.Info, "Contribution "+strconv.Itoa(w.r.IntN(1000))+" stored", nil)
			say(domProviders, model.Debug, "Calling provider ollama model=llama3", nil)
			return
		}
		r := &run{kind: pair.kind, Row: Row{Name: text(pair.name), Sources: []string{domains[pair.domain] + ".log"}}}
		ends := 20 + w.r.Int64N(9000)
		busy[pair.domain] = s.now + ends + 2
		start := func() { s.touch(r, model.Info); say(pair.domain, model.Info, pair.start, nil) }
		start()
		for range w.r.IntN(4) {
			s.at(s.now+1+w.r.Int64N(ends-2), func() {
				say(pair.domain, model.Debug, "Processing: "+strconv.Itoa(w.r.IntN(500))+".md", nil)
			})
		}
		if w.r.IntN(40) == 0 { // two at a time: an end may be either's
			other := run{kind: r.kind, Row: Row{Name: r.Name, Sources: r.Sources}}
			s.at(s.now+ends/2, func() { s.touch(&other, model.Info); say(pair.domain, model.Info, pair.start, nil) })
			s.at(s.now+ends, func() {
				say(pair.domain, model.Info, pair.end, nil)
				s.close(r, model.Unmarked)
				s.close(&other, model.Unmarked)
			})
			s.at(s.now+ends+1, func() { say(pair.domain, model.Info, pair.end, nil) })
			return
		}
		s.at(s.now+ends, func() {
			if w.r.IntN(8) > 0 {
				s.touch(r, model.Info)
				say(pair.domain, model.Info, pair.end, nil)
				s.close(r, model.Complete)
				return
			}
			exc := &failures[w.r.IntN(len(failures))]
			s.touch(r, model.Error)
			r.Error = &Failure{exc.typ, exc.msg}
			say(pair.domain, model.Error, pair.fail, exc)
			s.close(r, model.Failed)
		})
	})
	return w.err
}

// pairs are the starts and ends that rule 21 names.
var pairs = [...]struct {
	domain           int
	kind             model.Kind
	name             string
	start, end, fail string
}{
	{domScheduler, model.KindTask, "", "Task started", "Task complete", "Task failed"},
	{domAgents, model.KindTask, "validation", "Validation started", "Validation complete", "Validation failed"},
	{domPresentation, model.KindHTTP, "", "Request received", "Validation complete", "Request failed"},
}

// domainJSON is one object a record with its domain and a context that holds
// the ids; everything overlaps.
func domainJSON(w *writer) error {
	s := &stage{writer: w}
	f := w.create("domains.jsonl")
	say := func(r *run, d int, level model.Level, msg, context string, exc *failure) {
		if r != nil {
			s.touch(r, level)
		}
		b := fmt.Appendf(f.buf, `{"timestamp": "%sZ", "domain": %q, "level": %q, "message": %q, "context": {%s`, w.stamp(nil, 'T', '.'), domains[d], level.String(), msg, context)
		if exc != nil {
			b = object(append(b, '}')).exception(exc, false)
			b = append(b, "}\n"...)
		} else {
			b = append(b, "}}\n"...)
		}
		f.buf = b
		s.count(f, counted{lines: 1, level: level, domain: d, dur: -1, needle: -1, exc: exc})
	}
	s.play(20, func() {
		var id [12]byte
		w.hex(id[:])
		id[0] = 'a' // never all digits
		ends := 20 + w.r.Int64N(3000)
		p := &jsonPairs[w.r.IntN(len(jsonPairs))]
		r := &run{kind: p.kind, Row: Row{Name: text(p.name), Path: text(p.path), Client: text(p.client), Sources: []string{"domains.jsonl"}}}
		context := fmt.Sprintf("%q: %q", p.key, id[:])
		switch p.key {
		case "task_id":
			r.RequestID = text(string(id[:]))
		case "correlation_id":
			r.CorrelationID = text(string(id[:]))
		}
		say(r, p.domain, model.Info, p.start, context+p.more, nil)
		if p.key != "contribution_id" { // no id of the list: what lies between cannot be told
			for range w.r.IntN(3) {
				s.at(s.now+1+w.r.Int64N(ends-2), func() {
					say(r, p.domain, model.Debug, "Processing step "+strconv.Itoa(w.r.IntN(9)), context, nil)
				})
			}
		}
		s.at(s.now+ends, func() {
			if w.r.IntN(10) == 0 {
				exc := &failures[w.r.IntN(len(failures))]
				r.Error = &Failure{exc.typ, exc.msg}
				say(r, p.domain, model.Error, p.fail, context, exc)
				s.close(r, model.Failed)
				return
			}
			ms := float64(ends) + 0.5
			r.DurationMS = &ms
			say(r, p.domain, model.Info, p.end, fmt.Sprintf(`%s, "status": "success", "duration_ms": %.1f`, context, ms), nil)
			s.close(r, model.Complete)
		})
	})
	return w.err
}

var jsonPairs = [...]struct {
	domain           int
	kind             model.Kind
	key, more        string
	name             string
	path, client     string
	start, end, fail string
}{
	{domScheduler, model.KindTask, "task_id", `, "task": "task_audierne_docs", "date": "2026-02-22"`, "task_audierne_docs", "", "", "Task started", "Task completed", "Task failed"},
	{domAgents, model.KindTask, "contribution_id", `, "text_length": 812`, "validation", "", "", "Validation started", "Validation complete", "Validation failed"},
	{domPresentation, model.KindHTTP, "correlation_id", `, "endpoint": "/api/v1/contributions", "user_ip": "10.0.3.7"`, "", "/api/v1/contributions", "10.0.3.7", "Request received", "Validation complete", "Request failed"},
}

// metamock is [LEVEL] [context] message without a time of its own: jobs, their
// tasks and runs.
func metamock(w *writer) error {
	s := &stage{writer: w}
	f := w.create("worker-jobs.log")
	s.play(200, func() {
		var id, run_ [12]byte
		w.hex(id[:])
		w.hex(run_[:])
		job := "bulk-" + string(id[:])
		r := &run{kind: model.KindJob, stampless: true, Row: Row{RequestID: &job, Name: text("bulk_workflow"), Sources: []string{"worker-jobs.log"}}}
		user := strconv.Itoa(100 + w.r.IntN(900))
		say := func(level model.Level, task, msg string, mine bool) {
			if mine {
				s.touch(r, level)
			}
			s.line(f, "["+level.String()+"] [user_id="+user+task+"] ", level, domWorkerJobs, msg, nil)
		}
		whole, at := " job_id="+job+" task=bulk_workflow", s.now+1
		say(model.Info, "", "User authenticated", false)
		s.at(at, func() { say(model.Info, whole, "Starting bulk generation for preset "+user, true) })
		fails := w.r.IntN(6) == 0
		for i, step := range [...]string{"validate_preset", "generate_prompts", "generate_images"} {
			at += 1 + w.r.Int64N(900)
			task := " job_id=" + job + " task=" + step + " run_id=" + string(run_[:11]) + strconv.Itoa(i)
			s.at(at, func() { say(model.Info, task, "Starting step: "+step, true) })
			at += 1 + w.r.Int64N(900)
			if fails && i == 2 {
				s.at(at, func() { say(model.Error, task, "Step failed: API timeout", true) })
				break
			}
			s.at(at, func() { say(model.Info, task, "Step completed successfully", true) })
		}
		s.at(at+1, func() {
			if fails {
				say(model.Error, whole, "Bulk generation failed: API timeout", true)
				s.close(r, model.Failed)
				return
			}
			say(model.Info, whole, "Bulk generation completed", true)
			s.close(r, model.Complete)
		})
	})
	w.oldest = -1 // the stamps were the simulation's own
	return w.err
}

// canonical is pretty-printed objects over several lines, each a request of
// its own.
func canonical(w *writer) error {
	s := &stage{writer: w}
	f := w.create("sessions.json")
	s.play(50, func() {
		level, status, msg := model.Info, "success", "Session recorded"
		state := model.Complete
		if w.r.IntN(10) == 0 {
			level, status, msg, state = model.Error, "fail", "Failed to save session: could not connect to database", model.Failed
		}
		b := fmt.Appendf(f.buf, "{\n  \"timestamp\": \"%sZ\",\n  \"level\": %q,\n  \"message\": %q,\n  \"subject_id\": \"7%05d\",\n  \"instrument_id\": \"frg_1_a\",\n  \"status\": %q,\n",
			w.stamp(nil, 'T', '.'), level.String(), msg, w.r.IntN(100_000), status)
		lines := 12
		if state == model.Failed {
			b = append(b, "  \"error_type\": \"TimeoutError\",\n"...)
			lines++
		}
		f.buf = fmt.Appendf(b, "  \"database\": \"dataverse\",\n  \"user_id\": \"bobby.b\",\n  \"wt_g\": %d.%02d,\n  \"water_earned_ml\": 0.89\n}\n", 15+w.r.IntN(10), w.r.IntN(100))
		r := &run{kind: model.KindCanonical, Row: Row{Sources: []string{"sessions.json"}}}
		s.touch(r, level)
		s.count(f, counted{lines: lines, level: level, domain: domSessions, dur: -1, needle: -1})
		s.close(r, state)
	})
	return w.err
}
