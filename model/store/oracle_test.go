package store

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"ravel/model"
)

// rec is a record of the oracle: its line tells all of its columns, so that a
// reader can check a record without knowing how it came into the store.
type rec struct {
	seq    model.Seq
	time   int64
	level  model.Level
	status uint16
	req    uint64
	pad    int
	also   bool
	key    int64  // sort key: its time, or its predecessor's
	text   string // line(), made once
}

func (r rec) line() string {
	return fmt.Sprintf("%d %d %d %d %d %s\n", r.seq, r.time, r.level, r.status, r.req, strings.Repeat("x", r.pad))
}

// parseLine is the inverse of line.
func parseLine(raw []byte) (r rec, err error) {
	f := bytes.Fields(raw)
	if len(f) != 6 {
		return r, fmt.Errorf("%d words", len(f))
	}
	var num [5]int64
	for i := range num {
		if num[i], err = strconv.ParseInt(string(f[i]), 10, 64); err != nil {
			return r, err
		}
	}
	return rec{seq: model.Seq(num[0]), time: num[1], level: model.Level(num[2]), status: uint16(num[3]), req: uint64(num[4]), pad: len(f[5])}, nil
}

// script makes random batches and remembers every record that they hold.
type script struct {
	r    *rand.Rand
	all  []rec
	key  int64  // of the newest record
	file []byte // the bytes of all batches with an Origin

	ends   []model.Seq       // of all requests
	joined map[model.Seq]int // how many records have joined the requests with these ends
}

func (s *script) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(s.file).ReadAt(p, off)
}

// share cuts b in two batches over one arena, as a merge does.
func share(b *model.Batch) (x, y *model.Batch) {
	n := b.Len() / 2
	first := b.Freeze(n)
	last := *b
	last.First += model.Seq(n)
	last.Start, last.End, last.Time, last.Req, last.Dur = b.Start[n:], b.End[n:], b.Time[n:], b.Req[n:], b.Dur[n:]
	last.Line, last.Domain, last.Source, last.Status = b.Line[n:], b.Domain[n:], b.Source[n:], b.Status[n:]
	last.Level, last.Mark, last.Format, last.Flags = b.Level[n:], b.Mark[n:], b.Format[n:], b.Flags[n:]
	if b.Sort != nil {
		last.Sort = b.Sort[n:]
	}
	first.Extra, last.Extra = cutMap(b.Extra, n)
	first.Also, last.Also = cutMap(b.Also, n)
	return &first, &last
}

func cutMap[T any](m map[int]T, n int) (x, y map[int]T) {
	for i, v := range m {
		if i < n {
			if x == nil {
				x = map[int]T{}
			}
			x[i] = v
		} else {
			if y == nil {
				y = map[int]T{}
			}
			y[i-n] = v
		}
	}
	return x, y
}

// batch makes a batch of n records. A backed one can be read again; another
// one may have scattered records.
func (s *script) batch(n int, backed bool, origin *model.Origin) *model.Batch {
	b := &model.Batch{First: model.Seq(len(s.all) + 1)}
	for i := range n {
		r := rec{seq: model.Seq(len(s.all) + 1), time: int64(s.r.IntN(1e6)), level: model.Level(s.r.IntN(int(model.NumLevels))),
			status: uint16(s.r.IntN(600)), req: uint64(s.r.IntN(2000)), pad: 1 + s.r.IntN(200)}
		if s.r.IntN(10) == 0 {
			r.time = model.NoTime
		} else {
			s.key = r.time
		}
		r.key = s.key
		line := r.line()
		r.text = line
		start := uint32(len(b.Buf))
		b.Buf = append(b.Buf, line...)
		b.Add(model.Meta{Start: start, End: uint32(len(b.Buf)), Time: r.time, Req: r.req, Dur: model.NoDur,
			Line: uint32(r.seq), Status: r.status, Level: r.level, Flags: model.Flags(r.level)})
		if !backed && s.r.IntN(100) == 0 {
			cut := start + uint32(len(line)/2)
			if b.Extra == nil {
				b.Extra = map[int][]model.Extent{}
			}
			b.Extra[i] = []model.Extent{{Start: start, End: cut, Line: 1}, {Start: cut, End: uint32(len(b.Buf)), Line: 2}}
		}
		if !backed && s.r.IntN(100) == 0 {
			if b.Also == nil {
				b.Also = map[int][]uint16{}
			}
			b.Also[i] = []uint16{uint16(r.seq)}
			r.also = true
		}
		s.all = append(s.all, r)
	}
	if slices.Contains(b.Time, model.NoTime) {
		for _, r := range s.all[len(s.all)-n:] {
			b.Sort = append(b.Sort, r.key)
		}
	}
	if backed {
		b.Base, b.Origin = int64(len(s.file)), origin
		s.file = append(s.file, b.Buf...)
	}
	return b
}

// reparse makes the columns of a batch of script's lines again.
func reparse(stub *model.Batch) (*model.Batch, error) {
	b := &model.Batch{Buf: stub.Buf, Base: stub.Base, Origin: stub.Origin}
	for at := 0; at < len(b.Buf); {
		n := bytes.IndexByte(b.Buf[at:], '\n') + 1
		r, err := parseLine(b.Buf[at : at+n])
		if err != nil {
			return nil, err
		}
		b.Add(model.Meta{Start: uint32(at), End: uint32(at + n), Time: r.time, Req: r.req, Dur: model.NoDur,
			Line: uint32(r.seq), Status: r.status, Level: r.level, Flags: model.Flags(r.level)})
		at += n
	}
	return b, nil
}

// checkChunk compares every column of a chunk with its lines.
func checkChunk(c *Chunk) error {
	b, err := c.Load(nil)
	if err != nil {
		return err
	}
	if b.Len() != c.Len() || c.Zone.N != c.Len() {
		return fmt.Errorf("chunk at %d: %d records, Len %d, Zone.N %d", c.First, b.Len(), c.Len(), c.Zone.N)
	}
	for i := range b.Len() {
		if key := b.SortKey(i); b.Time[i] != model.NoTime && key != b.Time[i] || b.Time[i] == model.NoTime && i > 0 && key != b.SortKey(i-1) {
			return fmt.Errorf("record %d of chunk at %d: sort key %d", i, c.First, key)
		}
		r, err := parseLine(b.Raw(i))
		if err != nil {
			return fmt.Errorf("record %d: %q: %w", int(c.First)+i, b.Raw(i), err)
		}
		m := b.Meta(i)
		if r.seq != c.First+model.Seq(i) || r.time != m.Time || r.level != m.Level || r.status != m.Status || r.req != m.Req ||
			m.Line != uint32(r.seq) || m.Flags != model.Flags(r.level) || m.Dur != model.NoDur {
			return fmt.Errorf("record %d of chunk at %d: line %+v, columns %+v", i, c.First, r, m)
		}
	}
	return nil
}

// levelAtLeast is a predicate over a column.
type levelAtLeast model.Level

func (p levelAtLeast) Prune(z *model.Zone) model.Verdict {
	n := uint32(0)
	for _, k := range z.Levels[p:] {
		n += k
	}
	switch int(n) {
	case 0:
		return model.None
	case z.N:
		return model.All
	}
	return model.Maybe
}

func (p levelAtLeast) Narrow(b *model.Batch, bits model.Bits) {
	for i, l := range b.Level {
		if l < model.Level(p) {
			bits.Clear(i)
		}
	}
}

func (p levelAtLeast) String() string { return fmt.Sprintf("level>=%d", p) }

// word is a predicate over bytes.
type word string

func (p word) Prune(*model.Zone) model.Verdict { return model.Maybe }

func (p word) Narrow(b *model.Batch, bits model.Bits) {
	for i := bits.Next(0); i >= 0 && i < b.Len(); i = bits.Next(i + 1) {
		if !bytes.Contains(b.Raw(i), []byte(p)) {
			bits.Clear(i)
		}
	}
}

func (p word) String() string { return string(p) }

// held are the records that the snapshot says it holds.
func held(s *Snapshot) map[model.Seq]bool {
	m := map[model.Seq]bool{}
	for _, c := range s.Chunks() {
		for i := range c.Len() {
			m[c.First+model.Seq(i)] = true
		}
	}
	return m
}

// oracle compares a snapshot with the script.
func (s *script) oracle(t *testing.T, snap *Snapshot, open func(*Chunk) (*model.Batch, error), folded map[model.Seq]bool) {
	t.Helper()
	have := held(snap)
	var want Totals
	want.EvictedTo, want.from, want.to = model.NoTime, 1<<63-1, model.NoTime
	for _, r := range s.all {
		if !have[r.seq] {
			want.Evicted++
			want.EvictedBytes += uint64(len(r.text))
			want.EvictedTo = max(want.EvictedTo, r.time)
			continue
		}
		want.Records++
		if r.time != model.NoTime {
			want.from, want.to = min(want.from, r.time), max(want.to, r.time)
		}
		want.Text += int64(len(r.text))
		want.Levels[r.level]++
		k, i, ok := snap.Find(r.seq)
		if !ok || snap.Chunk(k).First+model.Seq(i) != r.seq {
			t.Fatalf("Find(%d) = %d, %d, %v", r.seq, k, i, ok)
		}
		c := snap.Chunk(k)
		if b, err := open(c); err != nil || b.SortKey(i) != r.key {
			t.Fatalf("record %d: sort key %v, want %d", r.seq, err, r.key)
		}
		if c.Folded(i) != (folded[r.seq] && c.folds != nil) {
			t.Fatalf("record %d: Folded is %v", r.seq, c.Folded(i))
		}
		if also := c.Also[i]; r.also != (also != nil) || r.also && also[0] != uint16(r.seq) {
			t.Fatalf("record %d: Also is %v", r.seq, also)
		}
	}
	want.Bytes, want.Last, want.Requests, want.RequestsGone = snap.Bytes, model.Seq(len(s.all)), snap.Requests, snap.RequestsGone
	if snap.Totals != want {
		t.Fatalf("totals\n got %+v\nwant %+v", snap.Totals, want)
	}
	var sum int64
	rows := 0
	for _, c := range snap.Chunks() {
		sum += c.bytes
		rows += len(c.Requests)
		if c.folds == nil && c.Requests != nil {
			t.Fatalf("chunk at %d: rows without what they fold", c.First)
		}
		for j := range c.Requests {
			r := &c.Requests[j]
			end := c.First + model.Seq(r.At)
			if r.Back != uint32(end) || c.RequestHash(j) != s.all[end-1].req || c.RequestAt(int(r.At)) != r {
				t.Fatalf("chunk at %d: row %d stands at the wrong record", c.First, end)
			}
			if r.Joined() != s.joined[end] {
				t.Fatalf("row at %d: %d joined, want %d", end, r.Joined(), s.joined[end])
			}
		}
	}
	if all := snap.Requests + snap.RequestsGone; all != uint64(len(s.ends)) {
		t.Fatalf("%d requests held or given up, there were %d", all, len(s.ends))
	}
	if sum != snap.Bytes || rows != int(snap.Requests) {
		t.Fatalf("Bytes %d, Requests %d: the chunks sum up to %d, %d", snap.Bytes, snap.Requests, sum, rows)
	}
}

// scans compares the hits of predicates with the script's.
func (s *script) scans(t *testing.T, snap *Snapshot) {
	t.Helper()
	chunks := snap.Chunks()
	for _, p := range []Narrower{levelAtLeast(model.Warning), word("77"), word("x")} {
		hits := make([]Hits, len(chunks))
		if err := Scan(context.Background(), chunks, p, hits, nil); err != nil {
			t.Fatal(err)
		}
		for k, c := range chunks {
			n := 0
			for i := range c.Len() {
				r := s.all[int(c.First)-1+i]
				want := false
				switch p := p.(type) {
				case levelAtLeast:
					want = r.level >= model.Level(p)
				case word:
					want = strings.Contains(r.text, string(p))
				}
				if want {
					n++
				}
				if hits[k].Has(i) != want {
					t.Fatalf("%s: record %d matches %v, want %v", p, r.seq, hits[k].Has(i), want)
				}
			}
			if hits[k].N != n {
				t.Fatalf("%s: chunk at %d: N = %d, want %d", p, c.First, hits[k].N, n)
			}
		}
	}
}

// reader checks snapshots while the writer writes.
func reader(ctx context.Context, s *Store, fail func(error)) {
	for ctx.Err() == nil {
		snap := s.Snapshot()
		last := model.Seq(0)
		for _, c := range snap.Chunks() {
			if ctx.Err() != nil {
				return
			}
			if err := checkChunk(c); err != nil {
				fail(err)
				return
			}
			if c.First <= last {
				fail(fmt.Errorf("chunk at %d follows record %d", c.First, last))
				return
			}
			last = c.Last()
			if c.Len() > 0 {
				c.Folded(c.Len() - 1)
			}
			for j := range c.Requests {
				c.Requests[j].Joined()
			}
		}
		if last != snap.Last && snap.Records > 0 {
			fail(fmt.Errorf("the last record is %d, Last says %d", last, snap.Last))
			return
		}
		hits := make([]Hits, snap.Len())
		if err := Scan(ctx, snap.Chunks(), levelAtLeast(model.Error), hits, nil); err != nil && ctx.Err() == nil {
			fail(err)
			return
		}
	}
}

func TestAgainstNaiveSlice(t *testing.T) {
	for _, c := range []struct {
		name    string
		o       Options
		backed  int  // percent of batches with an Origin
		lent    bool // and their bytes are given back
		reparse func(*model.Batch) (*model.Batch, error)
		evicts  bool
	}{
		{"memory", Options{Budget: 1 << 20}, 0, false, nil, true},
		{"compressed", Options{Budget: 1 << 20, Compress: true}, 20, false, nil, true},
		{"file keeps bytes", Options{Budget: 1 << 20}, 60, false, nil, true},
		{"bytes are lent", Options{Budget: 1 << 20}, 60, true, reparse, true},
		{"bytes are lent, all of them", Options{Budget: 1 << 20}, 100, true, reparse, false},
		{"file is parsed again", Options{Budget: 1 << 20}, 100, false, reparse, false},
		{"tiny budget", Options{Budget: 1}, 30, true, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			testAgainstNaiveSlice(t, c.o, c.backed, c.lent, &model.Origin{Reparse: c.reparse}, c.evicts)
		})
	}
}

func testAgainstNaiveSlice(t *testing.T, o Options, backed int, lend bool, origin *model.Origin, evicts bool) {
	// The file is made first: readers of the store read it while batches are appended.
	sc := &script{r: rand.New(rand.NewPCG(5, uint64(backed))), joined: map[model.Seq]int{}}
	type step struct {
		b *model.Batch
		n int // records of the script once it is appended
	}
	var steps []step
	origin.R = sc
	for range 30 {
		n := 1 + sc.r.IntN(30)
		if sc.r.IntN(4) == 0 {
			n = 1 + sc.r.IntN(3000)
		}
		had := len(sc.all)
		b := sc.batch(n, sc.r.IntN(100) < backed, origin)
		if n > 1 && sc.r.IntN(2) == 0 {
			x, y := share(b)
			steps = append(steps, step{x, had + x.Len()}, step{y, len(sc.all)})
			continue
		}
		if lend && b.Origin != nil {
			lent(b)
		}
		steps = append(steps, step{b, len(sc.all)})
	}
	all := sc.all

	s := New(o)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { reader(ctx, s, func(err error) { t.Error(err); stop() }) })
	}
	wg.Go(func() {
		for ctx.Err() == nil {
			s.Warm()
		}
	})
	folded, frozen := map[model.Seq]bool{}, 0
	for i, st := range steps {
		f := Folding{}
		for range 5 {
			seq := model.Seq(1 + sc.r.IntN(st.n))
			f.Inside, folded[seq] = append(f.Inside, seq), true
		}
		f.Here = make(model.Bits, (st.b.Len()+63)/64)
		for i := range st.b.Len() {
			if sc.r.IntN(50) == 0 {
				f.Here.Set(i)
				folded[st.b.First+model.Seq(i)] = true
			}
		}
		at := uint32(sc.r.IntN(st.b.Len()))
		for _, end := range sc.ends {
			if sc.r.IntN(20) == 0 && sc.joined[end] < 200 {
				f.Joined = append(f.Joined, model.Join{End: end, Level: model.Info})
				sc.joined[end]++
			}
		}
		end := st.b.First + model.Seq(at)
		f.Rows = []model.RequestRow{{At: at, Back: uint32(end)}}
		sc.ends = append(sc.ends, end)
		s.Append(st.b, f)
		sc.all = all[:st.n]
		snap := s.Snapshot()
		s.warmth.mu.Lock()
		bytes := s.Snapshot().Bytes + s.warmth.bytes
		s.warmth.mu.Unlock()
		if bytes > s.limit && snap.Len() > 1 && snap.Chunk(0).sealed && snap.Chunk(0).HasColumns() && snap.Chunk(0).Last() < st.b.First {
			t.Fatalf("%d bytes held, the limit is %d", bytes, s.limit)
		}
		sc.oracle(t, snap, s.Open, folded)
		for _, c := range snap.Chunks() {
			if c.cold != nil {
				frozen++
			}
		}
		if i%10 == 0 {
			sc.scans(t, snap)
		}
	}
	if (frozen > 0) != o.Compress {
		t.Errorf("%d chunks were compressed", frozen)
	}
	if evicted := s.Snapshot().Evicted > 0; evicted != evicts {
		t.Errorf("evicted: %v", evicted)
	}
	stop()
	wg.Wait()
}
