package jsonscan

// Depth follows an object or array that is printed over several lines, a line
// at a time, to where it closes. It looks at brackets, strings and bare words
// only: Value or Decode tell afterwards whether the whole is JSON. The zero
// Depth is before the opening bracket. It is a comparable value.
type Depth struct {
	stack [4]uint64 // bit i: level i is an object
	n     uint8
}

// State is what a Depth knows after a line.
type State uint8

// The states of a Depth.
const (
	Open   State = iota // not closed yet: the next line belongs to it
	Closed              // closed in this line
	Broken              // not JSON: bare text, a string over the end of the line, wrong brackets
)

// Feed reads one line, with or without its line end. When the state is Closed,
// n is how many bytes of the line the value took.
func (d *Depth) Feed(line []byte) (n int, s State) { return 0, Broken }

// Started reports whether an opening bracket was read and is not closed yet.
func (d *Depth) Started() bool { return d.n > 0 }
