package cli

import (
	"strings"
	"time"
	_ "time/tzdata" // zones by name on hosts without a database (rule 6)

	"github.com/spf13/cobra"

	"ravel/model"
	"ravel/model/query"
	"ravel/model/redact"
	"ravel/output"
	"ravel/parse"
	"ravel/theme"
)

// settings are the flags, checked and made ready.
type settings struct {
	flags
	conf    config
	again   reopen
	print   bool // print instead of exploring
	format  output.Format
	query   *query.Query
	zone    *time.Location // shown
	source  *time.Location // of stamps that name none; nil: as the source says
	since   *moment
	until   *moment
	buffer  int64
	redact  *redact.Redactor // nil: nothing is masked
	formats *parse.Set
	now     time.Time
}

// settings checks every flag before anything is read, so that a mistake costs
// nothing.
func (a *app) settings(cmd *cobra.Command) (*settings, error) {
	conf, err := a.configure(cmd)
	if err != nil {
		return nil, err
	}
	s := &settings{flags: a.flags, conf: conf, again: reopen{cmd, cmd.Flags().Args()}, now: time.Now(), buffer: defaultBuffer()}
	if s.zone, err = loadZone("timezone", s.flags.zone); err != nil {
		return nil, err
	}
	if s.flags.sourceZone != "" {
		if s.source, err = loadZone("source-timezone", s.flags.sourceZone); err != nil {
			return nil, err
		}
	}
	for _, step := range []func() error{
		func() error { return s.readOutput(terminal(a.stdio.Out)) },
		s.readQuery, s.readWindow, s.readRedact, s.readChoices,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if s.flags.buffer != "" {
		if s.buffer, err = parseSize(s.flags.buffer); err != nil {
			return nil, err
		}
	}
	if s.formats, err = a.formats(); err != nil {
		return nil, err
	}
	if name := s.flags.format; name != "" {
		if _, ok := s.formats.Format(name); !ok {
			return nil, usagef("unknown format %q: `ravel formats list` names them", name)
		}
	}
	return s, nil
}

// loadZone finds a time zone by name; "" is the host's.
func loadZone(flag, name string) (*time.Location, error) {
	switch strings.ToLower(name) {
	case "", "local":
		if name, offset := time.Now().Zone(); offset == 0 && name == "UTC" {
			return time.UTC, nil // so that it is called by its name
		}
		return time.Local, nil
	case "utc", "z":
		return time.UTC, nil
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone, nil
	}
	if t, err := time.Parse("-07:00", name); err == nil {
		return t.Location(), nil
	}
	return nil, usagef("--%s: unknown time zone %q: use UTC, Local, +02:00 or a name such as Europe/Rome", flag, name)
}

// readOutput settles whether and how to print.
func (s *settings) readOutput(onTerminal bool) error {
	s.print = s.output != "" || !onTerminal
	if s.output == "" {
		return nil
	}
	f, err := output.ParseFormat(s.output)
	if err != nil {
		return usagef("-o: %w", err)
	}
	s.format = f
	return nil
}

// readQuery makes one query of -q, --level, -i and -e.
func (s *settings) readQuery() error {
	q, err := query.Parse(s.flags.query)
	if err != nil {
		return usagef("-q: %w", err)
	}
	var terms []query.Expr
	if s.flags.level != "" {
		if _, ok := model.ParseLevel(s.flags.level); !ok {
			return usagef("--level: unknown level %q: use trace, debug, info, notice, warning, error or critical", s.flags.level)
		}
		terms = append(terms, &query.Test{Field: "level", Op: query.Ge, Values: []query.Value{{Text: strings.ToLower(s.flags.level)}}})
	}
	include, err := regexps("include", s.include)
	if err != nil {
		return err
	}
	exclude, err := regexps("exclude", s.exclude)
	if err != nil {
		return err
	}
	terms = append(terms, query.Any(include...))
	for _, e := range exclude {
		terms = append(terms, &query.Not{Term: e})
	}
	q.Filter = query.All(append(terms, q.Filter)...)
	if n := q.Normal(); len(n.Stages) == 0 { // of filters only
		q = n
	}
	s.query = q
	return nil
}

// regexps are the patterns of -i or -e as terms of a query.
func regexps(flag string, patterns []string) ([]query.Expr, error) {
	var terms []query.Expr
	for _, p := range patterns {
		pat, err := query.PatternOf(p)
		if err != nil {
			return nil, usagef("--%s: %w", flag, err)
		}
		terms = append(terms, &query.Regexp{Pattern: pat})
	}
	return terms, nil
}

func (s *settings) readWindow() error {
	env := query.Env{Now: s.now.UnixNano(), Newest: s.now.UnixNano(), Zone: s.zone}
	if s.flags.since != "" {
		s.since = &moment{flag: "since", text: s.flags.since}
		if err := s.since.check(env); err != nil {
			return err
		}
	}
	if s.flags.until != "" {
		s.until = &moment{flag: "until", text: s.flags.until}
		if err := s.until.check(env); err != nil {
			return err
		}
	}
	if from, to := s.window(env); from == to && !s.windowNeedsNewest() {
		return usagef("--until %s is before --since %s: nothing can be in between", s.flags.until, s.flags.since)
	}
	return nil
}

func (s *settings) readRedact() error {
	if s.flags.redact == "" {
		return nil
	}
	if s.flags.redact != "on" && s.flags.redact != "email" {
		return usagef("--redact=%s: use --redact, or --redact=email to mask e-mail addresses too", s.flags.redact)
	}
	r, err := redact.New(redact.Options{Email: s.flags.redact == "email", Rules: s.conf.Redact, Keys: s.conf.RedactKeys})
	if err != nil {
		return usagef("%s: redact-rules: %w", s.conf.file, err)
	}
	s.redact = r
	return nil
}

// readChoices checks what is one of a few words, and what excludes what.
func (s *settings) readChoices() error {
	switch s.colour {
	case "auto", "always", "never":
	default:
		return usagef("--color %q: use auto, always or never", s.colour)
	}
	if s.theme != "" {
		if _, err := theme.New(s.theme); err != nil {
			return usagef("--theme: %w", err)
		}
	}
	switch {
	case s.follow && s.noFollow:
		return usagef("--follow and --no-follow exclude each other")
	case s.context < 0:
		return usagef("-C %d: give a number of records from 0", s.context)
	case s.tail < -1:
		return usagef("--tail %d: give a number of records from 0", s.tail)
	case s.context > 0 && (s.format == output.Requests || len(s.query.Stages) > 0):
		return usagef("-C shows records around matches: it does not go with requests or tables")
	case s.format == output.Requests && len(s.query.Stages) > 0:
		return usagef("-o requests prints requests: leave the stages of the query out, or use | requests")
	case s.hungAfter <= 0:
		return usagef("--hung-after %s: give a time longer than 0", s.hungAfter)
	case s.settle < 0:
		return usagef("--settle %s: give a time from 0", s.settle)
	}
	return nil
}

// colours reports whether text is coloured: asked for, or on a terminal that
// has colours and a user who has not declined them.
func (s *settings) colours(out any, getenv func(string) string) bool {
	switch s.colour {
	case "always":
		return true
	case "never":
		return false
	}
	return terminal(out) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// textStyle is the look of -o text.
func textStyle(t *theme.Theme) output.Style {
	style := output.Style{
		Time: t.SGR(theme.Time), Domain: t.SGR(theme.Accent), Key: t.SGR(theme.Key), Trace: t.SGR(theme.Exception), Reset: theme.Reset,
	}
	for l := range model.NumLevels {
		style.Level[l] = t.SGR(theme.Level(l))
	}
	return style
}
