package file

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"ravel/sources"
)

// Options say how files are read.
type Options struct {
	// Follow keeps reading what is appended, through rotation and truncation,
	// and lets new files of directories and globs join.
	Follow bool
	// Raw leaves UTF-16 as it is and takes binary files.
	Raw bool
	// Reread leaves read files open, so that model.Origin stays good for as
	// long as somebody holds it.
	Reread bool
	// Poll is how often a followed file is looked at where the system tells
	// nothing; 0: 250 ms. With more than 250 files it is more rarely.
	Poll time.Duration
	// Except reports files that directories and globs pass over: what ravel
	// itself writes. It is called from any goroutine; nil: none.
	Except func(fs.FileInfo) bool

	disk disk // nil: the machine's
}

// excepts reports whether a file is one to pass over.
func (o *Options) excepts(info fs.FileInfo) bool { return o.Except != nil && o.Except(info) }

// pollEach bounds what polling costs: a thousand looks a second, however many
// files are followed. Where the system tells of changes nobody waits for them.
const pollEach = time.Millisecond

// perArg is how many places one argument takes in sources.Info.Order.
const perArg = 1 << 20

// Expand makes the sources of the files, directories and globs that args name.
// Rotated siblings make one source, as do several names of one file. The
// errors say, one each, which argument gives nothing and what to do; the
// sources are good beside them. The argument "-" is left to the caller, whose
// stream's Order is OrderOf its place.
func Expand(args []string, o Options) ([]sources.Source, []error) {
	if o.Poll <= 0 {
		o.Poll = 250 * time.Millisecond
	}
	if o.disk == nil {
		o.disk = machine{}
	}
	x := &expansion{o: o, shared: newShared(), at: map[identity][]int{}}
	for i, arg := range args {
		if arg == "-" {
			continue
		}
		if err := x.add(arg, OrderOf(i)); err != nil {
			x.errs = append(x.errs, err)
		}
	}
	var srcs []sources.Source
	sets := group(x.found, o, x.shared)
	for _, s := range sets {
		s.o.Poll = max(o.Poll, time.Duration(len(sets))*pollEach)
		x.shared.know(s.parts...)
		srcs = append(srcs, s)
	}
	if o.Follow {
		for _, p := range x.places {
			srcs = append(srcs, &joiner{place: p, o: o, shared: x.shared})
		}
	}
	return srcs, x.errs
}

// OrderOf is the sources.Info.Order of what the argument at that place names.
func OrderOf(place int) int { return place * perArg }

// candidate is a file to read.
type candidate struct {
	path  string
	order int
	info  fs.FileInfo
}

// identity is what tells files apart before os.SameFile has to look: a directory
// may hold a hundred thousand.
type identity struct{ device, file uint64 }

// expansion gathers what arguments name.
type expansion struct {
	o      Options
	shared *shared
	found  []candidate
	at     map[identity][]int // where in found files of an identity are
	places []place
	errs   []error
}

// place is where further files may appear: a directory or a glob.
type place struct {
	arg   string
	order int
	list  func() ([]string, error)
}

// add finds the files of one argument.
func (x *expansion) add(arg string, order int) error {
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return x.addPlace(place{arg, order, func() ([]string, error) { return listDir(arg) }})
	case err == nil:
		x.addFile(candidate{arg, order, info})
		return nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?[{"):
		return x.addPlace(place{arg, order, func() ([]string, error) { return listGlob(arg) }})
	}
	return explain(arg, err)
}

// addPlace finds the files of a directory or glob that are there now.
func (x *expansion) addPlace(p place) error {
	paths, err := p.list()
	if err != nil {
		return err
	}
	for i, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			x.errs = append(x.errs, explain(path, err))
			continue
		}
		if x.o.excepts(info) {
			continue
		}
		x.addFile(candidate{path, p.order + min(i, perArg-1), info})
	}
	x.places = append(x.places, p)
	return nil
}

// addFile takes a file unless it is there under another name. A name of the
// file itself goes before a link to it.
func (x *expansion) addFile(c candidate) {
	id := identify(c.info)
	for _, i := range x.at[id] {
		if have := x.found[i]; os.SameFile(have.info, c.info) {
			if isLink(have.path) && !isLink(c.path) {
				x.found[i].path, c.path = c.path, have.path
			}
			x.shared.know(c.path)
			return
		}
	}
	x.at[id] = append(x.at[id], len(x.found))
	x.found = append(x.found, c)
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// listDir lists the files of a directory that may be logs, by name.
func listDir(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, explain(dir, err)
	}
	var paths []string
	subdirs := false
	for _, e := range entries {
		path := strings.TrimRight(dir, string(filepath.Separator)) + string(filepath.Separator) + e.Name()
		info, err := os.Stat(path)
		switch {
		case err != nil: // a dangling link, or gone already
		case info.IsDir():
			subdirs = true
		case info.Mode().IsRegular() && logLike(e.Name()):
			paths = append(paths, path)
		}
	}
	if len(paths) > 0 {
		return paths, nil
	}
	if subdirs {
		return nil, fmt.Errorf("%s: no log files in this directory; name one of its directories, or all with '%s'", dir, filepath.Join(dir, "**", "*.log"))
	}
	return nil, fmt.Errorf("%s: no log files in this directory; name the files to read", dir)
}

// listGlob lists the files that a pattern matches, by name.
func listGlob(pattern string) ([]string, error) {
	paths, err := doublestar.FilepathGlob(pattern, doublestar.WithFilesOnly(), doublestar.WithNoHidden())
	if err != nil {
		return nil, fmt.Errorf("%s: this pattern is wrong: %w; quote the name if it is one", pattern, err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: no file matches this pattern; check it, and quote it so that the shell leaves it alone", pattern)
	}
	slices.Sort(paths)
	return paths, nil
}

// group makes one source of each rotated set among the files found.
func group(found []candidate, o Options, sh *shared) []*set {
	type key struct{ dir, base string }
	there := map[key]bool{}
	for _, c := range found {
		if n := parseName(filepath.Base(c.path)); n.kind == current {
			there[key{filepath.Dir(c.path), n.base}] = true
		}
	}
	members := map[key][]member{}
	var keys []key
	for _, c := range found {
		dir, file := filepath.Split(c.path)
		n := parseName(file)
		if in, ok := parseInner(file); ok && n.kind == current && there[key{filepath.Dir(dir + "x"), in.base}] {
			n = in
		}
		k := key{filepath.Dir(c.path), n.base}
		if members[k] == nil {
			keys = append(keys, k)
		}
		members[k] = append(members[k], member{c, n})
	}
	var sets []*set
	for _, k := range keys {
		sets = append(sets, newSet(members[k], o, sh))
	}
	slices.SortStableFunc(sets, func(a, b *set) int { return cmp.Compare(a.order, b.order) })
	return sets
}

// member is a file with its place in a rotated set.
type member struct {
	candidate
	name name
}

// sortMembers puts the files of a rotated set in the order in which they were
// written. Numbers count back in time, unless the files' dates say that this
// program counts forward.
func sortMembers(all []member) {
	slices.SortStableFunc(all, func(a, b member) int { return older(a.name, b.name) })
	var numbered []member
	at := -1
	for i, m := range all {
		if m.name.kind == number {
			if at < 0 {
				at = i
			}
			numbered = append(numbered, m)
		}
	}
	if len(numbered) < 2 {
		return
	}
	forward := slices.IsSortedFunc(numbered, func(a, b member) int { return b.info.ModTime().Compare(a.info.ModTime()) })
	apart := numbered[0].info.ModTime().Sub(numbered[len(numbered)-1].info.ModTime())
	if forward && apart > time.Minute {
		slices.Reverse(all[at : at+len(numbered)])
	}
}
