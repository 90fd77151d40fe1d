package model

// State is where a request stands (rule 15): exactly six.
type State uint8

// The states. Unmarked: neither a start nor an end is known.
const (
	Unmarked State = iota
	InFlight
	Complete
	Failed
	Hung
	NoStart
	NumStates
)

var stateNames = [NumStates]string{"unmarked", "in_flight", "complete", "failed", "hung", "no_start"}

// String is the state's name in outputs and queries.
func (s State) String() string { return stateNames[s%NumStates] }

// Request is what one request came to: a row of `-o requests` and of the
// Requests view, a fold of the Stream view.
type Request struct {
	ID            string // "" if it folds by its correlation id or has none
	CorrelationID string
	Kind          Kind
	Name          string // of a task or job
	State         State
	Start, End    int64 // ns UTC of its first and last record, NoTime if unknown
	Duration      int64 // ns: the logged one, else end - start; -1 if none
	Method        string
	Path          string
	Client        string
	Status        int // 0 none
	Level         Level
	Records       int
	Sources       []string
	ErrorType     string // of its last exception, "" none
	ErrorMessage  string

	Hash     uint64 // Batch.Req of its records
	FirstSeq Seq    // its first record
	LastSeq  Seq    // its last record so far
	EndSeq   Seq    // the record that ended it, where its row stands; 0 while it runs
	Evicted  int    // records of it that the ring has given up
}

// Facts are what a record tells about the request that it starts, ends or is.
// Strings own their memory.
type Facts struct {
	Method, Path, Client string
	Name                 string  // of the task or job
	IDs                  []Field // what stands under keys that end in _id, as strings
	Opens, Closes        uint64  // pairs of phrases that it is the start, the end of (rule 21)
}

// Lifecycle reads Facts out of decoded records. Implementations are safe for
// concurrent use.
type Lifecycle interface {
	Facts(r *Record) Facts
}

// Teller may be a Decoder, too: for records of plain text it says what Decode
// and the Lifecycle of the same formats come to, without taking the rest of the
// record apart.
type Teller interface {
	// Tell makes t what record i of b says; it reports false, and leaves t as it
	// is, for records that have to be decoded.
	Tell(b *Batch, i int, t *Told) bool
}

// Told is what a record says of its request. Its strings own their memory.
type Told struct {
	Facts
	RequestID, CorrelationID string
}
