package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ravel/sources"
)

// generation is a file that has the followed name or had it, with its place in
// the order in which they were written.
type generation = member

// turn looks whether the current file still has the followed name. If not, it
// is read to its end and the file that got the name after it is made current:
// not always the one that has it now, if rotations came faster than looks.
func (t *follower) turn(ctx context.Context) (bool, error) {
	now, err := t.s.o.disk.Stat(t.s.path())
	if err == nil && os.SameFile(now, t.p.info) || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	next, err := t.successor()
	if next == nil || err != nil {
		return false, err
	}
	// Whoever has opened the new file writes no more to the old one.
	left := t.p
	if err := t.drain(ctx); err != nil && !errors.Is(err, errTruncated) {
		next.close()
		return false, err
	}
	if t.p != left { // it went on in a copy: what comes after that is another question
		next.close()
		return true, nil
	}
	if next.plain() && len(t.print.head) > 0 && t.print.check(next.f) == nil {
		// What the current one is a copy of, not truncated yet.
		t.leave(t.p)
		t.p = next
		t.s.shared.hold(next.info)
		return true, nil
	}
	if next.plain() && next.begin.check(next.f) != nil {
		// Truncated since it was opened: what it began with has been read, from
		// its copy, or stands in a copy that has come since.
		next.close()
		return true, nil
	}
	t.old.close()
	t.old, t.before = nil, t.p.info
	if t.print.off > 0 { // else it may be a copy that is being made
		t.old = &straggler{p: t.p, print: t.print, until: time.Now().Add(stragglerTime)}
	} else {
		t.leave(t.p)
	}
	t.take(next)
	t.s.stream.Next(t.s.info(next.path))
	return true, nil
}

// truncated looks for the copy that a truncation has left. If there is one,
// reading goes on in it where it stopped in the file; else the file is read
// from its beginning.
func (t *follower) truncated() {
	gone := t.p
	t.p = nil
	if len(t.print.head) > 0 {
		if c := t.copied(); c != nil {
			t.leave(gone)
			t.p = c
			t.s.shared.hold(c.info)
			if !c.plain() {
				t.print = take(c.f, 0)
			}
			return
		}
		t.sink.Report(sources.Event{Source: t.s.path(), Kind: sources.Note, Text: "was truncated and no copy is beside it: what was written last before may be missing"})
	}
	t.leave(gone)
	t.s.stream.Next(t.s.info(t.s.path()))
}

// tries is how often a directory is listed anew because it changed meanwhile.
const tries = 20

// moved reports whether what was read last may be of another generation: a file
// that holds little has a beginning that tells little. If copies were made
// since it was opened, reading goes on in the one that came right after the
// generation before.
func (t *follower) moved() bool {
	if len(t.print.head) == printBytes || t.p.path != t.s.path() {
		return false
	}
	for range tries {
		all := t.generations()
		p := t.missed(all)
		if !slices.EqualFunc(all, t.generations(), sameGeneration) {
			if p != nil {
				p.close()
			}
			continue
		}
		if p == nil {
			return false
		}
		t.leave(t.p)
		t.p = p
		t.s.shared.hold(p.info)
		return true
	}
	return false
}

// missed opens the copy that came right after the generation before, if it
// begins as what has been read; nil if there is none.
func (t *follower) missed(all []generation) *part {
	at := -1
	if t.before != nil {
		at = slices.IndexFunc(all, func(g generation) bool { return os.SameFile(g.info, t.before) })
		if at < 0 {
			return nil
		}
	}
	if at+1 >= len(all)-1 || !os.SameFile(all[len(all)-1].info, t.p.info) {
		return nil // no copy, or not the file that copies are made of
	}
	p, err := open(t.s.o, all[at+1].path)
	if err != nil {
		return nil
	}
	if !os.SameFile(p.info, all[at+1].info) || !p.plain() || t.print.check(p.f) != nil {
		p.close()
		return nil
	}
	return p
}

// copied opens the newest sibling that holds what has been read, to go on
// behind that; nil if there is none.
func (t *follower) copied() *part {
	for range tries {
		all := t.generations()
		if p := t.copiedTo(all); p != nil {
			return p
		}
		if slices.EqualFunc(all, t.generations(), sameGeneration) {
			return nil
		}
	}
	return nil
}

func (t *follower) copiedTo(all []generation) *part {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].name.kind == current {
			continue
		}
		p, err := open(t.s.o, all[i].path)
		if err != nil {
			continue // no text, or gone: not the copy
		}
		if rest, ok := t.print.rest(p); ok {
			p.text = rest
			return p
		}
		p.close()
	}
	return nil
}

// successor opens the file that came after the current one, nil if there is
// none yet.
func (t *follower) successor() (*part, error) {
	for range tries {
		all := t.generations()
		g, ok := t.after(all)
		if !ok {
			return nil, nil
		}
		p, err := open(t.s.o, g.path)
		if err != nil {
			if errors.Is(err, errBinary) && g.name.kind != current {
				t.sink.Report(sources.Event{Source: g.path, Kind: sources.Note, Text: err.Error()})
				return nil, nil
			}
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return nil, err
		}
		// A rotation may have moved the names between listing and opening, and
		// may truncate p before its first byte is read: so note its beginning.
		p.begin = take(p.f, 0)
		// A copy that was empty when it was listed may hold all by then.
		again := t.generations()
		if same, ok := t.after(again); ok && os.SameFile(p.info, same.info) && slices.EqualFunc(all, again, sameGeneration) {
			return p, nil
		}
		p.close()
	}
	return nil, nil // the next look will find it
}

func sameGeneration(a, b generation) bool { return a.path == b.path && os.SameFile(a.info, b.info) }

// after finds the generation to read after the current file.
func (t *follower) after(all []generation) (generation, bool) {
	at := slices.IndexFunc(all, func(g generation) bool { return os.SameFile(g.info, t.p.info) })
	if at < 0 {
		at = slices.IndexFunc(all, t.copyOf)
	}
	if at < 0 { // deleted: what came between is unknown, those that are there have been read
		if at = len(all) - 2; at < -1 || all[at+1].name.kind != current {
			return generation{}, false
		}
	}
	for _, g := range all[max(at+1, 0):] {
		switch empty := g.info.Mode().IsRegular() && g.info.Size() == 0; {
		case at >= 0 && g.name == all[at].name:
			continue // being compressed: both are there
		case empty && g.name.kind == current:
			return g, false // made by the rotation; the program still writes to the old one
		case empty:
			continue // a copy that is being made: what it is made from is there too
		}
		if g.name.kind != current && g.info.ModTime().Before(t.opened.Add(-time.Minute)) {
			continue // older, whatever its name says
		}
		return g, true
	}
	return generation{}, false
}

// copyOf reports whether g holds what the current file held.
func (t *follower) copyOf(g generation) bool {
	if len(t.print.head) == 0 || g.name.kind == current || !t.p.plain() {
		return false
	}
	p, err := open(t.s.o, g.path)
	if err != nil {
		return false
	}
	defer p.close()
	_, ok := t.print.rest(p)
	return ok
}

// generations lists the files that had the followed name, oldest first, and
// last the one that has it.
func (t *follower) generations() []generation {
	dir, base := filepath.Split(t.s.path())
	var found []generation
	for _, file := range t.rotatedNames(base) {
		info, err := t.s.o.disk.Stat(dir + file.path)
		if err == nil && info.Mode().IsRegular() {
			found = append(found, generation{candidate{dir + file.path, t.s.order, info}, file.name})
		}
	}
	slices.SortStableFunc(found, func(a, b generation) int { return older(a.name, b.name) })
	if info, err := t.s.o.disk.Stat(t.s.path()); err == nil {
		found = append(found, generation{candidate{t.s.path(), t.s.order, info}, name{base: base, kind: current}})
	}
	return found
}

// rotatedNames are the names in the directory that belong to rotated files of
// base.
func (t *follower) rotatedNames(base string) []generation {
	if !t.s.based {
		return nil
	}
	entries, err := t.s.shared.list(t.s.o.disk, filepath.Dir(t.s.path()))
	if err != nil {
		return nil
	}
	var found []generation
	for _, e := range beginning(entries, stem(base)) {
		n := parseName(e.Name())
		if n.kind == current {
			n, _ = parseInner(e.Name())
		}
		if n.base == base && n.kind != current {
			found = append(found, generation{candidate{path: e.Name()}, n})
		}
	}
	return found
}
