package lifecycle

// DurationKeys are the keys whose values say how long something took, wherever in
// a record.
func DurationKeys() []string {
	var keys []string
	for key, role := range roles() {
		if role >= Elapsed {
			keys = append(keys, key)
		}
	}
	for _, object := range nested {
		for key, role := range object {
			if role >= Elapsed {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// DurationPhrases are the built-in phrases that say how long something took. Each
// is the texts of which it is made, folded, with 0 for any digit: a message that
// says so has all of them. Of one that begins with a method, method is true, and
// the first text is what follows that.
func DurationPhrases(yield func(texts []string, method bool) bool) {
	rules := Builtin().rules
	for i := range rules {
		if texts, tells := rules[i].texts(); tells && !yield(texts, rules[i].ops[0].cap == capMethod) {
			return
		}
	}
}

// Methods are the methods that phrases have.
var Methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PROPFIND"}

// texts are the texts of a rule, and whether it has a duration.
func (r *rule) texts() (texts []string, tells bool) {
	text := ""
	for k := range r.ops {
		switch o := &r.ops[k]; o.cap {
		case noCapture:
			text += o.lit
			continue
		case capStatus:
			text += "000"
			continue
		case capMethod:
			if k == 0 {
				continue
			}
		case capDur, capMS, capS:
			tells = true
			text += "0"
		}
		texts = append(texts, text)
		text = ""
	}
	return append(texts, text), tells
}
