package engine

import (
	"math/bits"
	"slices"
	"strconv"
	"sync"

	"ravel/model"
	"ravel/model/store"
)

// census is how often the values of the columns stand among a run's matches in
// one chunk.
type census struct {
	levels [model.NumLevels]uint32
	values []valueCount
}

// valueCount is how often one value of a column stands there.
type valueCount struct {
	column facetColumn
	value  uint16
	n      uint32
}

// facetColumn is a column that answers a facet.
type facetColumn uint8

const (
	levelColumn facetColumn = iota
	domainColumn
	sourceColumn
	statusColumn
	numFacetColumns
)

// tallied are the same columns as a chunk may keep them.
const tallied = model.LevelColumn | model.DomainColumn | model.SourceColumn | model.StatusColumn

// facetColumns are the facets that columns answer.
var facetColumns = map[string]facetColumn{"level": levelColumn, "domain": domainColumn, "source": sourceColumn, "status": statusColumn}

// text is a value of a column as a facet tells it, "" for none.
func (e *Engine) columnText(col facetColumn, value uint16) string {
	switch col {
	case levelColumn:
		return model.Level(value).String()
	case domainColumn:
		return e.o.Names.Domains.Name(value)
	case sourceColumn:
		return e.o.Names.Sources.Name(value)
	}
	if value == 0 {
		return ""
	}
	return strconv.Itoa(int(value))
}

// tally counts a column's values: by the value itself, which takes a tenth of what
// a map does.
type tally struct {
	of      [1 << 16]uint32 // all zero between counts
	seen    []uint16        // the values whose count is not zero
	columns model.Batch     // what chunks keep encoded
}

var tallies = sync.Pool{New: func() any { return new(tally) }}

// column counts the hits' values of a column of b and tells each once.
func (t *tally) column(b *model.Batch, col facetColumn, hits store.Hits, tell func(value uint16, n uint64)) {
	switch col {
	case levelColumn:
		tallyHits(t, b.Level, hits)
	case domainColumn:
		tallyHits(t, b.Domain, hits)
	case sourceColumn:
		tallyHits(t, b.Source, hits)
	case statusColumn:
		tallyHits(t, b.Status, hits)
	}
	for _, v := range t.seen {
		tell(v, uint64(t.of[v]))
		t.of[v] = 0
	}
	t.seen = t.seen[:0]
}

func tallyHits[T ~uint8 | ~uint16](t *tally, column []T, hits store.Hits) {
	switch {
	case hits.N == 0:
	case hits.Bits == nil:
		for _, v := range column {
			t.add(uint16(v))
		}
	default:
		for w, left := range hits.Bits {
			for ; left != 0; left &= left - 1 {
				t.add(uint16(column[w<<6+bits.TrailingZeros64(left)]))
			}
		}
	}
}

func (t *tally) add(v uint16) {
	if t.of[v] == 0 {
		t.seen = append(t.seen, v)
	}
	t.of[v]++
}

// each calls tell for the values of a column.
func (c *census) each(col facetColumn, tell func(value uint16, n uint64)) {
	for _, v := range c.values {
		if v.column == col {
			tell(v.value, uint64(v.n))
		}
	}
}

// census counts the hits' values of all columns of c, which keeps them.
func (t *tally) census(c *store.Chunk, hits store.Hits) *census {
	b, _ := c.Filterable(tallied, &t.columns)
	return t.censusOf(b, hits)
}

// censusOf counts all columns of b.
func (t *tally) censusOf(b *model.Batch, hits store.Hits) *census {
	c := &census{}
	for col := range numFacetColumns {
		t.column(b, col, hits, func(value uint16, n uint64) {
			c.values = append(c.values, valueCount{col, value, uint32(n)})
			if col == levelColumn {
				c.levels[model.Level(value)%model.NumLevels] += uint32(n)
			}
		})
	}
	c.values = slices.Clip(c.values)
	return c
}

// censuses keeps those of chunks, by a run's key and the chunk's id: figures on
// screen are asked for each second, and to count the columns of a gigabyte takes
// 40 ms of processor time, to parse it again, where they have been given up, more
// than a second. Safe for concurrent use.
type censuses struct {
	mu   sync.Mutex
	keys []string // least recently used first
	of   map[string]map[uint64]*census
}

// maxCensuses bounds of how many runs they are kept: a filter's, and of those
// without one facet's clauses.
const maxCensuses = 8

// get is the census of a chunk, nil if it has not been taken.
func (s *censuses) get(key string, id uint64) *census {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[key][id]
}

func (s *censuses) put(key string, id uint64, c *census) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]map[uint64]*census{}
	}
	if i := slices.Index(s.keys, key); i != len(s.keys)-1 || i < 0 {
		if i >= 0 {
			s.keys = slices.Delete(s.keys, i, i+1)
		}
		s.keys = append(s.keys, key)
	}
	if len(s.keys) > maxCensuses {
		delete(s.of, s.keys[0])
		s.keys = slices.Delete(s.keys, 0, 1)
	}
	if s.of[key] == nil {
		s.of[key] = map[uint64]*census{}
	}
	s.of[key][id] = c
}

// forget drops the censuses of chunks that are not held any more.
func (s *censuses) forget(snap *store.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.of {
		if len(of) > snap.Len() {
			for id := range of {
				if _, held := snap.ByID(id); !held {
					delete(of, id)
				}
			}
		}
	}
}

// counting is a predicate that takes the census of what it matches in a chunk
// without columns, while these stand in memory. Nil matches all.
type counting struct {
	p   store.Narrower
	all *censuses
	key string
	id  uint64
}

// Prune never says All: the columns are needed.
func (c counting) Prune(z *model.Zone) model.Verdict {
	if c.p != nil && c.p.Prune(z) == model.None {
		return model.None
	}
	return model.Maybe
}

// Absent asks the predicate.
func (c counting) Absent(raw []byte, z *model.Zone) bool {
	p, ok := c.p.(store.Sifter)
	return ok && p.Absent(raw, z)
}

func (c counting) Narrow(b *model.Batch, bits model.Bits) {
	if c.p != nil {
		c.p.Narrow(b, bits)
	}
	if n := bits.Count(); n > 0 {
		t := tallies.Get().(*tally)
		defer tallies.Put(t)
		c.all.put(c.key, c.id, t.censusOf(b, store.Hits{N: n, Bits: bits}))
	}
}

// String is asked of no narrower that a scan of single chunks has.
func (c counting) String() string { return c.key }

// settled reports whether what r has found in c stays so.
func (r *run) settled(c *store.Chunk) bool {
	return c.Sealed() && (r.pred == nil || !r.pred.UsesRequests() && r.get(c).n == c.Len())
}

// countable reports whether the levels of what was found in c can be told.
func (r *run) countable(c *store.Chunk, h store.Hits) bool {
	return c.Keeps() || h.N == 0 || h.N == c.Len() || r.all.get(r.key, c.ID()) != nil
}

// levelsOf counts the levels of the records of c in set; c keeps them.
func levelsOf(c *store.Chunk, set model.Bits) (n [model.NumLevels]uint32) {
	col := c.Level
	if !c.HasColumns() {
		t := tallies.Get().(*tally)
		defer tallies.Put(t)
		b, _ := c.Filterable(model.LevelColumn, &t.columns)
		col = b.Level
	}
	for w, left := range set {
		for ; left != 0; left &= left - 1 {
			n[col[w<<6+bits.TrailingZeros64(left)]%model.NumLevels]++
		}
	}
	return n
}
