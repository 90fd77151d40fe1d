package request

import "ravel/model"

// Kept holds the requests whose records the ring has given up: a row of 64
// bytes and the record that began each, so that it can still be told by id,
// method and path. It is bounded in bytes; the oldest go first and are
// counted. It is used by one goroutine at a time.
type Kept struct {
	o       Options
	budget  int64
	bytes   int64
	chunks  []keptChunk // oldest first
	n       int
	dropped uint64
}

// keptChunk is what is kept of one batch.
type keptChunk struct {
	rows  []keptRow
	text  *model.Batch // records that rows refer to
	bytes int64
}

// keptRow is a finished request without its batch.
type keptRow struct {
	model.RequestRow
	end     model.Seq
	endTime int64
	hash    uint64
	status  uint16
	source  uint16
	about   int32 // record of the chunk's text, none if it was gone already
}

// bytesPerRow is a keptRow and the columns of its record.
const bytesPerRow = 72 + 48

// NewKept returns an empty Kept that takes at most budget bytes. Of o it uses
// Names, Decoder and Lifecycle.
func NewKept(budget int64, o Options) *Kept { return &Kept{o: o, budget: budget} }

// Len is how many requests are kept, Dropped how many were and are no more.
func (k *Kept) Len() int { return k.n }

// Dropped is how many requests were kept and had to make room.
func (k *Kept) Dropped() uint64 { return k.dropped }

// Add keeps the requests that end in b, which is about to be given up: rows
// are those of b. b must have its bytes and columns; nothing of it is kept
// alive. A request that began in an earlier batch is told by its last record.
func (k *Kept) Add(b *model.Batch, rows []model.RequestRow) {
	if len(rows) == 0 {
		return
	}
	c := keptChunk{rows: make([]keptRow, len(rows)), text: new(model.Batch)}
	for i, row := range rows {
		at := row.At
		if row.Back <= at {
			at -= row.Back
		}
		c.rows[i] = keptRow{
			RequestRow: row, end: b.First + model.Seq(row.At), endTime: b.Time[row.At], hash: b.Req[row.At],
			status: b.Status[row.At], source: b.Source[row.At], about: none,
		}
		if b.End[at]-b.Start[at] <= maxCopy {
			r := ref{b, int32(at)}
			r.move(b, &c.text)
			c.rows[i].about = r.i
		}
	}
	c.bytes = int64(len(c.rows))*bytesPerRow + int64(cap(c.text.Buf))
	k.chunks = append(k.chunks, c)
	k.bytes += c.bytes
	k.n += len(rows)
	for k.bytes > k.budget && len(k.chunks) > 0 {
		old := &k.chunks[0]
		k.bytes -= old.bytes
		k.n -= len(old.rows)
		k.dropped += uint64(len(old.rows))
		*old = keptChunk{}
		k.chunks = k.chunks[1:]
	}
}

// Newest calls yield for each request that is kept, the one that ended last
// first, until yield reports false. Evicted is the number of its records: they
// are all gone.
func (k *Kept) Newest(yield func(model.Request) bool) {
	for c := len(k.chunks) - 1; c >= 0; c-- {
		rows := k.chunks[c].rows
		for i := len(rows) - 1; i >= 0; i-- {
			if !yield(k.full(&k.chunks[c], &rows[i])) {
				return
			}
		}
	}
}

func (k *Kept) full(c *keptChunk, row *keptRow) model.Request {
	q := model.Request{
		Kind: row.Kind, State: row.State, Start: row.Start, End: row.endTime, Duration: -1, Status: int(row.status), Level: row.Level,
		Records: int(row.Records), Hash: row.hash, FirstSeq: row.end - min(model.Seq(row.Back), row.end-1), LastSeq: row.end,
		EndSeq: row.end, Evicted: int(row.Records),
	}
	switch {
	case row.Dur != model.NoDur:
		q.Duration = int64(row.Dur) * 1000
	case row.Records > 1 && row.State != model.NoStart && q.Start != model.NoTime && q.End != model.NoTime:
		q.Duration = max(0, q.End-q.Start)
	}
	if k.o.Names != nil {
		q.Sources = []string{k.o.Names.Sources.Name(row.source)}
	}
	if row.about == none {
		return q
	}
	d := describe(k.o, ref{c.text, row.about})
	q.ID, q.CorrelationID = d.id, d.correlation
	q.Method, q.Path, q.Client, q.Name = d.Method, d.Path, d.Client, d.Name
	return q
}
