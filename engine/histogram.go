package engine

import (
	"ravel/model"
	"ravel/model/store"
	"ravel/ui"
)

// Histogram counts the matching records by level over cols equal spans of the
// held time. Whole chunks are added where they fall into one span, so that its
// cost is that of the few chunks which cross a border.
func (e *Engine) Histogram(cols int) ui.Histogram {
	snap, r := e.store.Snapshot(), e.current.Load()
	from, to, ok := snap.Span()
	if !ok || cols <= 0 {
		return ui.Histogram{}
	}
	h := ui.Histogram{From: from, To: to, Cols: make([][model.NumLevels]uint32, cols)}
	s := spans{from: from, width: (to-from)/int64(cols) + 1}
	for k := range snap.Len() {
		c := snap.Chunk(k)
		if c.Zone.MinTime > c.Zone.MaxTime {
			continue
		}
		first, last := s.col(c.Zone.MinTime), s.col(c.Zone.MaxTime)
		levels := c.Zone.Levels
		if r.pred != nil {
			levels = r.get(c).levels
		}
		if first == last && c.Zone.Stampless == 0 {
			for l, n := range levels {
				h.Cols[first][l] += n
			}
			continue
		}
		if c.HasColumns() {
			s.spread(c, r.hits(c), h.Cols)
		} else {
			s.share(&c.Zone, levels, h.Cols)
		}
	}
	return h
}

// spans are equal spans of time.
type spans struct{ from, width int64 }

func (s spans) col(t int64) int { return int((t - s.from) / s.width) }

// spread adds a chunk's hits one by one. Records mostly come in order: the
// division is done once per span.
func (s spans) spread(c *store.Chunk, hits store.Hits, cols [][model.NumLevels]uint32) {
	if hits.N == c.Len() {
		s.spreadAll(c, cols)
		return
	}
	col, lo, hi := 0, int64(0), int64(0)
	for i := hits.Next(0, c.Len()); i >= 0; i = hits.Next(i+1, c.Len()) {
		t := c.Time[i]
		if t == model.NoTime {
			continue
		}
		if t < lo || t >= hi {
			col = s.col(t)
			lo = s.from + int64(col)*s.width
			hi = lo + s.width
		}
		cols[col][c.Level[i]]++
	}
}

// share adds the levels of a chunk without columns to the spans that it covers,
// as if its records came evenly: one that crosses a border is off by less than
// a chunk there, and no record is left out. Those without a time are spread
// with the others.
func (s spans) share(z *model.Zone, levels [model.NumLevels]uint32, cols [][model.NumLevels]uint32) {
	all := z.MaxTime - z.MinTime + 1
	for l, n := range levels {
		told := uint32(0)
		for col := s.col(z.MinTime); col <= s.col(z.MaxTime); col++ {
			end := min(s.from+int64(col+1)*s.width, z.MaxTime+1) - z.MinTime
			upTo := uint32(float64(n) * float64(end) / float64(all))
			cols[col][l] += upTo - told
			told = upTo
		}
	}
}

// spreadAll adds all of a chunk's records: runs of them that stand in one span
// at a time.
func (s spans) spreadAll(c *store.Chunk, cols [][model.NumLevels]uint32) {
	times, levels := c.Time, c.Level[:len(c.Time)]
	for i := 0; i < len(times); {
		if times[i] == model.NoTime {
			i++
			continue
		}
		col := s.col(times[i])
		lo, end := s.from+int64(col)*s.width, i+1
		for end < len(times) && uint64(times[end]-lo) < uint64(s.width) {
			end++
		}
		count(levels[i:end], &cols[col])
		i = end
	}
}

// shortRun is how many levels are added up faster one by one.
const shortRun = 64

// count adds levels up. Most are alike, and an addition waits for the one
// before it to the same count: there are two of each.
func count(levels []model.Level, to *[model.NumLevels]uint32) {
	if len(levels) < shortRun {
		for _, l := range levels {
			to[l]++
		}
		return
	}
	var even, odd [256]uint32
	i := 0
	for ; i+1 < len(levels); i += 2 {
		even[levels[i]]++
		odd[levels[i+1]]++
	}
	if i < len(levels) {
		even[levels[i]]++
	}
	for l := range to {
		to[l] += even[l] + odd[l]
	}
}
