//go:build !unix

package file

import "io/fs"

// identify tells no file from another: os.SameFile has to.
func identify(fs.FileInfo) identity { return identity{} }
