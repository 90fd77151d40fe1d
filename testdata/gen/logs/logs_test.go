package logs

import (
	"bytes"
	"io"
	"testing"
)

// generate writes one format into memory.
func generate(t testing.TB, o Options) (map[string]*bytes.Buffer, *Truth, []Row) {
	t.Helper()
	files := map[string]*bytes.Buffer{}
	var rows []Row
	o.Row = func(r Row) error { rows = append(rows, r); return nil }
	truth, err := Write(o, func(name string) (io.Writer, error) {
		files[name] = new(bytes.Buffer)
		return files[name], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, truth, rows
}

func TestTruthAddsUp(t *testing.T) {
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			files, truth, rows := generate(t, Options{Seed: 3, Lines: 20_000, Format: format})
			lines, size, levels, needles := 0, int64(0), 0, 0
			for name, b := range files {
				lines += bytes.Count(b.Bytes(), []byte("\n"))
				size += int64(b.Len())
				needles += bytes.Count(b.Bytes(), []byte(needleWords[0]))
				if f := truth.Files[name]; f.Lines != bytes.Count(b.Bytes(), []byte("\n")) || f.Bytes != int64(b.Len()) {
					t.Errorf("%s: truth %+v", name, *f)
				}
			}
			for _, n := range truth.Levels {
				levels += n
			}
			if lines != truth.Lines || size != truth.Bytes || levels != truth.Records || len(rows) != truth.Requests || needles != truth.Needles[needleWords[0]] {
				t.Errorf("lines %d size %d levels %d rows %d needles %d, truth %+v", lines, size, levels, len(rows), needles, truth)
			}
			states := map[string]int{}
			for _, r := range rows {
				states[r.State]++
				if r.Records < 1 || len(r.Sources) == 0 {
					t.Fatalf("row %+v", r)
				}
			}
			for s, n := range truth.States {
				if states[s] != n {
					t.Errorf("%s: %d rows, truth %d", s, states[s], n)
				}
			}
		})
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	for _, format := range Formats() {
		a, _, _ := generate(t, Options{Seed: 7, Lines: 3000, Format: format})
		b, _, _ := generate(t, Options{Seed: 7, Lines: 3000, Format: format})
		c, _, _ := generate(t, Options{Seed: 8, Lines: 3000, Format: format})
		differs := false
		for name := range a {
			if !bytes.Equal(a[name].Bytes(), b[name].Bytes()) {
				t.Errorf("%s/%s: two runs differ", format, name)
			}
			differs = differs || !bytes.Equal(a[name].Bytes(), c[name].Bytes())
		}
		if !differs {
			t.Errorf("%s: another seed gave the same", format)
		}
	}
}

func BenchmarkAindo(b *testing.B) {
	n := int64(0)
	for b.Loop() {
		truth, err := Write(Options{Seed: 1, Lines: 200_000, Format: "aindo"}, func(string) (io.Writer, error) { return io.Discard, nil })
		if err != nil {
			b.Fatal(err)
		}
		n = truth.Bytes
	}
	b.SetBytes(n)
}
