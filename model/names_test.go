package model

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestHashID32 holds the short way for ids of 32 bytes against the general one.
func TestHashID32(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var id [32]byte
		for i := range id {
			id[i] = byte(r.Uint32())
		}
		w := func(i int) uint64 { return binary.LittleEndian.Uint64(id[i:]) }
		if got, want := HashID32(w(0), w(8), w(16), w(24)), HashID(id[:], 0); got != want {
			t.Fatalf("%x: %x, want %x", id, got, want)
		}
	}
}
