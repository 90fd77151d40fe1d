package file

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
)

// scarce is a disk of which only a few files may be open at a time.
type scarce struct {
	machine
	few  int32
	open atomic.Int32
}

func (d *scarce) Open(path string) (handle, error) {
	if d.open.Add(1) > d.few {
		d.open.Add(-1)
		return nil, syscall.EMFILE
	}
	f, err := d.machine.Open(path)
	if err != nil {
		return nil, err
	}
	return &scarceFile{f, d}, nil
}

type scarceFile struct {
	handle
	d *scarce
}

func (f *scarceFile) Close() error {
	f.d.open.Add(-1)
	return f.handle.Close()
}

// TestManySmallFiles: more files than may be open are all read, and none stays
// open, also where large ones would.
func TestManySmallFiles(t *testing.T) {
	dir := t.TempDir()
	const files = 300
	for i := range files {
		put(t, dir, fmt.Sprintf("%03d.log", i), fmt.Sprintf("line of %d\n", i))
	}
	synctest.Test(t, func(t *testing.T) {
		d := &scarce{few: 3}
		sink, errs := readAll(t, Options{Reread: true, disk: d}, filepath.Join(dir, "*.log"))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		if n := len(sink.Streams()); n != files {
			t.Errorf("%d streams, want %d", n, files)
		}
		for _, st := range sink.Streams() {
			if len(st.Files) != 1 || st.Files[0].Text() == "" {
				t.Errorf("%v is empty", st.Files)
			}
		}
		if n := d.open.Load(); n != 0 {
			t.Errorf("%d files are still open", n)
		}
	})
}
