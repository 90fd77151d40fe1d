package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ravel/model"
	"ravel/parse"
	"ravel/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// textSource writes a text to one stream in pieces of random size.
type textSource struct {
	info sources.Info
	text string
	rng  *rand.Rand
}

func (s *textSource) Name() string { return s.info.Name }

func (s *textSource) Run(_ context.Context, sink sources.Sink) error {
	st := sink.Open(s.info)
	sink.Ready()
	defer st.Close()
	for rest := s.text; rest != ""; {
		n := len(rest)
		if s.rng != nil {
			n = min(n, 1+s.rng.IntN(4<<10))
		}
		if _, err := st.Write([]byte(rest[:n])); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// row is what a test looks at of a record.
type row struct {
	seq    model.Seq
	source string
	line   uint32
	text   string
	also   string
}

func (r row) String() string {
	return fmt.Sprintf("%d %s:%d %q %s", r.seq, r.source, r.line, r.text, r.also)
}

// collect runs srcs to their end and returns the records in order.
func collect(t *testing.T, o Options, srcs ...sources.Source) []row {
	t.Helper()
	o.Names = model.NewNames()
	o.Zone = time.UTC
	var rows []row
	in := New(o)
	if err := in.Run(t.Context(), srcs, func(b *model.Batch) error {
		rows = append(rows, rowsOf(o.Names, b)...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

func rowsOf(names *model.Names, b *model.Batch) []row {
	var rows []row
	for i := range b.Len() {
		var also []string
		for _, id := range b.Also[i] {
			also = append(also, names.Sources.Name(id))
		}
		rows = append(rows, row{b.First + model.Seq(i), names.Sources.Name(b.Source[i]), b.LineAt(i), string(b.Raw(i)), strings.Join(also, " ")})
	}
	return rows
}

func TestOneStream(t *testing.T) {
	text := "a\nb\r\n\nc"
	got := collect(t, Options{}, &textSource{info: sources.Info{Name: "x"}, text: text})
	var all strings.Builder
	for i, r := range got {
		if r.seq != model.Seq(i+1) || r.source != "x" {
			t.Errorf("record %d: %v", i, r)
		}
		all.WriteString(r.text)
	}
	if all.String() != text {
		t.Errorf("got %q, want %q", all.String(), text)
	}
}

// stamped makes n lines of one stream, stamps in slight disorder, some lines
// without a stamp.
func stamped(rng *rand.Rand, name string, n int) (lines []string) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range n {
		at = at.Add(time.Duration(rng.IntN(40)-8) * time.Millisecond)
		switch {
		case i < 3 && rng.IntN(2) == 0:
			lines = append(lines, fmt.Sprintf("banner %s %d\n", name, i))
		case rng.IntN(20) == 0:
			lines = append(lines, fmt.Sprintf(`{"message":"no stamp %s %d"}`+"\n", name, i))
		default:
			lines = append(lines, fmt.Sprintf(`{"timestamp":%q,"level":"info","message":"%s %d"}`+"\n", at.Format("2006-01-02T15:04:05.000000Z"), name, i))
		}
	}
	return lines
}

// TestMergeOracle (rule 7): the merge equals a stable sort of all records by
// the highest stamp that their stream has shown, then by the streams' order.
func TestMergeOracle(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 7))
		var srcs []sources.Source
		type rec struct {
			key   int64
			order int
			text  string
		}
		var want []rec
		for k := range 1 + rng.IntN(6) {
			name := fmt.Sprintf("s%d", k)
			lines := stamped(rng, name, rng.IntN(3000))
			text := strings.Join(lines, "")
			b := parsed(text)
			key := model.NoTime
			for i := range b.Len() {
				key = max(key, b.Time[i])
				want = append(want, rec{key, k, string(b.Raw(i))})
			}
			srcs = append(srcs, &textSource{info: sources.Info{Name: name, Order: k}, text: text, rng: rand.New(rand.NewPCG(seed, uint64(k)))})
			if len(lines) == 0 {
				continue
			}
		}
		slices.SortStableFunc(want, func(a, b rec) int {
			if a.key != b.key {
				if a.key < b.key {
					return -1
				}
				return 1
			}
			return a.order - b.order
		})
		got := collect(t, Options{}, srcs...)
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d records, want %d", seed, len(got), len(want))
		}
		for i := range got {
			if got[i].text != want[i].text || got[i].seq != model.Seq(i+1) {
				t.Fatalf("seed %d: record %d is %v, want %q", seed, i, got[i], want[i].text)
			}
		}
	}
}

// parsed parses a text in one go.
func parsed(text string) *model.Batch {
	names := model.NewNames()
	p := parse.New(parse.Options{Names: names, Zone: time.UTC, Newest: time.Now().UnixNano()})
	b := &model.Batch{Buf: []byte(text)}
	p.Parse(b, 0, true)
	return b
}

func TestConsumerErrorStops(t *testing.T) {
	stop := errors.New("closed pipe")
	endless := sourceFunc(func(ctx context.Context, sink sources.Sink) error {
		st := sink.Open(sources.Info{Name: "endless"})
		sink.Ready()
		_, err := st.ReadFrom(zeros{})
		return err
	})
	var events []sources.Event
	in := New(Options{Names: model.NewNames(), Report: func(e sources.Event) { events = append(events, e) }})
	err := in.Run(t.Context(), []sources.Source{endless}, func(*model.Batch) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("got %v, want %v", err, stop)
	}
	if len(events) > 0 {
		t.Errorf("reported %v", events)
	}
}

type sourceFunc func(ctx context.Context, sink sources.Sink) error

func (sourceFunc) Name() string                                       { return "func" }
func (f sourceFunc) Run(ctx context.Context, sink sources.Sink) error { return f(ctx, sink) }

// zeros is an endless log.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "0\n"[i&1]
	}
	return len(p), nil
}

var _ io.Reader = zeros{}
