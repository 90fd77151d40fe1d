package file

import (
	"io"
	"io/fs"
	"os"
	"time"
)

// disk is what reading needs of a file system. Tests put one between the
// reader and the machine's that lets a writer act between any two looks.
type disk interface {
	Open(path string) (handle, error)
	Stat(path string) (fs.FileInfo, error)
	ReadDir(dir string) ([]fs.DirEntry, error)
}

// handle is an open file.
type handle interface {
	io.ReadCloser
	reader
	SetReadDeadline(time.Time) error
}

// machine is the machine's own file system.
type machine struct{}

func (machine) Open(path string) (handle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // a nil *os.File would be no nil handle
	}
	return f, nil
}

func (machine) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

func (machine) ReadDir(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }
