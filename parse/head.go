package parse

import (
	"regexp"
	"time"
	"unsafe"

	"ravel/model"
	"ravel/parse/lifecycle"
	"ravel/parse/stamp"
)

// fit is how surely a line begins a record of a format.
type fit uint8

const (
	misfit fit = iota
	// weak: the shape is that of a record, yet text that continues a stamped
	// record may have it too.
	weak
	// medium: a record, unless a trace is being read and the stream has not
	// shown the format before.
	medium
	// strong: a record, whatever came before.
	strong
)

// head is what the first line of a record says. Slices point into the line, or
// into the reader's scratch.
type head struct {
	format   uint8 // index into the set's formats
	fit      fit
	stamped  bool // begins with a text stamp: lines that match nothing continue it
	hasTime  bool
	joins    bool      // its second line belongs to the head (java.util.logging)
	ends     bool      // a further line of the record may end its request
	entry    entryKind // of a line for each field
	quote    bool      // a quoted value goes on in the next line: logfmt
	time     stamp.Stamp
	level    model.Level
	flags    model.Flags
	json     bool
	data     bool             // JSON or logfmt: lines that match nothing are records after it
	second   *regexp.Regexp   // its second line belongs to the head if this matches
	table    *lifecycle.Table // of the format itself, asked before the built-in one
	whole    bool             // an access line that says all of its request, whatever lifecycles find in it
	byStatus bool             // the level is that of the status class
	offset   uint8            // where a stamp stands that does not begin the line
	tagged   bool             // begins with an id in brackets: its trace stands behind that
	ships    bool             // JSON that a shipper of logs put around a text
	partial  bool             // JSON that is not whole: its text is the message
	mended   bool             // JSON that is none: reader.mended is what is meant
	domain   []byte
	rid      []byte           // from the format's own place for it
	cid      []byte           // likewise
	msg      []byte           // the message's part of the first line
	f        lifecycle.Fields // what keys, pairs and captures say
	caps     *captures        // filled only while decoding
}

// entryKind is how a record of a line for each field is written.
type entryKind uint8

const (
	noEntry      entryKind = iota
	entryJournal           // journalctl's KEY=value
	entryXML               // an element a line
)

// reset makes h say nothing. It spares caps.
func (h *head) reset() {
	caps := h.caps
	*h = head{}
	h.caps = caps
	h.f.Dur = model.NoDur // the rest of f.Reset has been done
	if caps != nil {
		caps.fields = caps.fields[:0]
	}
}

// setTime takes the first stamp that is offered.
func (h *head) setTime(s stamp.Stamp) {
	if !h.hasTime {
		h.time, h.hasTime = s, true
	}
}

// captures are the fields that a head's recogniser saw, in order.
type captures struct {
	fields []model.Field
	text   []byte // of the record
	copy   string // of text, "" before anything has been taken from it
}

// maxShared is the longest text of which its values share one copy: a value that
// somebody keeps holds all of it.
const maxShared = 1 << 10

// str is v as a string: where it is a part of the text, of the copy of that.
func (c *captures) str(v []byte) string {
	off := uintptr(unsafe.Pointer(unsafe.SliceData(v))) - uintptr(unsafe.Pointer(unsafe.SliceData(c.text)))
	if len(v) == 0 || len(c.text) > maxShared || off > uintptr(len(c.text)) || len(v) > len(c.text)-int(off) {
		return string(v)
	}
	if c.copy == "" {
		c.copy = string(c.text)
	}
	return c.copy[off:][:len(v)]
}

// text, number and scalar add a field while decoding and cost a nil check
// otherwise.
func (h *head) text(name string, val []byte) {
	if h.caps != nil && len(val) > 0 {
		h.caps.fields = append(h.caps.fields, model.Field{Name: name, Value: model.StringValue(h.caps.str(val))})
	}
}

// number adds a field whose value is digits.
func (h *head) number(name string, val []byte) {
	if h.caps != nil && len(val) > 0 {
		h.caps.fields = append(h.caps.fields, model.Field{Name: name, Value: model.NumberValue(h.caps.str(val))})
	}
}

// scalar adds a field typed by its look: a number if it is one, else text.
func (h *head) scalar(name string, val []byte) {
	if isNumber(val) {
		h.number(name, val)
		return
	}
	h.text(name, val)
}

// reader is what recognisers need besides the line: the zone of stamps, and
// what the stream was seen to use.
type reader struct {
	loc    *time.Location
	layout stamp.Layout // of the last stamp at the start of a line
	lead   stampMemo    // of stamps of layout
	value  stamp.Layout // of the last stamp that was a JSON or logfmt value
	minute minute       // of that stamp
	clf    clfMinute    // of the last access line
	buf    []byte       // scratch for unescaped text; valid until the next head
	mended []byte       // scratch for JSON that is mended
	json   jsonHead
	keys   *keyCache
	plan   *plan // of JSON records; nil until the stream has shown some

	objects uint8     // how many, until then
	heads   headCache // of lines that begin with a stamp
	kept    head      // of a contest
}

// stampAt reads the stamp with which b begins, the stream's usual layout first.
func (r *reader) stampAt(b []byte) (stamp.Stamp, bool) {
	if r.layout == stamp.ISO {
		if s, ok := r.lead.stampAt(b, r); ok {
			return s, true
		}
	}
	if r.layout != 0 {
		if s, ok := r.layout.At(b, r.loc); ok {
			return s, true
		}
	}
	s, ok := stamp.At(b, r.loc)
	if ok {
		r.layout = s.Layout
	}
	return s, ok
}

// pair takes one key=value pair of a text: what it says of the request, and a
// field.
func (h *head) pair(key, val []byte, quoted bool) {
	h.f.Add(lifecycle.Top, key, val, !quoted && isNumber(val))
	if h.caps == nil {
		return
	}
	if quoted {
		h.text(string(key), val)
		return
	}
	h.scalar(string(key), val)
}

// newReader returns a reader of a stream whose stamps without a zone are in
// loc.
func newReader(loc *time.Location) reader { return reader{loc: loc, keys: new(keyCache)} }
