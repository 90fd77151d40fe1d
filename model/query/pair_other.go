//go:build !amd64 || purego

package query

const hasPairIndex = false

func pairIndex(_, _ *byte, n int, _ *bytePair) int { return n }
