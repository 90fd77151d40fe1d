package model

// RequestRow is a finished request in 32 bytes. It stands at the record that
// ended it; what that record's columns tell (Req, Status, the time of the end)
// is not told again. Rows live and die with the batch that holds their end.
type RequestRow struct {
	Start   int64  // ns UTC of its first stamped record, NoTime if none
	At      uint32 // number in its batch of the record that ended it
	Back    uint32 // its first record's Seq is so many before that one's
	Trace   uint32 // 1 + how many before that one its last traceback stands; 0 none
	Records uint32 // how many it has
	Dur     uint32 // logged duration in µs, NoDur if none
	Level   Level  // its worst
	State   State
	Kind    Kind
}
