package query

import (
	"math"
	"slices"
	"strconv"

	"ravel/model"
	"ravel/model/stats"
)

// exactValues is how many values a percentile is exact up to; beyond, it is
// within 1.6 % (stats.Histogram).
const exactValues = 1024

// aggregate is the state of one function of one group.
type aggregate struct {
	n        int64 // rows, or values
	sum      float64
	exact    int64 // the sum while all values are whole
	inexact  bool
	best     model.Value // of min, max, earliest, latest
	bestTime int64
	distinct *stats.Distinct
	values   []float64 // of percentiles, up to exactValues
	hist     *stats.Histogram
}

// isNumeric reports whether the function adds up numbers.
func (a *Agg) isNumeric() bool {
	switch a.Fn {
	case "count", "rate", "count_distinct", "min", "max", "earliest", "latest":
		return false
	}
	return true
}

// extreme keeps the smallest or largest value: of numbers, where there is one.
// What is none, as "-" or "N/A" in a column of durations, is left out then as it
// is of sums.
func (g *aggregate) extreme(a *Agg, v model.Value) {
	levels := columnOf(a.Field) == colLevel
	better := g.n == 0
	if !better {
		r, best := rankOf(v, levels), rankOf(g.best, levels)
		c := r.compare(&best)
		better = a.Fn == "min" && c < 0 || a.Fn == "max" && c > 0
		if r.number != best.number {
			better = r.number
		}
	}
	if better {
		g.best = cloneValue(v)
	}
	g.n++
}

// byTime keeps the value of the first or last stamp; without stamps the first
// or last seen.
func (g *aggregate) byTime(a *Agg, v model.Value, t int64) {
	if g.n == 0 || a.Fn == "earliest" && t != model.NoTime && (t < g.bestTime || g.bestTime == model.NoTime) ||
		a.Fn == "latest" && t >= g.bestTime {
		g.best, g.bestTime = cloneValue(v), t
	}
	g.n++
}

// number is a value as it is added to a sum or a distribution. What is no number
// is left out. A value with a unit of time counts in milliseconds, or in the unit
// that the field's name ends in.
func (a *Agg) number(v model.Value) (q quantity, ok bool) {
	if v.Kind == model.Array || v.Kind == model.Object || v.Kind == model.Bool {
		return q, false
	}
	if q, ok = parseQuantity(v.Str); ok && q.unit == unitTime {
		scale, known := suffixScale(a.Field)
		if !known {
			scale = 1e6
		}
		q.num /= scale
	}
	return q, ok
}

// differ counts a value by its hash, if it is a new one.
func (g *aggregate) differ(hash uint64) {
	if g.distinct == nil {
		g.distinct = &stats.Distinct{}
	}
	g.distinct.AddHash(hash)
}

// join adds what was counted of later rows by a function that keeps one value,
// or none.
func (g *aggregate) join(a *Agg, later *aggregate) {
	n := g.n + later.n
	switch a.Fn {
	case "min", "max":
		g.extreme(a, later.best)
	case "earliest", "latest":
		g.byTime(a, later.best, later.bestTime)
	}
	g.n = n
}

// milli is a duration of the column in milliseconds.
func milli(d uint32) quantity {
	return quantity{num: float64(d) / 1000, exact: int64(d / 1000), whole: d%1000 == 0}
}

// count adds one number.
func (g *aggregate) count(a *Agg, q *quantity) {
	g.n++
	if a.Fn == "sum" || a.Fn == "avg" {
		g.sum += q.num
		next := g.exact + q.exact
		g.inexact = g.inexact || !q.whole || (next > g.exact) != (q.exact > 0) && q.exact != 0
		g.exact = next
		return
	}
	if g.hist == nil && len(g.values) < exactValues {
		g.values = append(g.values, q.num)
		return
	}
	if g.hist == nil {
		g.hist = &stats.Histogram{}
		for _, x := range g.values {
			g.hist.Add(x)
		}
		g.values = nil
	}
	g.hist.Add(q.num)
}

// value is the result; Null where nothing was there to aggregate.
func (g *aggregate) value(a *Agg, seconds float64) model.Value {
	switch a.Fn {
	case "count":
		return number(g.n)
	case "rate":
		if seconds <= 0 {
			return model.Value{}
		}
		return float(float64(g.n) / seconds)
	case "count_distinct":
		if g.distinct == nil {
			return number(0)
		}
		return number(int64(g.distinct.Count()))
	}
	if g.n == 0 {
		return model.Value{}
	}
	switch a.Fn {
	case "sum":
		if !g.inexact {
			return number(g.exact)
		}
		return float(g.sum)
	case "avg":
		if !g.inexact {
			return float(float64(g.exact) / float64(g.n))
		}
		return float(g.sum / float64(g.n))
	case "min", "max", "earliest", "latest":
		return g.best
	}
	q, ok := percentileOf(a.Fn)
	if !ok {
		q = a.Arg / 100
	}
	return float(g.quantile(q))
}

// quantile is the smallest value that at least the share q of all do not
// exceed.
func (g *aggregate) quantile(q float64) float64 {
	if g.hist != nil {
		return g.hist.Quantile(q)
	}
	slices.Sort(g.values)
	rank := int(math.Ceil(q*float64(len(g.values)))) - 1
	return g.values[min(max(rank, 0), len(g.values)-1)]
}

// float is a number with at most six decimals.
func float(f float64) model.Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return model.Value{}
	}
	if r := math.Round(f*1e6) / 1e6; math.Abs(f) < 1e9 {
		f = r
	}
	return model.NumberValue(strconv.FormatFloat(f, 'f', -1, 64))
}
