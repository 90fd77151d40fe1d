//go:build !purego

package query

import "golang.org/x/sys/cpu"

// hasPairIndex says that pairIndex runs on this processor.
var hasPairIndex = cpu.X86.HasAVX2

// pairIndex is bytePair.index for n bytes, a multiple of 32, from x and from y
// on, 32 places a step by AVX2; n if there is none.
//
//go:noescape
func pairIndex(x, y *byte, n int, p *bytePair) int
