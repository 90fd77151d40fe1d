//go:build !purego

package query

import "golang.org/x/sys/cpu"

// hasVectors says that this processor has the instructions of the functions
// below, which are AVX2.
var hasVectors = cpu.X86.HasAVX2

// pairIndex is bytePair.index for n bytes, a multiple of 32, from x and from y
// on, 32 places a step; n if there is none.
//
//go:noescape
func pairIndex(x, y *byte, n int, p *bytePair) int

// shapeIndex is the first of n places, a multiple of 32, from buf on where bytes of
// a shape end, 32 a step; n if there is none.
//
//go:noescape
func shapeIndex(buf *byte, n int, sh *shape) int

// narrow8 is narrowRun for so many words of a set, 64 values each.
//
//go:noescape
func narrow8(col *uint8, set *uint64, words int, from, span uint8)

//go:noescape
func narrow16(col *uint16, set *uint64, words int, from, span uint16)

//go:noescape
func narrow32(col *uint32, set *uint64, words int, from, span uint32)

//go:noescape
func narrow64(col *uint64, set *uint64, words int, from, span uint64)
