package parse

import (
	"bytes"
	"time"

	"ravel/model"
)

// StreamInfo is what decoding needs to know of a stream.
type StreamInfo struct {
	Zone   *time.Location // of stamps without a zone; nil: UTC
	Fields []model.Field  // added to each record's fields
}

// Decoder turns records of batches into their full form. It is safe for
// concurrent use.
type Decoder struct {
	set     *Set
	names   *model.Names
	streams func(source uint16) StreamInfo
}

var _ model.Decoder = (*Decoder)(nil)

// NewDecoder returns a decoder of records that parsers with the same set and
// names made. streams gives what is known of a source; nil: nothing is.
func NewDecoder(set *Set, names *model.Names, streams func(source uint16) StreamInfo) *Decoder {
	if set == nil {
		set = Builtin()
	}
	if streams == nil {
		streams = func(uint16) StreamInfo { return StreamInfo{} }
	}
	return &Decoder{set: set, names: names, streams: streams}
}

// Decode fills r with record i of b. What it writes may alias b's bytes.
func (d *Decoder) Decode(b *model.Batch, i int, r *model.Record) {
	info := d.streams(b.Source[i])
	raw := b.Raw(i)
	*r = model.Record{
		Seq: b.First + model.Seq(i), Source: d.names.Sources.Name(b.Source[i]), Line: b.Line[i],
		Lines: max(1, bytes.Count(trimEOL(raw), []byte("\n"))+1), Time: b.Time[i], Level: b.Level[i],
		Domain: d.names.Domains.Name(b.Domain[i]), Raw: raw, Text: raw, Mark: b.Mark[i], Flags: b.Flags[i],
		Format: "text", Fields: info.Fields,
	}
	r.Message = string(bytes.TrimRight(raw, "\r\n"))
}
