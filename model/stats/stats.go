// Package stats holds the sketches and summaries that queries and views count
// with: histograms with quantiles, distinct counts, message templates and path
// templates. Everything is mergeable and bounded in memory, and gives the same
// answer on every run.
package stats

// hash64 is FNV-1a with a final mix, so that all of its bits are of use. It is
// part of what is stored and compared: it never changes.
func hash64[T string | []byte](v T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(v) {
		h = (h ^ uint64(v[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
