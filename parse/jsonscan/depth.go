package jsonscan

// Depth follows an object or array that is printed over several lines, a line
// at a time, to where it closes. It looks at brackets, strings and the letters
// of bare words only: Value or Decode tell afterwards whether the whole is
// JSON. The zero Depth is before the opening bracket. It is a comparable value.
type Depth struct {
	in nest
	n  uint8
}

// State is what a Depth knows after a line.
type State uint8

// The states of a Depth.
const (
	Open   State = iota // not closed yet: the next line belongs to it
	Closed              // closed in this line
	Broken              // not JSON: bare text, a string over the end of the line, wrong brackets
)

// bare are the bytes that JSON has outside of strings, brackets aside.
var bare = [256]bool{
	' ': true, '\t': true, '\r': true, '\n': true, ',': true, ':': true, '+': true, '-': true, '.': true,
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	't': true, 'r': true, 'u': true, 'e': true, 'f': true, 'a': true, 'l': true, 's': true, 'n': true, 'E': true,
}

// Feed reads one line, with or without its line end. When the state is Closed,
// n is how many bytes of the line the value took, and d is as at the beginning.
func (d *Depth) Feed(line []byte) (n int, s State) {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '"':
			end, _ := StringEnd(line, i+1)
			if end < 0 || d.n == 0 {
				return i, d.broken()
			}
			i = end
		case '{', '[':
			if d.n == MaxDepth {
				return i, d.broken()
			}
			d.in.set(int(d.n), c == '{')
			d.n++
		case '}', ']':
			if d.n == 0 || c != closer(d.in.object(int(d.n)-1)) {
				return i, d.broken()
			}
			d.n--
			d.in.set(int(d.n), false) // equal states compare equal
			if d.n == 0 {
				return i + 1, Closed
			}
		default:
			if !bare[c] || d.n == 0 && c > ' ' {
				return i, d.broken()
			}
		}
	}
	if d.n == 0 {
		return len(line), d.broken()
	}
	return len(line), Open
}

func (d *Depth) broken() State {
	*d = Depth{}
	return Broken
}

// Started reports whether an opening bracket was read and is not closed yet.
func (d *Depth) Started() bool { return d.n > 0 }
