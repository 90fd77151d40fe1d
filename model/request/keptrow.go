package request

import (
	"encoding/binary"
	"encoding/hex"

	"ravel/model"
)

// appendKept appends a request to a block in which last is the one before it:
// of that Start and FirstSeq count.
func appendKept(dst []byte, q, last *model.Request) []byte {
	dst = append(dst, byte(q.State)|byte(q.Kind)<<4, byte(q.Level))
	for _, n := range [...]int64{
		q.Start - last.Start, q.End - q.Start, q.Duration, int64(q.Status), int64(q.Records),
		int64(q.FirstSeq - last.FirstSeq), int64(q.EndSeq - q.FirstSeq), int64(q.LastSeq - q.EndSeq),
	} {
		dst = binary.AppendVarint(dst, n)
	}
	dst = binary.LittleEndian.AppendUint64(dst, q.Hash)
	for _, s := range [...]string{q.ID, q.CorrelationID, q.Name, q.Method, q.Path, q.Client, q.ErrorType, q.ErrorMessage[:min(len(q.ErrorMessage), maxKeptError)]} {
		dst = appendKeptString(dst, s)
	}
	dst = binary.AppendUvarint(dst, uint64(len(q.Sources)))
	for _, s := range q.Sources {
		dst = appendKeptString(dst, s)
	}
	return dst
}

// maxKeptError bounds the bytes of an exception's message that are kept.
const maxKeptError = 200

// How a string is written; the tag stands below its length.
const (
	asText = 1 + iota
	asHex  // half as long
	asUUID // hex with hyphens
)

// uuidHyphens are where they stand.
var uuidHyphens = [...]int{8, 13, 18, 23}

func appendKeptString(dst []byte, s string) []byte {
	var raw [64]byte
	if bare, ok := withoutHyphens(s); ok {
		if n, err := hex.Decode(raw[:], []byte(bare)); err == nil && hex.EncodeToString(raw[:n]) == bare {
			return append(binary.AppendUvarint(dst, uint64(n)<<2|asUUID), raw[:n]...)
		}
	}
	if len(s) > 0 && len(s) <= 2*len(raw) {
		if n, err := hex.Decode(raw[:], []byte(s)); err == nil && hex.EncodeToString(raw[:n]) == s {
			return append(binary.AppendUvarint(dst, uint64(n)<<2|asHex), raw[:n]...)
		}
	}
	return append(binary.AppendUvarint(dst, uint64(len(s))<<2|asText), s...)
}

// withoutHyphens is the digits of a UUID.
func withoutHyphens(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	for _, at := range uuidHyphens {
		if s[at] != '-' {
			return "", false
		}
	}
	return s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:], true
}

// keptReader reads what appendKept wrote.
type keptReader struct{ data []byte }

// request reads the next request of the block, last the one before it.
func (r *keptReader) request(q, last *model.Request) {
	q.State, q.Kind, q.Level = model.State(r.data[0]&15), model.Kind(r.data[0]>>4), model.Level(r.data[1])
	r.data = r.data[2:]
	q.Start = last.Start + r.int()
	q.End = q.Start + r.int()
	q.Duration, q.Status, q.Records = r.int(), int(r.int()), int(r.int())
	q.FirstSeq = last.FirstSeq + model.Seq(r.int())
	q.EndSeq = q.FirstSeq + model.Seq(r.int())
	q.LastSeq = q.EndSeq + model.Seq(r.int())
	q.Hash = binary.LittleEndian.Uint64(r.data)
	r.data = r.data[8:]
	for _, s := range [...]*string{&q.ID, &q.CorrelationID, &q.Name, &q.Method, &q.Path, &q.Client, &q.ErrorType, &q.ErrorMessage} {
		*s = r.string()
	}
	n, size := binary.Uvarint(r.data)
	r.data = r.data[size:]
	for range n {
		q.Sources = append(q.Sources, r.string())
	}
	q.Evicted = q.Records
}

func (r *keptReader) int() int64 {
	v, n := binary.Varint(r.data)
	r.data = r.data[n:]
	return v
}

func (r *keptReader) string() string {
	head, n := binary.Uvarint(r.data)
	raw := r.data[n : n+int(head>>2)]
	r.data = r.data[n+len(raw):]
	switch head & 3 {
	case asHex:
		return hex.EncodeToString(raw)
	case asUUID:
		s := hex.EncodeToString(raw)
		return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
	}
	return string(raw)
}
