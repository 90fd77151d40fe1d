package request

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"ravel/model"
)

// someRequest is a request with anything in it that may be.
func someRequest(r *rand.Rand, i int) model.Request {
	strs := []string{"", "b33f803f65439300703b04dc29634d12", "2FF574E0", "2ff574e0-463d-48f2-b894-b646277ce764", "2FF574E0-463d-48f2-b894-b646277ce764",
		"req-1", "/api/v1/catalogs", "GET", "10.0.0.1", "größe\x00\xff", strings.Repeat("a", 36), strings.Repeat("ab", 90), "0", "00"}
	s := func() string { return strs[r.IntN(len(strs))] }
	q := model.Request{
		ID: s(), CorrelationID: s(), Kind: model.Kind(r.IntN(int(model.NumKinds))), Name: s(), State: model.State(r.IntN(int(model.NumStates))),
		Start: int64(1.7e18) + int64(i)*1e7, End: int64(1.7e18) + int64(i)*1e7 + r.Int64N(1e9), Duration: r.Int64N(1e9) - 1, Method: s(), Path: s(), Client: s(),
		Status: r.IntN(600), Level: model.Level(r.IntN(int(model.NumLevels))), Records: 1 + r.IntN(20), ErrorType: s(), ErrorMessage: s(),
		Hash: r.Uint64(), FirstSeq: model.Seq(3*i + 1), EndSeq: model.Seq(3*i + 1 + r.IntN(50)),
	}
	if r.IntN(10) == 0 {
		q.Start, q.End = model.NoTime, model.NoTime
	}
	q.LastSeq = q.EndSeq + model.Seq(r.IntN(3))
	for range r.IntN(3) {
		q.Sources = append(q.Sources, s())
	}
	q.Evicted = q.Records
	return q
}

// TestKept compares what is kept with what was added: the newest requests,
// whole, as many as the bound lets.
func TestKept(t *testing.T) {
	for _, limit := range []int64{0, 100 << 10, 300 << 10, 1 << 30} {
		r := rand.New(rand.NewPCG(uint64(limit), 1))
		k := NewKept(limit)
		var all []model.Request
		for len(all) < 8000 {
			var some []model.Request
			for range 1 + r.IntN(300) {
				some = append(some, someRequest(r, len(all)+len(some)))
			}
			all = append(all, some...)
			k.Add(some)
			held, gone, bytes := k.Stats()
			if int(held+gone) != len(all) || bytes > limit+3*keptAtOnce {
				t.Fatalf("limit %d: %d of %d held, %d given up, %d bytes", limit, held, len(all), gone, bytes)
			}
		}
		held, gone, _ := k.Stats()
		if limit == 1<<30 && gone != 0 || limit == 0 && gone == 0 || limit > 0 && held == 0 {
			t.Errorf("limit %d: %d held, %d given up", limit, held, gone)
		}
		n := 0
		err := k.Newest()(func(q *model.Request) error {
			want := &all[len(all)-1-n]
			n++
			if !reflect.DeepEqual(q, want) {
				return fmt.Errorf("request %d from the end:\n got %+v\nwant %+v", n, *q, *want)
			}
			return nil
		})
		if err != nil || n != int(held) {
			t.Fatalf("limit %d: %d of %d told, %v", limit, n, held, err)
		}
	}
	k, stop := NewKept(1<<20), errors.New("stop")
	k.Add([]model.Request{{Records: 1}, {Records: 2}})
	if err := k.Newest()(func(*model.Request) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Newest returns %v", err)
	}
}
