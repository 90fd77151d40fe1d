package query

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"ravel/model"
)

// TestTrend compares trends with counts of all the stamps there were.
func TestTrend(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		var c calendar
		var kinds [3]trend
		var stamps [3][]int64
		now, spread := r.Int64N(4e18)-2e18, int64(1)<<(20+r.IntN(24))
		for range 1 + r.IntN(300) {
			now += r.Int64N(spread) - spread/4
			k := r.IntN(3)
			c.see(now)
			kinds[k].add(now, &c)
			stamps[k] = append(stamps[k], now)
		}
		last := bin(c.newest, c.width)
		first := max(bin(c.oldest, c.width), last-trendBins+1)
		if c.width < maxBinWidth && bin(c.oldest, c.width) < first || c.width > maxBinWidth {
			t.Fatalf("seed %d: bins of %d ns from %d to %d", seed, c.width, c.oldest, c.newest)
		}
		for k := range kinds {
			want := make([]int, last-first+1)
			for _, s := range stamps[k] {
				if n := bin(s, c.width); n >= first {
					want[n-first]++
				}
			}
			got := kinds[k].values(&c)
			if len(got.Items) != len(want) {
				t.Fatalf("seed %d: %d bins, want %d", seed, len(got.Items), len(want))
			}
			for i, v := range got.Items {
				if v.Str != strconv.Itoa(want[i]) {
					t.Fatalf("seed %d, bin %d: %s, want %d", seed, i, v.Str, want[i])
				}
			}
		}
	}
	var none calendar
	if v := new(trend).values(&none); v.Kind != model.Null || none.step().Kind != model.Null {
		t.Errorf("without stamps the trend is %+v", v)
	}
	one := calendar{}
	one.see(int64(time.Hour))
	if got := one.step().Str; got != "1s" {
		t.Errorf("the bins of one record are of %s", got)
	}
}
