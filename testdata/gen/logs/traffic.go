package logs

import (
	"container/heap"
	"sort"
	"strconv"

	"ravel/model"
)

// request is one request of the simulated service.
type request struct {
	next   int64 // ms at which its next record is due
	order  uint64
	id     [32]byte
	corr   [32]byte
	tied   bool // has a correlation id
	method string
	path   []byte
	client string
	status int
	exc    *failure

	start, last, end int64 // ms: of its first record, its latest, and when it shall end
	steps            int   // records still to come between start and end
	records          int
	level            model.Level
	phase            phase
	noStart          bool  // began before the file does
	hangs            bool  // never ends
	bare             bool  // an id that marks neither start nor end
	again            bool  // the id will start once more
	sources          uint8 // bit i: file i has records of it
	failed           bool  // its exception has been written
}

type phase uint8

const (
	toStart phase = iota
	running
)

// kindOf says what a record of the simulation is; renderers word it.
type kindOf uint8

const (
	evStart kindOf = iota
	evLog
	evFailure // an error with its traceback
	evEnd
	evMetric // a duration of part of the request
	evSecurity
	evBackground // belongs to no request
)

// event is one record to render.
type event struct {
	what   kindOf
	at     int64    // ms since the epoch
	req    *request // nil without an id
	level  model.Level
	domain int
	msg    []byte
	dur    int64 // ms, -1 none
	needle int   // index into needleWords, -1 none
}

// queue orders requests by the time of their next record; ties by age keep the
// run the same everywhere.
type queue []*request

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].next < q[j].next || q[i].next == q[j].next && q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*request)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

// render writes an event's records and returns how many of them belong to the
// event's request; 0 if the format does not write such events.
type render func(*traffic, *event) int

// traffic is HTTP load: requests arrive at random, run beside each other and
// log while they run.
type traffic struct {
	*writer
	render render
	counts []int // records per file before the one being written
	traits traits
	queue  queue
	free   []*request
	order  uint64
	msg    []byte
}

// traits is what a format can express.
type traits struct {
	starts bool       // writes a line when a request starts
	whole  bool       // the end's line tells all: no start is needed
	steps  bool       // writes what happens in between
	ids    bool       // states request ids
	corrs  bool       // and correlation ids
	bare   bool       // some ids have neither start nor end
	kind   model.Kind // of its requests
	errors bool       // writes exceptions
	logged bool       // states durations
	target bool       // states method and path
	client bool       // states the client
}

func (s *traffic) run() {
	arrival := s.now
	for range 16 {
		r := s.arrive(s.now - s.r.Int64N(200))
		r.noStart, r.phase, r.status, r.exc, r.hangs, r.bare, r.again = true, running, 200, nil, false, false, false
		r.start, r.next = 0, s.now+1+s.r.Int64N(50)
		r.end = max(r.end, r.next+20)
	}
	heap.Init(&s.queue)
	for s.t.Lines < s.o.Lines {
		if len(s.queue) == 0 || arrival < s.queue[0].next {
			s.now = arrival
			s.arrive(arrival)
			arrival += s.r.Int64N(2 * s.o.gap())
			if s.r.Uint64N(100) < 8 {
				s.background()
			}
			continue
		}
		r := s.queue[0]
		s.now = r.next
		s.step(r)
		if r.next < 0 {
			heap.Pop(&s.queue)
			s.free = append(s.free, r)
		} else {
			heap.Fix(&s.queue, 0)
		}
	}
	s.leftovers()
}

// arrive makes a request that starts at the given time.
func (s *traffic) arrive(at int64) *request {
	var r *request
	if n := len(s.free); n > 0 {
		r, s.free = s.free[n-1], s.free[:n-1]
	} else {
		r = new(request)
	}
	*r = request{next: at, order: s.order, path: r.path[:0]}
	s.order++
	s.hex(r.id[:])
	if r.tied = s.traits.corrs && s.r.Uint64N(10) == 0; r.tied {
		s.hex(r.corr[:])
	}
	s.shape(r, at, true)
	heap.Push(&s.queue, r)
	return r
}

// shape draws what the request does and how it ends; odd ones may have no end,
// neither start nor end, or an id that starts again.
func (s *traffic) shape(r *request, at int64, odd bool) {
	route := &routes[s.r.Uint64N(uint64(len(routes)))]
	r.method, r.client = route.method, clients[s.r.Uint64N(uint64(len(clients)))]
	r.path = append(r.path, route.path...)
	if route.numbered {
		r.path = strconv.AppendUint(append(r.path, '/'), 1+s.r.Uint64N(99_999), 10)
	}
	dur := 5 + int64(s.r.ExpFloat64()*80)
	if s.r.Uint64N(100) == 0 {
		dur = dur * 20
	}
	r.steps = int(s.r.Uint64N(4))
	r.end = at + max(dur, int64(2*r.steps+6))
	r.status = route.ok
	switch d := s.r.Uint64N(1000); {
	case d < 5:
		r.status, r.exc = 500, &failures[s.r.Uint64N(uint64(len(failures)))]
	case d < 8:
		r.status = 503
	case d < 30:
		r.status = 404
	case d < 50:
		r.status = 429
	case d < 70:
		r.status = 401
	}
	switch d := s.r.Uint64N(20_000); {
	case !odd:
	case d < 2:
		r.hangs = true
	case d < 60 && s.traits.bare:
		r.bare, r.status, r.exc, r.steps = true, 0, nil, r.steps+1
	case d < 64 && s.traits.starts:
		r.again = true
	}
}

// step writes the request's next record and sets when the one after is due;
// next < 0 says that there is none.
func (s *traffic) step(r *request) {
	switch {
	case r.phase == toStart:
		r.phase, r.start = running, s.now
		if r.bare {
			s.middle(r)
		} else if s.traits.starts {
			s.write(r, &event{what: evStart, level: model.Info, dur: -1, needle: -1})
		} else {
			r.start = 0 // its first record will tell
		}
	case r.exc != nil && r.steps == 0 && s.traits.errors && !r.failed:
		r.failed = true
		s.msg = append(s.msg[:0], r.exc.said...)
		s.write(r, &event{what: evFailure, level: model.Error, domain: r.exc.domain, msg: s.msg, dur: -1, needle: -1})
	case r.steps > 0:
		r.steps--
		s.middle(r)
	case r.hangs:
		r.next = s.now + 1<<40
		return
	case r.bare:
		s.done(r, model.Unmarked)
		return
	default:
		s.finish(r)
		return
	}
	left := int64(r.steps + 1)
	if r.exc != nil && !r.failed {
		left++
	}
	r.next = s.now + 1 + max(0, (r.end-s.now)/left-1)
}

// middle writes something that happens while the request runs.
func (s *traffic) middle(r *request) {
	e := event{what: evLog, level: model.Info, dur: -1, needle: -1}
	said := &remarks[s.r.Uint64N(uint64(len(remarks)))]
	e.level, e.domain = said.level, said.domain
	s.msg = append(append(s.msg[:0], said.text...), ' ')
	s.msg = strconv.AppendUint(s.msg, s.r.Uint64N(10_000), 10)
	switch {
	case r.status == 429 && r.steps == 0:
		e.level, e.domain = model.Warning, domAuth
		s.msg = append(s.msg[:0], "Rate limit violation. Type: pwd, identity: 95hRfGm88p4x, exception: [H_429] Attempts are limited (Requests are being limited, wait a short period)"...)
		e.what = evSecurity
	case r.status == 401 && r.steps == 0:
		e.level, e.domain = model.Warning, domAuth
		s.msg = append(s.msg[:0], "Authentication failed: wrong password. Identity: 95hRfGm88p4x"...)
		e.what = evSecurity
	case s.r.Uint64N(10) == 0:
		e.what, e.dur = evMetric, 1+s.r.Int64N(400)
	}
	if s.r.Uint64N(200_000) == 0 {
		e.needle = int(s.r.Uint64N(uint64(len(needleWords))))
		s.msg = append(append(s.msg, ' '), needleWords[e.needle]...)
	}
	e.msg = s.msg
	s.write(r, &e)
}

func (s *traffic) background() {
	b := &chores[s.r.Uint64N(uint64(len(chores)))]
	s.msg = append(append(s.msg[:0], b.text...), ' ')
	s.msg = strconv.AppendUint(s.msg, s.r.Uint64N(1000), 10)
	s.write(nil, &event{what: evBackground, level: b.level, domain: b.domain, msg: s.msg, dur: -1, needle: -1})
}

// write renders e and counts it for its request.
func (s *traffic) write(r *request, e *event) {
	e.at, e.req = s.now, r
	for i, f := range s.files {
		s.counts[i] = f.Records
	}
	n := s.render(s, e)
	if r == nil || n == 0 {
		return
	}
	if r.records == 0 {
		r.start = s.now
	}
	for i, f := range s.files {
		if f.Records > s.counts[i] {
			r.sources |= 1 << i
		}
	}
	r.records += n
	r.level = max(r.level, e.level)
	r.last = s.now
}

// finish writes the end of r.
func (s *traffic) finish(r *request) {
	level := model.Info
	if s.traits.whole && !s.traits.steps { // an access line: its level is its status'
		level = statusLevel(r.status)
	}
	dur := s.now - r.start + s.r.Int64N(2)
	if r.noStart || r.start == 0 {
		dur = 20 + s.r.Int64N(3000)
	}
	s.write(r, &event{what: evEnd, level: level, dur: dur, needle: -1})
	state := model.Complete
	switch {
	case r.noStart && !s.traits.whole:
		state = model.NoStart
	case r.status >= 500:
		state = model.Failed
	}
	s.row(r, state, dur)
	if r.again {
		id, corr, tied := r.id, r.corr, r.tied
		again := s.now + 1 + s.r.Int64N(30_000)
		*r = request{next: again, order: s.order, path: r.path[:0], id: id, corr: corr, tied: tied}
		s.order++
		s.shape(r, again, false)
		return
	}
	r.next = -1
}

func (s *traffic) done(r *request, state model.State) {
	s.row(r, state, -1)
	r.next = -1
}

func statusLevel(status int) model.Level {
	switch {
	case status >= 500:
		return model.Error
	case status >= 400:
		return model.Warning
	}
	return model.Info
}

// leftovers are the requests that the end of the input finds open, by start.
func (s *traffic) leftovers() {
	const hungAfter = 30_000
	sort.Slice(s.queue, func(i, j int) bool {
		a, b := s.queue[i], s.queue[j]
		return a.start < b.start || a.start == b.start && a.order < b.order
	})
	for _, r := range s.queue {
		if r.records == 0 {
			continue
		}
		state := model.InFlight
		switch {
		case r.bare, !s.traits.starts, r.noStart:
			state = model.Unmarked
		case s.newest-r.start >= hungAfter:
			state = model.Hung
		}
		s.row(r, state, -1)
	}
}
