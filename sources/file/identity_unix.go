//go:build unix

package file

import (
	"io/fs"
	"syscall"
)

// identify is the same for all names of one file.
func identify(info fs.FileInfo) identity {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return identity{uint64(st.Dev), uint64(st.Ino)}
	}
	return identity{}
}
