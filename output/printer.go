package output

import (
	"bufio"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/redact"
)

// Filter narrows batches to the records that are wanted; compiled queries are
// filters. Implementations are safe for concurrent use.
type Filter interface {
	Prune(*model.Zone) model.Verdict
	Narrow(*model.Batch, model.Bits)
}

// Options say what is printed and how.
type Options struct {
	Format  Format
	Decoder model.Decoder
	Filter  Filter           // nil: every record is printed
	Redact  *redact.Redactor // nil: nothing is masked
	Context int              // records printed around each that matches
	// Stamped tells the sources whose lines begin with their server's stamp:
	// raw leaves it out, for it is no part of what was logged. Nil: none.
	Stamped func(source uint16) bool

	Zone    *time.Location // of stamps in text; nil: UTC
	Style   Style          // colours of text
	OneLine bool           // text: fold a record's further lines
	Source  bool           // text: name each record's source
	// Own are the fields that every record of a source has, as a pod's. Text
	// leaves them out where it names the source. Nil: none.
	Own     func(source uint16) []model.Field
	Colours bool // text: keep colour sequences of the input
}

// Printer prints batches in the order in which Consume takes them. Filtering,
// decoding and encoding run on all cores, one goroutine writes. Memory does not
// grow with the input, and what is printed is flushed whenever no more is
// ready, so that a followed record is seen at once.
type Printer struct {
	o       Options
	enc     encoder // nil: raw
	belt    *conveyor[job]
	around  *around // nil: no records of context
	whole   *whole  // nil: nothing is left out of lines
	printed atomic.Uint64

	w    *bufio.Writer // used by the writing goroutine
	last byte          // written last
	cut  uint32        // of the job written last
}

// encoder appends records in their printed form. It is safe for concurrent use.
type encoder interface {
	header(dst []byte) []byte
	record(dst []byte, r *model.Record) []byte
}

// job is one batch on its way: its selection, later its printed form.
type job struct {
	batch *model.Batch
	bits  model.Bits // nil: the worker filters
	own   bool       // nobody else looks at the batch
	gap   bool       // context: these records do not follow those printed before
	out   []byte
	piece uint32 // raw: 1 + the source whose cut line out goes on with, 0: none
	cut   uint32 // raw: 1 + the source whose cut line ends out, 0: none
}

// New starts a printer that writes to w. Close ends its goroutines.
func New(w io.Writer, o Options) *Printer {
	p := &Printer{o: o, enc: newEncoder(o), w: bufio.NewWriterSize(w, 64<<10), last: '\n'}
	if o.Context > 0 {
		p.around = &around{n: o.Context}
	}
	if o.Format == Raw && o.Filter != nil {
		p.whole = &whole{}
	}
	if p.enc != nil {
		_, _ = p.w.Write(p.enc.header(nil)) // the writer keeps its error for Flush
	}
	p.belt = newConveyor(p.encode, p.write)
	return p
}

func newEncoder(o Options) encoder {
	switch o.Format {
	case JSON:
		return jsonEncoder{}
	case Logfmt:
		return logfmtEncoder{}
	case CSV:
		return csvEncoder{}
	case Raw:
		return nil
	}
	return &textEncoder{
		zone: o.Zone, style: o.Style, oneLine: o.OneLine, source: o.Source,
		colours: o.Colours, stampLen: stampWidth(o.Zone),
	}
}

// Consume prints b, which must be frozen; its memory is released. It blocks while too much waits, and
// returns the error that writing met, if any: the caller stops then.
func (p *Printer) Consume(b *model.Batch) error {
	var jobs []job
	switch {
	case p.around != nil:
		jobs = p.around.add(b, match(p.o.Filter, b))
	case p.whole != nil && p.whole.concerns(b):
		jobs = p.whole.add(b, match(p.o.Filter, b))
	default:
		return p.belt.put(job{batch: b, own: true})
	}
	for _, j := range jobs {
		if err := p.belt.put(j); err != nil {
			return err
		}
	}
	return nil
}

// CutOff is how many bytes were left out at the beginning of lines that are too
// long to be held until it shows that they are wanted.
func (p *Printer) CutOff() uint64 {
	if p.whole == nil {
		return 0
	}
	return p.whole.cut
}

// Selected prints the records of b in bits, whatever the filter says.
func (p *Printer) Selected(b *model.Batch, bits model.Bits) error {
	return p.belt.put(job{batch: b, bits: bits})
}

// Close prints what waits and returns the first error that writing met.
func (p *Printer) Close() error {
	if err := p.belt.close(); err != nil {
		return err
	}
	return p.w.Flush()
}

// Printed is how many records have matched so far, those of context included.
func (p *Printer) Printed() uint64 { return p.printed.Load() }

// match returns the records of b that f wants. A filter passes over blank
// records, whatever it says (rule 2).
func match(f Filter, b *model.Batch) model.Bits {
	bits := model.NewBits(b.Len())
	if f == nil {
		return bits
	}
	query.DropBlank(b, bits)
	zone := b.Zone()
	switch f.Prune(&zone) {
	case model.None:
		clear(bits)
	case model.Maybe:
		f.Narrow(b, bits)
	}
	return bits
}

// dropMarkers clears ravel's own records: raw output holds the input's bytes
// only (rule 5).
func dropMarkers(b *model.Batch, bits model.Bits) {
	for i, flags := range b.Flags {
		if flags&model.Marker != 0 {
			bits.Clear(i)
		}
	}
}

// buffers are the memory of printed batches, handed from writer to workers.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKept bounds the buffers that are used again: one huge batch shall not hold
// its memory for good.
const maxKept = 8 << 20

// separator stands between groups of context in text.
const separator = "--\n"

// encode is the work on one batch.
func (p *Printer) encode(j *job) {
	b, bits := j.batch, j.bits
	j.batch, j.bits = nil, nil
	if j.own && b.Release != nil {
		defer b.Release()
	}
	if bits == nil {
		bits = match(p.o.Filter, b)
	}
	if p.enc == nil {
		dropMarkers(b, bits)
	}
	if bits.Empty() {
		return
	}
	p.printed.Add(uint64(bits.Count()))
	out := (*buffers.Get().(*[]byte))[:0]
	if p.enc == nil {
		r := rawLines{stamped: p.o.Stamped}
		if p.o.Redact != nil {
			r.mask = p.o.Redact.Append
		}
		j.out = r.append(out, b, bits)
		if first := bits.Next(0); first == 0 && isPiece(b.Flags[first]) {
			j.piece = 1 + uint32(b.Source[first])
		}
		if last := b.Len() - 1; bits.Has(last) && b.Flags[last]&model.Cut != 0 {
			j.cut = 1 + uint32(b.Source[last])
		}
		return
	}
	grouped := p.around != nil && p.o.Format == Text
	last := -1
	var r model.Record
	for i := bits.Next(0); i >= 0; i = bits.Next(i + 1) {
		if grouped && (last >= 0 && i > last+1 || last < 0 && j.gap) {
			out = append(out, separator...)
		}
		last = i
		p.o.Decoder.Decode(b, i, &r)
		if p.o.Source && p.o.Own != nil && p.o.Format == Text {
			r.Fields = without(r.Fields, p.o.Own(b.Source[i]))
		}
		if p.o.Redact != nil {
			maskRecord(p.o.Redact, &r)
		}
		out = p.enc.record(out, &r)
	}
	j.out = out
}

// without leaves out the fields that own has, too, with the same values. It
// uses the memory of fields.
func without(fields, own []model.Field) []model.Field {
	if len(own) == 0 {
		return fields
	}
	return slices.DeleteFunc(fields, func(f model.Field) bool {
		return slices.ContainsFunc(own, func(o model.Field) bool {
			return o.Name == f.Name && o.Value.Kind == f.Value.Kind && o.Value.Str == f.Value.Str
		})
	})
}

// write writes one printed batch, and flushes when no other is on its way.
func (p *Printer) write(j *job, more bool) error {
	if n := len(j.out); n > 0 {
		if p.last != '\n' && (j.piece == 0 || j.piece != p.cut) { // only raw can end without one
			_ = p.w.WriteByte('\n') // the writer keeps its error
		}
		p.last, p.cut = j.out[n-1], j.cut
		_, _ = p.w.Write(j.out)
	}
	if j.out != nil && cap(j.out) <= maxKept {
		buffers.Put(&j.out)
	}
	if more {
		_, err := p.w.Write(nil) // its error, if it has one
		return err
	}
	return p.w.Flush()
}
