package parse

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"ravel/model"
)

// feed appends text to the batch and parses it as a live stream does.
func feed(p *Parser, b *model.Batch, from uint32, text string) uint32 {
	b.Buf = append(b.Buf, text...)
	return p.Parse(b, from, false)
}

func TestIdleClosesWhatWaits(t *testing.T) {
	names := model.NewNames()
	p := New(Options{Names: names, Domain: "app", Live: true})
	b := &model.Batch{}
	from := feed(p, b, 0, "2026-01-01 10:00:00 ERROR a\n  b\n2026-01-01 10:0")
	if b.Len() != 0 {
		t.Fatal("a record that may go on was given out")
	}
	from = p.Idle(b, from)
	if b.Len() != 1 || string(b.Raw(0)) != "2026-01-01 10:00:00 ERROR a\n  b\n" {
		t.Fatalf("idle gave %d records", b.Len())
	}
	if rest := string(b.Buf[from:]); rest != "2026-01-01 10:0" {
		t.Fatalf("held back is %q", rest)
	}
	from = feed(p, b, from, "0:01 INFO c\n")
	from = p.Idle(b, from)
	from = feed(p, b, from, "  late\n")
	from = p.Idle(b, from)
	if b.Len() != 3 || b.Flags[1]&model.Continued != 0 || b.Flags[2]&model.Continued == 0 {
		t.Fatalf("%d records, flags %x: the third continues", b.Len(), b.Flags)
	}
	if int(from) != len(b.Buf) {
		t.Errorf("%d bytes are held back", len(b.Buf)-int(from))
	}
	if p.Idle(b, from) != from || b.Len() != 3 {
		t.Error("idle again gave more")
	}
	var r model.Record
	NewDecoder(nil, names, nil).Decode(b, 2, &r)
	if r.Message != "  late" || r.Line != 4 {
		t.Errorf("the continuation is %q of line %d", r.Message, r.Line)
	}
}

func TestIdleWithinAnObject(t *testing.T) {
	p := New(Options{Names: model.NewNames(), Live: true})
	b := &model.Batch{}
	from := feed(p, b, 0, "{\n  \"level\": \"info\",\n")
	if b.Len() != 0 {
		t.Fatal("half an object was given out")
	}
	if from = p.Idle(b, from); b.Len() != 2 {
		t.Fatalf("%d records of two lines", b.Len())
	}
	from = feed(p, b, from, "  \"message\": \"m\"\n}\n")
	p.Idle(b, from)
	var all []byte
	for i := range b.Len() {
		all = append(all, b.Raw(i)...)
	}
	if !bytes.Equal(all, b.Buf) {
		t.Errorf("records hold %q", all)
	}
}

func TestLinesPastTheCap(t *testing.T) {
	names := model.NewNames()
	long := strings.Repeat("x", 250)
	input := "2026-01-01 10:00:00 INFO a\n" + long + "\n2026-01-01 10:00:01 INFO b\n"
	o := Options{Names: names, MaxRecord: 100, MaxLines: 3}
	checkLossless(t, []byte(input), o, 1)
	b := &model.Batch{Buf: []byte(input)}
	p := New(o)
	p.Parse(b, 0, true)
	if n := b.Len(); n != 4 {
		t.Fatalf("%d records", n)
	}
	if b.Flags[0]&model.Cut == 0 || b.Flags[1]&model.Continued == 0 || b.Flags[3]&(model.Cut|model.Continued) != 0 {
		t.Errorf("flags are %x", b.Flags)
	}
	if b.Line[1] != 2 || b.Line[2] != 2 || b.Line[3] != 3 {
		t.Errorf("lines are %v", b.Line)
	}
	many := "2026-01-01 10:00:00 ERROR a\n" + strings.Repeat("  more\n", 7)
	b = &model.Batch{Buf: []byte(many)}
	New(o).Parse(b, 0, true)
	if b.Len() != 3 || b.Flags[1]&model.Continued == 0 || b.Time[2] != b.Time[0] || b.Level[1] != model.LevelNone {
		t.Errorf("%d records, flags %x, levels %v", b.Len(), b.Flags, b.Level)
	}
}

func TestEndlessLineIsNotHeldBack(t *testing.T) {
	p := New(Options{Names: model.NewNames(), MaxRecord: 1000})
	b := &model.Batch{Buf: bytes.Repeat([]byte("x"), 10_500)}
	next := p.Parse(b, 0, false)
	if len(b.Buf)-int(next) > 1000 {
		t.Errorf("%d bytes are held back of a line without end", len(b.Buf)-int(next))
	}
}

func TestBatchIsNeverOverfull(t *testing.T) {
	names := model.NewNames()
	p := New(Options{Names: names})
	input := bytes.Repeat([]byte("{\"a\":1}\n"), 100_000)
	total := 0
	for len(input) > 0 {
		b := &model.Batch{Buf: input}
		n := p.Parse(b, 0, true)
		if b.Len() > MaxRecords {
			t.Fatalf("a batch has %d records", b.Len())
		}
		if n == 0 {
			t.Fatal("no progress")
		}
		total += b.Len()
		input = input[n:]
	}
	if total != 100_000 {
		t.Errorf("%d records", total)
	}
}

func TestForcedFormat(t *testing.T) {
	r := parsed(t, Options{Force: "logfmt"}, "level=info msg=a\n2026-01-01 10:00:00 INFO b\n{\"level\":\"info\",\"message\":\"c\"}\n")
	for i, want := range []string{"1+1 - INFO a", "2+1 - none 2026-01-01 10:00:00 INFO b", `3+1 - none {"level":"info","message":"c"}`} {
		if got := short(&r[i]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSilentStreamDoesNotHoldTheOthersBack(t *testing.T) {
	p := New(Options{Names: model.NewNames()})
	b := &model.Batch{}
	text := "2026-07-01T10:00:00.000000001Z stderr F 2026-07-01 10:00:00 ERROR waits\n"
	for i := range 6 {
		text += "2026-07-01T10:00:0" + itoa(i) + ".500000001Z stdout F 2026-07-01 10:00:00 INFO goes on\n"
	}
	feed(p, b, 0, text)
	if b.Len() < 3 {
		t.Errorf("%d records are given out while one stream is silent", b.Len())
	}
}

func TestIdleWaitsForTheRestOfALine(t *testing.T) {
	names := model.NewNames()
	p := New(Options{Names: names, Live: true})
	b := &model.Batch{}
	from := feed(p, b, 0, "2026-07-01T10:00:00.000000001Z stdout P half \n")
	if from = p.Idle(b, from); b.Len() != 0 {
		t.Fatal("half a line was given out")
	}
	from = feed(p, b, from, "2026-07-01T10:00:00.000000002Z stdout F a line\n")
	p.Idle(b, from)
	var r model.Record
	NewDecoder(nil, names, nil).Decode(b, 0, &r)
	if b.Len() != 1 || r.Message != "half a line" || r.Lines != 2 {
		t.Errorf("%d records, %q of %d lines", b.Len(), r.Message, r.Lines)
	}
}

// TestFollowedClock reads stamps without a year and without a date from a stream
// that is followed for days: they are those of the time at hand.
func TestFollowedClock(t *testing.T) {
	const day = 24 * time.Hour
	begun := time.Date(2026, 12, 20, 10, 0, 0, 0, time.UTC)
	read := func(lines ...string) []time.Time {
		p := New(Options{Names: model.NewNames(), Live: true, Newest: begun.UnixNano()})
		b := &model.Batch{}
		from, now := uint32(0), begun
		for _, line := range lines {
			if len(line) > 0 {
				from = p.Idle(b, feed(p, b, from, line+"\n"))
			}
			now = now.Add(day)
			p.Now(now.UnixNano())
		}
		var got []time.Time
		for _, ns := range b.Time {
			got = append(got, time.Unix(0, ns).UTC())
		}
		return got
	}
	for i, at := range read("10:00:00.000 INFO a.b - x", "08:00:00.000 INFO a.b - x", "08:00:00.000 INFO a.b - x", "09:00:00.000 INFO a.b - x", "08:30:00.000 INFO a.b - x") {
		if at.Day() != 20+i {
			t.Errorf("day %d is of %v", i, at)
		}
	}
	silent := make([]string, 14)
	silent[0], silent[13] = "Dec 20 10:00:00 host1 sshd[1]: x", "Jan  2 08:00:00 host1 sshd[1]: x"
	if got := read(silent...); got[1] != time.Date(2027, 1, 2, 8, 0, 0, 0, time.UTC) {
		t.Errorf("the new year is %v", got)
	}
}
