//go:build !amd64 || purego

package parse

// stride is strideWords.
func (w *planWay) stride(s *planStep, t []byte, i int) (last *planStep, next int) {
	return w.strideWords(s, t, i)
}
