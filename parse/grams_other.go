//go:build !amd64 || purego

package parse

const hasGrams = false

func gramIndex(*tables, *byte, int, int) int { panic("there is none") }
