// Package model is the vocabulary that every other package of ravel speaks:
// records and their columns, levels, names, marks of requests. It holds no
// goroutine, does no I/O and imports the standard library only.
package model

// Seq is a record's arrival number: 1, 2, 3, … in merged order, never reused.
// Selection, bookmarks and scroll positions are held by it. 0 is no record.
type Seq uint64

// NoTime is the event time of a record that has none.
const NoTime int64 = -1 << 63

// Record is one record decoded in full: what the detail pane shows and every
// output prints. It owns all of its memory unless a Decoder says otherwise.
type Record struct {
	Seq           Seq
	Source        string
	Line          uint32   // first physical line, 1-based
	Lines         int      // physical lines, blank ones included
	LineList      []uint32 // every physical line, only when they are not one run
	Time          int64    // ns since the epoch, UTC; NoTime if none
	Level         Level
	Domain        string
	RequestID     string // "" if none
	CorrelationID string // "" if none
	Message       string // without the traceback; further lines joined by \n
	Traceback     *Traceback
	Fields        []Field // in the order of the input
	Format        string  // name of the format that matched
	Raw           []byte  // the original bytes, all lines with their line ends
	Text          []byte  // the record's own text, syslog's header included: Raw without carriers; aliases Raw where there are none
	Mark          Mark
	Flags         Flags
}

// Traceback is an exception with its frames, in the order in which the input
// has them.
type Traceback struct {
	Type    string // of the exception that escaped
	Message string
	Frames  []Frame
	Causes  []Cause
	Text    string // as printed, further lines joined by \n
}

// Frame is one call of a Traceback. Line is 0 where the input names none.
type Frame struct {
	File     string
	Line     int
	Function string
	Code     string // the source line, "" if not printed
}

// Cause is an exception that led to the one that escaped.
type Cause struct {
	Type    string
	Message string
	Frames  int // how many of the Traceback's frames are this cause's own; 0 if unknown
}

// ValueKind says what a Value holds.
type ValueKind uint8

// The kinds of values, those of JSON.
const (
	Null ValueKind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is a field's value, typed as in the input. Numbers keep their spelling
// in Str, so that nothing is rounded; booleans hold "true" or "false" there.
type Value struct {
	Kind  ValueKind
	Str   string
	Items []Value // of an Array
	Keys  []Field // of an Object
}

// Field is one named value; nested ones are reached by dotted paths.
type Field struct {
	Name  string
	Value Value
}

// StringValue, NumberValue and BoolValue make scalars.
func StringValue(s string) Value { return Value{Kind: String, Str: s} }

// NumberValue makes a number from its spelling.
func NumberValue(s string) Value { return Value{Kind: Number, Str: s} }

// BoolValue makes a boolean.
func BoolValue(b bool) Value {
	if b {
		return Value{Kind: Bool, Str: "true"}
	}
	return Value{Kind: Bool, Str: "false"}
}

// Lookup finds a field by dotted path. A key that itself contains dots is
// found by its whole spelling first.
func Lookup(fields []Field, path string) (Value, bool) {
	for i := range fields {
		if fields[i].Name == path {
			return fields[i].Value, true
		}
	}
	for i := range fields {
		f := &fields[i]
		if n := len(f.Name); f.Value.Kind == Object && len(path) > n+1 && path[n] == '.' && path[:n] == f.Name {
			if v, ok := Lookup(f.Value.Keys, path[n+1:]); ok {
				return v, true
			}
		}
	}
	return Value{}, false
}

// Raiser may be a Decoder, too: it names exceptions without taking the rest of
// their records apart.
type Raiser interface {
	// Raised is the type of the traceback that Decode finds in record i of b, which
	// is flagged HasTraceback. known is false where it has to be decoded.
	Raised(b *Batch, i int) (name string, known bool)
}

// Decoder turns a record of a batch into its full form. Implementations are
// safe for concurrent use. What Decode writes into r may alias the batch's
// bytes; a caller that keeps it beyond the batch clones it.
type Decoder interface {
	Decode(b *Batch, i int, r *Record)
}
