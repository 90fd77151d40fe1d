// Package stats holds the sketches and summaries that queries and views count
// with: histograms with quantiles, distinct counts, message templates and path
// templates. Everything is mergeable and bounded in memory.
package stats

// Histogram counts values ≥ 0 in log-linear buckets: quantiles are within
// 1.6 % of a value that was added. Negative values count as 0. The zero
// Histogram is empty and ready. It is not safe for concurrent use; merge one
// per worker.
type Histogram struct {
	count  uint64
	sum    float64
	lo, hi float64
	b      []uint32
}

// Add counts v once.
func (h *Histogram) Add(v float64) {}

// Merge adds all that o counted.
func (h *Histogram) Merge(o *Histogram) {}

// Count is how many values were added.
func (h *Histogram) Count() uint64 { return h.count }

// Sum is exact up to floating point.
func (h *Histogram) Sum() float64 { return h.sum }

// Min is the exact smallest value, 0 if there is none.
func (h *Histogram) Min() float64 { return h.lo }

// Max is the exact largest value, 0 if there is none.
func (h *Histogram) Max() float64 { return h.hi }

// Mean is Sum/Count, 0 if there is none.
func (h *Histogram) Mean() float64 { return 0 }

// Quantile is the value below which the share q (0 to 1) of the values lies.
func (h *Histogram) Quantile(q float64) float64 { return 0 }

// Distinct estimates how many different values were added: exact up to 1,024,
// beyond within 1.6 % (one standard error; 4 KiB of memory). The zero Distinct
// is empty. It is not safe for concurrent use; merge one per worker.
type Distinct struct {
	regs []byte
}

// Add counts the value v.
func (d *Distinct) Add(v string) {}

// Merge adds all that o has seen.
func (d *Distinct) Merge(o *Distinct) {}

// Count is the estimate.
func (d *Distinct) Count() uint64 { return 0 }

// Template is a message with what varies replaced: numbers, hexadecimal ids,
// UUIDs, addresses, quoted text.
func Template(msg []byte) string { return string(msg) }

// AppendTemplate appends Template(msg) to dst without allocating.
func AppendTemplate(dst, msg []byte) []byte { return append(dst, msg...) }

// Fingerprint is a hash of the message's Template, stable over runs and
// versions of Go, never 0.
func Fingerprint(msg []byte) uint64 { return 1 }

// PathTemplate is a URL path with its ids replaced: /api/v1/datasets/54987
// becomes /api/v1/datasets/:id. Its query is cut off.
func PathTemplate(path string) string { return path }
