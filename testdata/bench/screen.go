package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"
)

// firstScreen is the least time from starting the explorer on a file until the
// file's last record stands on the screen.
func (l *lab) firstScreen(path string) (float64, error) {
	text, err := lastStamp(path)
	if err != nil {
		return 0, err
	}
	var times []float64
	for range max(2*l.runs, 10) {
		t, err := start(80, 24, false, l.ravel, path)
		if err != nil {
			return 0, err
		}
		at, err := t.wait(text)
		t.end()
		if err != nil {
			return 0, err
		}
		times = append(times, 1000*at.Sub(t.begun).Seconds())
	}
	slices.Sort(times)
	l.note("median %.1f, max %.1f ms of %d", median(times), times[len(times)-1], len(times))
	return times[0], nil
}

// lastStamp is the minute and second of the last record: what a row
// of the end shows.
func lastStamp(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return "", err
	}
	tail := make([]byte, min(size, 64<<10))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return "", err
	}
	at := bytes.LastIndex(tail, []byte("\n20")) // a record's first line; none of the file's is longer
	if at < 0 || len(tail) < at+24 {
		return "", fmt.Errorf("%s does not end in a record of format 1", path)
	}
	return string(tail[at+15 : at+20]), nil
}

// keyEvery is how often a key is pressed, at a random moment of that span.
const keyEvery = 50 * time.Millisecond

// echo presses n letters in the search prompt, each one that no log holds, and
// returns how long each took to stand on the screen.
func (t *terminal) echo(n int) ([]float64, error) {
	if err := t.press("/"); err != nil {
		return nil, err
	}
	time.Sleep(2 * keyEvery)
	var took []float64
	for i := range n {
		if i > 0 && i%20 == 0 {
			if err := t.press("\x15"); err != nil { // an empty prompt again
				return nil, err
			}
			time.Sleep(keyEvery)
		}
		d, err := t.answer(string(rune('а'+i%32)), string(rune('а'+i%32)))
		if err != nil {
			return nil, err
		}
		took = append(took, 1000*d.Seconds())
		time.Sleep(keyEvery/2 + time.Duration(rand.Int64N(int64(keyEvery))))
	}
	slices.Sort(took)
	return took, t.press("\x1b")
}

// keys notes how the keys were answered and returns their 99th percentile.
func (l *lab) keys(took []float64, err error) (float64, error) {
	if err != nil {
		return 0, err
	}
	n := len(took)
	l.note("p50 %.1f, max %.1f ms of %d keys", took[n/2], took[n-1], n)
	return took[min(n*99/100, n-1)], nil
}

// keysAtRest are keys on a file that has been loaded.
func (l *lab) keysAtRest() (float64, error) {
	t, err := l.loaded(80, 24)
	if err != nil {
		return 0, err
	}
	defer t.end()
	return l.keys(t.echo(200))
}

// keysLoading are keys while a file is being read, in as many processes as it
// takes.
func (l *lab) keysLoading() (float64, error) {
	var all []float64
	for len(all) < 200 {
		t, err := start(80, 24, false, l.ravel, l.text.path)
		if err != nil {
			return 0, err
		}
		time.Sleep(200 * time.Millisecond)
		took, err := t.echo(20)
		t.end()
		if err != nil {
			return 0, err
		}
		all = append(all, took...)
	}
	slices.Sort(all)
	return l.keys(all, nil)
}

// loaded starts the explorer on the text file and waits until it has read it
// and has nothing more to draw.
func (l *lab) loaded(cols, rows uint16, flags ...string) (*terminal, error) {
	t, err := start(cols, rows, false, append(append([]string{l.ravel}, flags...), l.text.path)...)
	if err != nil {
		return nil, err
	}
	time.Sleep(time.Second)
	return t, t.rest()
}

// rest waits until nothing has been written for two seconds.
func (t *terminal) rest() error {
	for begun := time.Now(); time.Since(begun) < patience; {
		had := t.bytes()
		time.Sleep(2 * time.Second)
		if t.bytes() == had {
			return nil
		}
	}
	return fmt.Errorf("the screen does not come to rest: %s", t.last())
}

// atRest is the share of a core in percent that the explorer takes on a loaded
// file while nothing happens; a byte written is an error.
func (l *lab) atRest() (float64, error) {
	t, err := l.loaded(160, 50, "--no-follow") // else the clocks of requests in flight run on
	if err != nil {
		return 0, err
	}
	defer t.end()
	time.Sleep(6 * time.Second) // the rate of the last seconds has left the header
	t.mark()
	had, err := t.cpu()
	if err != nil {
		return 0, err
	}
	const span = 10 * time.Second
	wrote := t.bytes()
	time.Sleep(span)
	now, err := t.cpu()
	if n := t.bytes() - wrote; n > 0 {
		l.note("%d bytes written in %v: %s", n, span, t.last())
	}
	return 100 * (now - had).Seconds() / span.Seconds(), err
}

// feed writes lines of the text file to w, so many a second in steps of step,
// until it has written n; 0 a second: as fast as w takes them.
func (l *lab) feed(w io.Writer, perSecond, n int, step time.Duration) error {
	f, err := os.Open(l.text.path)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, 64<<20)
	if k, err := io.ReadFull(f, buf); err != nil && k == 0 {
		return err
	}
	buf = buf[:bytes.LastIndexByte(buf, '\n')+1]
	rest := buf
	next := time.Now()
	for sent := 0; sent < n; {
		k, lines := 0, int(float64(perSecond)*step.Seconds())
		for i := 0; i < lines && k < len(rest); i++ {
			k += bytes.IndexByte(rest[k:], '\n') + 1
			sent++
		}
		if _, err := w.Write(rest[:k]); err != nil {
			return err
		}
		if rest = rest[k:]; len(rest) == 0 {
			rest = buf
		}
		next = next.Add(step)
		time.Sleep(time.Until(next))
	}
	return nil
}

// following runs during while the explorer follows a pipe of so many lines a
// second.
func (l *lab) following(env []string, perSecond int, seconds time.Duration, during func(*terminal) error) error {
	t, err := startIn(env, 80, 24, true, l.ravel)
	if err != nil {
		return err
	}
	defer t.end()
	fed := make(chan error, 1)
	n := int(float64(perSecond) * seconds.Seconds())
	go func() { fed <- l.feed(t.stdin, perSecond, n, 10*time.Millisecond) }()
	if _, err := t.wait("FOLLOW"); err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	if err := during(t); err != nil {
		return err
	}
	t.end()
	if err := <-fed; err != nil && !strings.Contains(err.Error(), "closed") && !strings.Contains(err.Error(), "broken pipe") {
		return err
	}
	return nil
}

// keysFollowing are keys while lines come.
func (l *lab) keysFollowing() (p99 float64, err error) {
	err = l.following(nil, 100_000, 40*time.Second, func(t *terminal) error {
		p99, err = l.keys(t.echo(200))
		return err
	})
	return p99, err
}

// followingCost is the share of a core in percent that lines cost.
func (l *lab) followingCost() (share float64, err error) {
	err = l.following(nil, 500_000, 20*time.Second, func(t *terminal) error {
		had, err := t.cpu()
		if err != nil {
			return err
		}
		const span = 8 * time.Second
		time.Sleep(span)
		now, err := t.cpu()
		share = 100 * (now - had).Seconds() / span.Seconds()
		return err
	})
	return share, err
}

// followingBytes are the bytes a second that the terminal gets.
func (l *lab) followingBytes() (rate float64, err error) {
	err = l.following([]string{"SSH_TTY=/dev/pts/0"}, 1000, 20*time.Second, func(t *terminal) error {
		const span = 10 * time.Second
		had := t.bytes()
		time.Sleep(span)
		rate = float64(t.bytes()-had) / 1000 / span.Seconds()
		return nil
	})
	return rate, err
}

// fastPipe is how many million lines a second the explorer takes from a pipe;
// that none is missing is checked on the screen's count.
func (l *lab) fastPipe() (float64, error) {
	t, err := start(160, 50, true, l.ravel, "--buffer", "3GiB")
	if err != nil {
		return 0, err
	}
	defer t.end()
	if _, err := t.wait("everything"); err != nil {
		return 0, err
	}
	f, err := os.Open(l.text.path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	last, err := lastStamp(l.text.path)
	if err != nil {
		return 0, err
	}
	t.mark()
	begun := time.Now()
	if _, err := io.Copy(t.stdin, f); err != nil {
		return 0, err
	}
	at, err := t.drawn(last)
	if err != nil {
		return 0, err
	}
	return float64(l.lines) / 1e6 / at.Sub(begun).Seconds(), nil
}
