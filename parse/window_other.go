//go:build !amd64 || purego

package parse

const hasLineScan = false

func lineScan(*uint32, int, *byte, int, int) (n, stop int, odd oddities) { return }
