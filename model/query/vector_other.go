//go:build !amd64 || purego

package query

const hasVectors = false

func pairIndex(_, _ *byte, n int, _ *bytePair) int { return n }

func shapeIndex(_ *byte, n int, _ *shape) int { return n }

func narrow8(*uint8, *uint64, int, uint8, uint8)     {}
func narrow16(*uint16, *uint64, int, uint16, uint16) {}
func narrow32(*uint32, *uint64, int, uint32, uint32) {}
func narrow64(*uint64, *uint64, int, uint64, uint64) {}
