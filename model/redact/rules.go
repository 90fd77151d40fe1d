package redact

import "regexp"

// rule is one kind of secret: a literal by which it is found, and the function
// that then says what to mask.
type rule struct {
	name    string
	literal string
	fold    bool // the literal stands in any case
	class   class
	min     int // bytes of class behind the literal, at least
	find    func(r *Redactor, u *rule, src []byte, i int) (span, bool)
	re      *regexp.Regexp // instead of find
}

// class is a set of bytes that tokens are made of.
type class uint8

const (
	alnum class = 1 << iota
	upper       // A-Z 0-9
	hex
	word   // alnum _ -
	dotted // word and dots
	path   // alnum / _ -
	base64 // alnum + / = % - _ . ~
)

var classes = func() (t [256]class) {
	for c := range 256 {
		b := byte(c)
		digit, big, small := b-'0' <= 9, b-'A' < 26, b-'a' < 26
		if digit || big || small {
			t[c] |= alnum | word | dotted | path | base64
		}
		if digit || big {
			t[c] |= upper
		}
		if digit || b-'a' < 6 || b-'A' < 6 {
			t[c] |= hex
		}
	}
	for _, c := range "_-" {
		t[c] |= word | dotted | path | base64
	}
	t['.'] |= dotted
	t['/'] |= path
	for _, c := range "+/=%.~" {
		t[c] |= base64
	}
	return t
}()

// tokens are secrets that tell themselves by how they begin. The whole token
// is masked, its beginning included.
var tokens = []struct {
	name     string
	literals []string
	class    class
	min      int
}{
	{"AWS access key", []string{"AKIA", "ASIA", "ABIA", "ACCA"}, upper, 16},
	{"GitHub token", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, alnum, 36},
	{"GitHub fine-grained token", []string{"github_pat_"}, word, 22},
	{"GitLab token", []string{"glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-"}, word, 20},
	{"Slack token", []string{"xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-"}, dotted, 10},
	{"Stripe key", []string{"sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"}, word, 10},
	{"Google API key", []string{"AIza"}, word, 35},
	{"Google OAuth token", []string{"ya29."}, dotted, 20},
	{"Google OAuth secret", []string{"GOCSPX-"}, word, 20},
	{"npm token", []string{"npm_"}, alnum, 36},
	{"PyPI token", []string{"pypi-Ag"}, word, 50},
	{"model provider key", []string{"sk-ant-", "sk-proj-", "sk-"}, word, 32},
	{"Hugging Face token", []string{"hf_"}, alnum, 30},
	{"SendGrid key", []string{"SG."}, dotted, 50},
	{"DigitalOcean token", []string{"dop_v1_", "doo_v1_", "dor_v1_"}, hex, 64},
	{"Vault token", []string{"hvs.", "hvb.", "hvr."}, word, 24},
	{"Databricks token", []string{"dapi"}, hex, 32},
	{"Shopify token", []string{"shpat_", "shpss_", "shpca_", "shppa_"}, hex, 32},
	{"Square token", []string{"sq0atp-", "sq0csp-"}, word, 22},
	{"Mailgun key", []string{"key-"}, hex, 32},
	{"Grafana token", []string{"glsa_", "glc_"}, base64, 30},
	{"New Relic key", []string{"NRAK-", "NRJS-"}, alnum, 20},
	{"Postman key", []string{"PMAK-"}, word, 40},
	{"Docker Hub token", []string{"dckr_pat_"}, word, 20},
	{"Atlassian token", []string{"ATATT3"}, base64, 60},
	{"Linear key", []string{"lin_api_"}, alnum, 32},
	{"age secret key", []string{"AGE-SECRET-KEY-1"}, alnum, 50},
	{"Azure AD secret", []string{"AccountKey="}, base64, 40},
}

// words are the parts of field names that make their values secrets, where the
// name ends in one of secretEnds.
var words = []string{
	"passw", "passphrase", "passcode", "pwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "accesskey", "access-key",
	"private_key", "privatekey", "private-key", "signing_key", "encryption_key", "account_key", "auth_key", "authkey", "master_key",
	"authorization", "cookie", "credential", "sessionid", "session_id", "session-id", "sessid", "cvv", "cvc2", "shared_key", "sharedaccesskey",
}

// builtin are all built-in rules, for the gate.
func builtin() (rules []rule) {
	for _, t := range tokens {
		for _, l := range t.literals {
			rules = append(rules, rule{name: t.name, literal: l, class: t.class, min: t.min, find: token})
		}
	}
	for _, w := range words {
		rules = append(rules, rule{name: "value of a secret's name", literal: w, fold: true, find: keyed})
	}
	return append(rules,
		rule{name: "JSON web token", literal: "eyJ", class: dotted, min: 30, find: jwt},
		rule{name: "private key", literal: "-----BEGIN ", find: pem},
		rule{name: "password in a URL", literal: "://", find: userinfo},
		rule{name: "signed URL", literal: "sig=", fold: true, class: base64, min: 20, find: behind},
		rule{name: "signed URL", literal: "Signature=", fold: true, class: base64, min: 20, find: behind},
		rule{name: "Slack webhook", literal: "hooks.slack.com/services/", class: path, min: 20, find: behind},
		rule{name: "Discord webhook", literal: "/api/webhooks/", class: path, min: 60, find: behind},
		rule{name: "bearer token", literal: "bearer ", fold: true, find: scheme},
		rule{name: "basic credentials", literal: "basic ", fold: true, find: scheme},
	)
}

// secretEnds are how the names of secrets end, as normal spells them.
var secretEnds = []string{
	"password", "passwd", "passwort", "passw", "pwd", "passphrase", "passcode", "passwordhash", "secret", "token", "apikey", "accesskey", "secretkey",
	"privatekey", "signingkey", "encryptionkey", "accountkey", "authkey", "masterkey", "sharedkey", "sharedaccesskey", "secretaccesskey",
	"authorization", "cookie", "cookies", "credential", "credentials", "sessionid", "sessid", "sessionkey", "cvv", "cvc",
}

// softEnds are those among them that stand in prose as well: there, only what
// looks like a secret is masked.
var softEnds = []string{"token", "secret", "cookie", "cookies", "credential", "credentials", "authorization"}
