package request

import (
	"math/rand/v2"
	"testing"

	"ravel/model"
)

// TestPastForgetsTheOldest: the newest most are known, buckets that got more
// than others aside, in 16 bytes each; others are not.
func TestPastForgetsTheOldest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, most := range []int{1 << 10, 1 << 16, maxPast} {
		p := past{most: most}
		ids := make([]uint64, 5*most/2)
		for i := range ids {
			ids[i] = r.Uint64() | 1
			p.add(ids[i])
			if back := r.IntN(min(i+1, most)); !p.tabled(ids[i-back]) {
				t.Fatalf("%d: id %d of %d is forgotten", most, i-back, i)
			}
		}
		bytes, known := 8*len(p.slots)+len(p.used), 0
		for range 100_000 {
			if p.tabled(r.Uint64() | 1) {
				known++
			}
		}
		if bytes > 17*most || known > 1 {
			t.Errorf("%d: %d bytes; %d of 100,000 other ids are known", most, bytes, known)
		}
	}
}

func (b *block) add(hash uint64, now int64, at uint32) {
	b.hash, b.now, b.at = append(b.hash, hash), append(b.now, now), append(b.at, at)
}

// put adds an end by itself or in a block, and returns how many were added.
func put(p *past, r *rand.Rand, hash uint64, f finish, now, settle int64) int {
	if r.IntN(3) == 0 {
		p.put(hash, f, now)
		return 1
	}
	b := &block{first: model.Seq(f.at >> finishBits), before: model.NoTime, settle: settle}
	b.add(hash, now, uint32(f.at&(1<<finishBits-1)))
	for range r.IntN(30) {
		b.add(r.Uint64()<<1, now, 0)
	}
	b.number()
	n := len(b.hash)
	p.keep(b, now)
	return n
}

// TestPastFindsWhatHasNotSettled compares it with a map of the ends.
func TestPastFindsWhatHasNotSettled(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 5))
		p := past{most: 1 << 12, least: 8}
		ends, number := map[uint64]finish{}, map[uint64]int{}
		n := 0
		now, ids, settle := int64(0), 1+r.IntN(3000), int64(1+r.IntN(2000))
		if seed%4 == 0 {
			now = model.NoTime
		}
		for range 20_000 {
			hash := model.HashID([]byte{byte(r.IntN(ids)), byte(r.IntN(ids) >> 8)}, 0)
			if r.IntN(3) > 0 {
				if now != model.NoTime || r.IntN(3000) == 0 {
					now = max(now, 0) + int64(r.IntN(3))
				}
				f := makeFinish(model.Seq(n+1), never, r.IntN(2) == 0, model.KindHTTP, model.Failed)
				if now != model.NoTime {
					f.settleAt = now + settle
				}
				n += put(&p, r, hash, f, now, settle)
				ends[hash], number[hash] = f, n
				continue
			}
			want, ok := ends[hash]
			ok = ok && !want.settled(now)
			got, found, ended := p.find(hash, now)
			known := n-number[hash] < p.most/4 // blocks move behind what came after them
			if !ok && found || ok && !found && known || found && known && got != want {
				t.Fatalf("seed %d: %v %v, want %v %v", seed, got, found, want, ok)
			}
			if _, ever := ends[hash]; ever != ended && (known || !ever) {
				t.Fatalf("seed %d: has ended: %v, want %v", seed, ended, ever)
			}
		}
	}
}
