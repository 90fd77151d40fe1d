//go:build !purego

package parse

import "golang.org/x/sys/cpu"

// hasStride says that stride runs on this processor.
var hasStride = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2

// stride is strideWords.
func (w *planWay) stride(s *planStep, t []byte, i int) (last *planStep, next int) {
	if !hasStride || len(t) == 0 {
		return w.strideWords(s, t, i)
	}
	return stride(w, s, &t[0], i, len(t))
}

// stride is strideWords for t of n bytes, by AVX2.
//
//go:noescape
func stride(w *planWay, s *planStep, t *byte, i, n int) (last *planStep, next int)
