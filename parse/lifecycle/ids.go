package lifecycle

import (
	"bytes"
	"encoding/binary"

	"ravel/model"
)

// Class is the kind of name under which a record's request id was found, in
// the order in which they win (rule 13).
type Class uint8

// The classes. ByFormat is an id that the format itself has a place for.
const (
	NoID Class = iota
	ByFormat
	Request
	Job
	Task
	Run
	Trace
	Correlated // folds by its correlation id alone

	traceText // a trace's id, a text that ends with one, or something else
)

// classes maps the id names of rule 13, lower case and without separators, so
// that request_id, requestId, request-id and Request.ID are one row.
var classes = map[string]Class{
	"requestid": Request, "reqid": Request, "xrequestid": Request, "httprequestid": Request, "httpxrequestid": Request,
	"jobid": Job, "jid": Task, "taskid": Task, "taskrunid": Run, "runid": Run,
	"awsrequestid": Request, "functionrequestid": Request, "lambdarequestid": Request, "xamznrequestid": Request, "rayid": Request,
	"xraytraceid": Trace, "xamzntraceid": Trace, "xb3traceid": Trace, "ddtraceid": Trace, "oteltraceid": Trace,
	"traceid": Trace, "traceparent": Trace, "correlationid": Correlated, "xcorrelationid": Correlated,
}

// maxIDName is longer than every name in classes with its separators.
const maxIDName = 24

// idLike turns nearly every key away that classes has no row for.
func idLike(key []byte) bool {
	n := len(key)
	if n < 3 || n > maxIDName {
		return false
	}
	switch key[0] | 0x20 {
	case 'r', 'x', 'h', 'j', 't', 'c', 'a', 'f', 'l', 'd', 'o', '_':
	default:
		return false
	}
	last, before := key[n-1]|0x20, key[n-2]|0x20
	return last == 'd' && before == 'i' || last == 't' && before == 'n'
}

// classOf finds the class of an id's key.
func classOf(key []byte) Class {
	var low [maxIDName]byte
	n := 0
	for _, c := range key {
		switch {
		case c == '_' || c == '-' || c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		low[n] = c
		n++
	}
	return classes[string(low[:n])]
}

// IDs gathers the ids of one record as its keys are met, in any order, and
// keeps those that win. Its slices are the caller's bytes. The zero IDs is
// ready for use.
type IDs struct {
	Request     []byte // nil if none
	Class       Class  // of Request
	Correlation []byte // nil if none; see CorrelationID
	trace       []byte
}

// Reset makes d empty.
func (d *IDs) Reset() { *d = IDs{} }

// Add offers value, found under key at the top level, inside one of the
// containers of rule 13, or as key=value in a message; the caller offers them
// in that order of preference, for the first of equal names wins. It reports
// whether key is the name of an id.
func (d *IDs) Add(key, value []byte) bool {
	c := Named(key)
	if c != NoID {
		d.AddAs(c, value)
	}
	return c != NoID
}

// Named is the class of ids that stand under key, NoID if it is no id's name.
func Named(key []byte) Class {
	switch string(key) {
	case "trace", "@tr", "operation_Id", "logging.googleapis.com/trace":
		return traceText
	}
	if !idLike(key) {
		return NoID
	}
	return classOf(key)
}

// AddAs is Add for a key whose class is known: Named gives it.
func (d *IDs) AddAs(c Class, value []byte) {
	if c == traceText {
		if value, c = TraceOf(value), Trace; value == nil {
			return
		}
	}
	if c == Trace && bytes.IndexByte(value, '-') == 2 && len(value) >= 35 { // a traceparent
		value = value[3:35]
	}
	if root, ok := bytes.CutPrefix(value, []byte("Root=")); c == Trace && ok { // X-Amzn-Trace-Id: Root=1-5759e988-…;Parent=…
		value, _, _ = bytes.Cut(root, []byte(";"))
	}
	if None(value) {
		return
	}
	switch {
	case c == Correlated:
		if d.Correlation == nil {
			d.Correlation = value
		}
		return
	case c == Trace && d.trace == nil:
		d.trace = value
	}
	if d.Class == NoID || c < d.Class {
		d.Request, d.Class = value, c
	}
}

// TraceOf is the id of a trace that a text is, or ends with behind a slash, as
// Google names it with its project: projects/shop/traces/4bf9…. It is nil if there is none.
func TraceOf(text []byte) []byte {
	id := text[bytes.LastIndexByte(text, '/')+1:]
	if len(id) < 16 {
		return nil
	}
	for _, c := range id {
		if !hexByte[c] {
			return nil
		}
	}
	return id
}

// hexByte has the hexadecimal digits: of random ones no branch can be told before.
var hexByte = func() (is [256]bool) {
	for _, c := range []byte("0123456789abcdefABCDEF") {
		is[c] = true
	}
	return is
}()

// Set gives the ids for which the format has a place of its own; they win.
func (d *IDs) Set(request, corr []byte) {
	if !None(request) {
		d.Request, d.Class = request, ByFormat
	}
	if !None(corr) {
		d.Correlation = corr
	}
}

// CorrelationID is the correlation id: the one so named, else the trace id if it
// did not become the request id; nil if none.
func (d *IDs) CorrelationID() []byte {
	if d.Correlation != nil || d.Class == Trace {
		return d.Correlation
	}
	return d.trace
}

// Fold is the class of the id by which the record folds: its request id's, or
// Correlated.
func (d *IDs) Fold() Class {
	if d.Class == NoID && d.CorrelationID() != nil {
		return Correlated
	}
	return d.Class
}

// Hash is Batch.Req for a record of the given source: of the request id, else
// of the correlation id, else 0.
func (d *IDs) Hash(source uint16) uint64 {
	id := d.Request
	if id == nil {
		id = d.CorrelationID()
	}
	if id == nil {
		return 0
	}
	return Hash(id, source)
}

// Hash hashes an id of a record of the given source with its scope (rule 14).
func Hash(id []byte, source uint16) uint64 {
	if !Scoped(id) {
		source = 0
	} else {
		source++ // 0 is the global scope, also for the source numbered 0
	}
	return model.HashID(id, source)
}

// Scoped reports whether an id means something in its own source only: it is
// short, or a counter (rule 14).
func Scoped(id []byte) bool {
	if len(id) < 8 {
		return true
	}
	const letters = 0x4040404040404040 // the bit that letters have, digits and dashes have not
	if len(id) > 8+len("-123456789") && binary.LittleEndian.Uint64(id)&letters != letters {
		return false // most ids: something else than letters stands before the number
	}
	digits := 0
	i := len(id)
	for i > 0 && digit(id[i-1]) {
		i--
		if digits++; digits > 9 {
			return false
		}
	}
	if digits == 0 {
		return false
	}
	if i > 0 && (id[i-1] == '-' || id[i-1] == '_') {
		i--
	}
	for _, c := range id[:i] {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}

// Global reports whether an id surely stands for something, in every source. It is
// quick, and false for some that do: see None and Scoped.
func Global(id []byte) bool {
	if len(id) <= 8+len("-123456789") {
		return false
	}
	const (
		letters = 0x4040404040404040 // as in Scoped
		dashes  = 0x1d1d1d1d1d1d1d1d // what zeros and dashes differ in
		zeros   = 0x3d3d3d3d3d3d3d3d
	)
	w := binary.LittleEndian.Uint64(id)
	return w&letters != letters && w|dashes != zeros
}

// None reports whether an id's value says that there is none.
func None(id []byte) bool {
	switch len(id) {
	case 0:
		return true
	case 1, 3, 4, 5, 9:
		switch string(id) {
		case "-", "N/A", "n/a", "nil", "null", "None", "none", "<nil>", "undefined":
			return true
		}
	}
	for _, c := range id { // all zeros, with an id's own punctuation
		if c != '0' && c != '-' {
			return false
		}
	}
	return true
}
