//go:build !purego

package parse

import "golang.org/x/sys/cpu"

// hasLineScan says that lineScan runs on this processor.
var hasLineScan = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

// lineScan is scanLines for the bytes of src from offset at to to, a multiple of
// 64, by AVX2. Of each 64 bytes it writes two offsets to dst without a branch, found
// or not: dst has place for 64 more than room.
//
//go:noescape
func lineScan(dst *uint32, room int, src *byte, at, to int) (n, stop int, odd oddities)
