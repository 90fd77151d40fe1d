package ingest

// CaughtUp reports whether what the sources held has been read: every source
// has opened its streams, and every stream has ended or waits for more.
func (in *Ingest) CaughtUp() bool {
	if in.waiting.Load() > 0 {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, s := range in.streams {
		if !s.caught.Load() && !s.isClosed() {
			return false
		}
	}
	return true
}

// Backlog is how many bytes of files have been found to read so far: what the
// progress of loading is measured against.
func (in *Ingest) Backlog() int64 { return in.backlog.Load() }
