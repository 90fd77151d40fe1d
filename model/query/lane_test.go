package query

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"ravel/model"
)

// lanePipes are pipelines that lanes do a part of, or all.
var lanePipes = []string{
	"| stats count() by level", "| stats count(), avg(duration), sum(n), p90(n), min(n), max(message) by domain, user", "| top 5 user",
	"| stats count() by bin(5m), level", "| stats rate(), count(n), count_distinct(user), earliest(message), latest(user) by source", "| stats count()",
	"| fields ts, level, message, user, n", "level=error | fields seq, status, duration", "| parse message \"* *\" as a, b | stats count() by a", "| parse message /(\\d+)/ as x | fields x, user",
	"| dedup level, domain", "| dedup user | limit 3", "| dedup n | stats count() by level", "| sort n desc, seq", "| sort duration | limit 7", "| sort user, n desc | limit 40 | fields user, n",
	"| fields user | filter user=bob | limit 4", "| stats count() by user | filter count>1 | sort user", "| tail 9", "| limit 5",
}

// stepwise runs a pipeline whole, record by record.
func stepwise(t *testing.T, q *Query, env Env, b *model.Batch, bits model.Bits) []string {
	t.Helper()
	var rows []string
	p, err := NewPipeline(q.Stages, env, func(r *Row) error { rows = append(rows, showRow(r)); return nil })
	if err == nil {
		err = p.scan.pushAll(b, bits, p.first)
	}
	if err == nil || errors.Is(err, ErrDone) {
		err = p.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return append(rows, p.Notes()...)
}

// TestLanes compares batches that lanes work on, all at once, with records that
// go through the stages one by one.
func TestLanes(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 71))
		l := randomLog(rng, 1500)
		for _, text := range lanePipes {
			q := mustParse(t, text).Normal()
			pred, err := q.Compile(l.env())
			if err != nil {
				t.Fatal(err)
			}
			bits := model.NewBits(l.batch.Len())
			pred.Narrow(&l.batch, bits)
			want := stepwise(t, q, l.env(), &l.batch, bits)
			if got := inLanes(t, q, l, pred, rng); !slices.Equal(got, want) {
				t.Fatalf("%s\n got %q\nwant %q", text, got, want)
			}
		}
	}
}

// inLanes runs q over l, cut into batches at random.
func inLanes(t *testing.T, q *Query, l *testLog, pred *Predicate, rng *rand.Rand) []string {
	t.Helper()
	var rows []string
	p, err := NewPipeline(q.Stages, l.env(), func(r *Row) error { rows = append(rows, showRow(r)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	var batches []*model.Batch
	for i := 0; i < l.batch.Len(); {
		n := min(1+rng.IntN(400), l.batch.Len()-i)
		b := l.batch.Slice(i, i+n)
		batches = append(batches, &b)
		i += n
	}
	parts, shown := make([]*Part, len(batches)), make([][]string, len(batches))
	var wg sync.WaitGroup
	for k, b := range batches {
		if !p.Shares() {
			break
		}
		wg.Go(func() {
			bits := model.NewBits(b.Len())
			pred.Narrow(b, bits)
			part, err := p.Lane(func(r *Row) error { shown[k] = append(shown[k], showRow(r)); return nil }).Work(b, bits)
			if err != nil {
				t.Error(err)
			}
			parts[k] = part
		})
	}
	wg.Wait()
	for k, b := range batches {
		rows = append(rows, shown[k]...)
		if p.Shares() {
			err = p.Take(parts[k])
		} else {
			bits := model.NewBits(b.Len())
			pred.Narrow(b, bits)
			err = p.Add(b, bits)
		}
		if errors.Is(err, ErrDone) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return append(rows, p.Notes()...)
}

// TestLanesBeyondBounds compares them where there are more groups than may be.
func TestLanesBeyondBounds(t *testing.T) {
	l := newTestLog()
	for i := range 120 {
		l.add(strings.Repeat("x", i%7)+"\n", model.Record{Time: testEpoch + int64(i), Message: fmt.Sprint("m", i%50)}, model.Meta{Dur: uint32(i) * 1000})
	}
	s := &Stats{Aggs: []Agg{{Fn: "count"}, {Fn: "sum", Field: "duration"}}, By: []Key{{Field: "message"}}}
	env := l.env()
	g := &grouper{stats: s, env: &env, bin: -1, groups: map[string]*group{}, room: newRoom(0), first: 1<<63 - 1, last: model.NoTime}
	for i := range maxGroups - 20 {
		g.groups[fmt.Sprint("other", i)] = &group{aggs: make([]aggregate, 2)}
	}
	p := &Pipeline{shared: g}
	p.scan.p = &Predicate{env: env}
	for i := 0; i < 120; i += 30 {
		b := l.batch.Slice(i, i+30)
		part, err := p.Lane(nil).Work(&b, model.NewBits(30))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Take(part); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.groups) != maxGroups || g.lost != 120-(20*2+20) {
		t.Errorf("%d groups, %d rows lost", len(g.groups), g.lost)
	}
}
