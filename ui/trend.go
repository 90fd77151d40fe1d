package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// trendCells is how many cells a trend is drawn in.
const trendCells = 16

// showTrend draws the column of trends as bars, or in the Patterns view says
// what has changed: how the newer half of the time compares with the half
// before it.
func (m *Model) showTrend(t Table, change bool) Table {
	at, step := slices.Index(t.Columns, "trend"), slices.Index(t.Columns, "trend_step")
	if at < 0 || step < 0 {
		return t
	}
	out := Table{Columns: slices.Delete(slices.Clone(t.Columns), step, step+1), Num: make([]bool, len(t.Columns)-1), Open: t.Open, Note: t.Note}
	copy(out.Num, slices.Delete(slices.Clone(t.Num), step, step+1))
	out.Num[at] = true // its right end is now
	if change {
		out.Columns[at] = "change"
	}
	width, bins := time.Duration(0), 0
	for _, row := range t.Rows {
		counts := trendOf(row[at])
		if len(counts) > 0 {
			width, _ = time.ParseDuration(row[step])
			bins = len(counts)
		}
		row = slices.Delete(slices.Clone(row), step, step+1)
		if change {
			row[at] = changeOf(counts)
		} else {
			row[at] = bars(m.pen.Glyphs.Bars, counts)
		}
		out.Rows = append(out.Rows, row)
	}
	switch {
	case bins == 0:
	case change && bins >= 2:
		half := spanText(width * time.Duration(bins/2))
		out.Note = strings.TrimSpace(out.Note + "  change: the last " + half + " to the " + half + " before")
	case !change:
		out.Note = strings.TrimSpace(out.Note + "  trend: the last " + spanText(width*time.Duration(bins)))
	}
	return out
}

// trendOf reads a trend as the engine writes it.
func trendOf(cell string) []int {
	var counts []int
	for part := range strings.SplitSeq(cell, ", ") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		counts = append(counts, n)
	}
	return counts
}

// bars draws counts, in at most trendCells cells, each beside the greatest.
func bars(glyphs []string, counts []int) string {
	per := (len(counts) + trendCells - 1) / trendCells
	if per == 0 {
		return ""
	}
	sums := make([]int, (len(counts)+per-1)/per)
	for i, n := range counts { // the last cell is whole: the newest time
		sums[len(sums)-1-(len(counts)-1-i)/per] += n
	}
	most := slices.Max(sums)
	var b strings.Builder
	for _, n := range sums {
		level := 0
		if n > 0 {
			level = 1 + n*(len(glyphs)-2)/most
		}
		b.WriteString(glyphs[level])
	}
	return b.String()
}

// changeOf compares the newer half of the counts with the half before it.
func changeOf(counts []int) string {
	half := len(counts) / 2
	if half == 0 {
		return ""
	}
	before, now := 0, 0
	for _, n := range counts[len(counts)-2*half : len(counts)-half] {
		before += n
	}
	for _, n := range counts[len(counts)-half:] {
		now += n
	}
	switch {
	case before == 0 && now == 0:
		return ""
	case before == 0:
		return "new"
	case now == 0:
		return "gone"
	case now == before:
		return "="
	case now >= 10*before:
		return "x" + strconv.Itoa(now/before)
	}
	percent := (now - before) * 100 / before
	if percent > 0 {
		return "+" + strconv.Itoa(percent) + "%"
	}
	return strconv.Itoa(percent) + "%"
}

// spanText is a span of time in its largest unit without a needless rest:
// 16s, 4m, 1h8m.
func spanText(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}
