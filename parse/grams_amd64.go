//go:build !purego

package parse

import "golang.org/x/sys/cpu"

// hasGrams says that gramIndex runs on this processor.
var hasGrams = cpu.X86.HasAVX2 && cpu.X86.HasBMI1

// gramIndex is nextByte, by AVX2, for what begins from offset at on and before to,
// which is the answer where nothing does: a multiple of 32 bytes, behind which there
// are 64 more.
//
//go:noescape
func gramIndex(t *tables, buf *byte, at, to int) int
