package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"ravel/model"
	"ravel/parse/lifecycle"
)

// formatFile is a format as a TOML file has it; docs/formats.md describes the
// keys to users.
type formatFile struct {
	Name      string            `toml:"name"`
	Title     string            `toml:"title"`
	Pattern   string            `toml:"pattern"`
	Time      []string          `toml:"time"`      // Go layouts of the group ts; none: any that ravel knows
	Levels    map[string]string `toml:"levels"`    // spelling -> level
	Level     string            `toml:"level"`     // where the group says nothing
	Domain    string            `toml:"domain"`    // where the group says nothing
	Continues *bool             `toml:"continues"` // lines that match nothing belong to the record above; default: the pattern has a stamp
	Loose     bool              `toml:"loose"`     // text that continues a stamped record may look so: a line of it does
	Second    string            `toml:"second"`    // a line right after the first that still belongs to the head
	Access    bool              `toml:"access"`    // each record is a request
	Lifecycle []lifecycleFile   `toml:"lifecycle"`
	Sample    []sampleFile      `toml:"sample"`
}

type lifecycleFile struct {
	Message string `toml:"message"`
	Kind    string `toml:"kind"`
	Event   string `toml:"event"`
	Pair    string `toml:"pair"`
	Name    string `toml:"name"`
}

type sampleFile struct {
	Line    string            `toml:"line"`
	Time    string            `toml:"ts"`
	Level   string            `toml:"level"`
	Domain  string            `toml:"domain"`
	Message *string           `toml:"message"`
	Fields  map[string]string `toml:"fields"`
}

// recipe is a format's file, made ready: what to take from a line that its
// expression matches.
type recipe struct {
	about   Format
	expr    *expression
	groups  []part
	layouts []string
	levels  map[string]model.Level
	level   model.Level
	domain  []byte
	stamped bool
	fit     fit // how surely a line that matches begins a record
	second  *regexp.Regexp
	table   *lifecycle.Table
}

// part says what one group of a pattern is.
type part struct {
	index int
	what  groupRole
	name  string
}

type groupRole uint8

const (
	groupField groupRole = iota
	groupStamp
	groupSeverity
	groupLogger
	groupMessage
	groupRequest
	groupCorrelation
	groupPath
	groupStatus
	groupPairList
)

var groupRoles = map[string]groupRole{
	"ts": groupStamp, "time": groupStamp, "timestamp": groupStamp, "level": groupSeverity, "domain": groupLogger, "logger": groupLogger,
	"message": groupMessage, "msg": groupMessage, "request_id": groupRequest, "correlation_id": groupCorrelation,
	"path": groupPath, "status": groupStatus, "pairs": groupPairList,
}

// keyError is an error in one key of a format's file.
type keyError struct {
	file, key, what string
}

func (e *keyError) Error() string { return fmt.Sprintf("%s: %s: %s", e.file, e.key, e.what) }

// readFormat reads one format's file.
func readFormat(file string, data []byte) (*formatFile, error) {
	var f formatFile
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) && len(strict.Errors) > 0 {
			row, _ := strict.Errors[0].Position()
			key := strings.Join(strict.Errors[0].Key(), ".")
			return nil, &keyError{file, key, fmt.Sprintf("line %d: no such key; known are name, title, pattern, time, levels, level, domain, continues, loose, second, access, lifecycle, sample", row)}
		}
		var syn *toml.DecodeError
		if errors.As(err, &syn) {
			row, col := syn.Position()
			return nil, &keyError{file, fmt.Sprintf("line %d, column %d", row, col), syn.Error() + "; see https://toml.io for how values are written"}
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &f, nil
}

// compile checks a format's file and makes a recipe of it.
func (f *formatFile) compile(file string, isBuiltin bool) (*recipe, error) {
	bad := func(key, what string, args ...any) (*recipe, error) {
		return nil, &keyError{file, key, fmt.Sprintf(what, args...)}
	}
	if f.Name == "" {
		return bad("name", `is missing; write name = "…", the word for --format and the output of formats list`)
	}
	if f.Pattern == "" {
		return bad("pattern", `is missing; write pattern = '^(?P<ts>\S+) (?P<level>\w+) (?P<message>.*)$'`)
	}
	expr, err := newExpression(strings.TrimSuffix(strings.TrimPrefix(f.Pattern, "^"), "$"))
	if err != nil {
		return bad("pattern", "%s; the syntax is RE2, without lookahead and backreferences", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	p := &recipe{about: f.about(file, isBuiltin), expr: expr, layouts: f.Time, domain: []byte(f.Domain), fit: strong}
	if f.Loose {
		p.fit = weak
	}
	for i, name := range expr.parsed.CapNames() {
		if name == "" {
			continue
		}
		name = strings.TrimRight(name, "0123456789") // alternatives may each have their level
		g := part{index: i, what: groupRoles[name], name: name}
		p.stamped = p.stamped || g.what == groupStamp
		p.groups = append(p.groups, g)
	}
	if len(p.groups) == 0 {
		return bad("pattern", "has no named group, so nothing would be taken from a line; name one with (?P<message>…)")
	}
	if f.Continues != nil {
		p.stamped = *f.Continues
	}
	for _, layout := range f.Time {
		if _, err := time.Parse(layout, time.Unix(0, 0).UTC().Format(layout)); err != nil || !strings.ContainsAny(layout, "0123456789") {
			return bad("time", "%q is no layout; write the reference time 2006-01-02 15:04:05 in the log's own way", layout)
		}
	}
	if err := f.compileLevels(p); err != nil {
		return bad("levels", "%v", err)
	}
	if f.Second != "" {
		if p.second, err = regexp.Compile(f.Second); err != nil {
			return bad("second", "%v", err)
		}
	}
	if err := f.compileLifecycle(p); err != nil {
		return bad("lifecycle", "%v", err)
	}
	return p, nil
}

// about is what `ravel formats` tells of the format.
func (f *formatFile) about(file string, isBuiltin bool) Format {
	about := Format{Name: f.Name, Title: f.Title, Builtin: isBuiltin, Pattern: f.Pattern}
	if !isBuiltin {
		about.File = file
	}
	for _, s := range f.Sample {
		about.Samples = append(about.Samples, Sample(s))
	}
	return about
}

func (f *formatFile) compileLevels(p *recipe) error {
	p.levels = map[string]model.Level{}
	for word, name := range f.Levels {
		l, ok := model.ParseLevel(name)
		if !ok {
			return fmt.Errorf("%q is no level; write one of trace, debug, info, notice, warning, error, critical", name)
		}
		p.levels[word] = l
	}
	if f.Level != "" {
		l, ok := model.ParseLevel(f.Level)
		if !ok {
			return fmt.Errorf("level = %q is no level; write one of trace, debug, info, notice, warning, error, critical", f.Level)
		}
		p.level = l
	}
	return nil
}

var kindWords = map[string]model.Kind{
	"": model.KindHTTP, "http": model.KindHTTP, "task": model.KindTask, "job": model.KindJob, "span": model.KindSpan,
}

var eventWords = map[string]model.Event{
	"start": model.Started, "end": model.Ended, "fail": model.EndedFailed, "whole": model.Whole, "step": model.Step,
}

func (f *formatFile) compileLifecycle(p *recipe) error {
	if len(f.Lifecycle) == 0 {
		return nil
	}
	var rules []lifecycle.Rule
	for i, l := range f.Lifecycle {
		kind, ok := kindWords[l.Kind]
		if !ok {
			return fmt.Errorf("%d: kind = %q; write http, task, job or span", i+1, l.Kind)
		}
		event, ok := eventWords[l.Event]
		if !ok {
			return fmt.Errorf("%d: event = %q; write start, end, fail, step or whole", i+1, l.Event)
		}
		rules = append(rules, lifecycle.Rule{Pattern: l.Message, Kind: kind, Event: event, Pair: l.Pair, Name: l.Name})
	}
	var err error
	p.table, err = lifecycle.Compile(rules)
	return err
}

// readRecipes reads the *.toml of a folder, by name.
func readRecipes(fsys fs.FS, dir string, isBuiltin bool) ([]*recipe, error) {
	names, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var all []*recipe
	for _, name := range names {
		r, err := readRecipe(fsys, name, filepath.Join(dir, name), isBuiltin)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// readRecipe reads the file name of fsys, which is called file in errors.
func readRecipe(fsys fs.FS, name, file string, isBuiltin bool) (*recipe, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read format %s: %w", file, err)
	}
	f, err := readFormat(file, data)
	if err != nil {
		return nil, err
	}
	return f.compile(file, isBuiltin)
}

// Load returns the built-in formats with those of dir/*.toml tried before
// them; one with the name of a built-in format takes its place. A missing dir
// holds none. An error names the file, the key and the mend.
func Load(dir string) (*Set, error) {
	if _, err := os.Stat(dir); dir == "" || errors.Is(err, fs.ErrNotExist) {
		return Builtin(), nil
	}
	user, err := readRecipes(os.DirFS(dir), dir, false)
	if err != nil || len(user) == 0 {
		return Builtin(), err
	}
	if len(user) > maxFormats-len(Builtin().formats) {
		return Builtin(), fmt.Errorf("%s: %d formats are too many; %d fit", dir, len(user), maxFormats-len(Builtin().formats))
	}
	return assemble(user)
}
