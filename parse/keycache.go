package parse

import "ravel/parse/lifecycle"

// keyInfo is all that is known of a key in an object of one kind.
type keyInfo struct {
	key     string
	meaning keyMeaning
	says    bool            // its value may say something of the request
	class   lifecycle.Class // of the id that it names
	role    lifecycle.Role
	late    lateRole // see lateRole; told when asked for
	isLate  bool     // it has been told
	known   bool
}

// keyCache remembers the keys that a stream's records have at the top, so that
// three tables are asked once for each key and not once for each member.
type keyCache [256]keyInfo

// noKey is what is known of an empty key.
var noKey keyInfo

// info looks a key of the top object up.
func (c *keyCache) info(key []byte) *keyInfo {
	n := len(key)
	if n == 0 {
		return &noKey
	}
	slot := &c[(uint(n)*31+uint(key[0])*7+uint(key[n-1])*131+uint(key[n/2])*17)&255]
	if slot.known && slot.key == string(key) {
		return slot
	}
	*slot = keyInfo{key: string(key), meaning: meanings[string(key)], known: true}
	slot.role = lifecycle.Key(lifecycle.Top, key)
	slot.class = lifecycle.Named(lifecycle.IDKey(lifecycle.Top, key))
	slot.says = slot.class != lifecycle.NoID || slot.role != lifecycle.NoRole
	return slot
}

// lateRole is what the key may be in the end.
func (i *keyInfo) lateRole() lateRole {
	if !i.isLate {
		i.late, i.isLate = lateOf(i.key), true
	}
	return i.late
}

// phraseCache remembers what lifecycles say of the messages that JSON and logfmt
// records repeat: there they are words without numbers as a rule.
type phraseCache struct {
	entry [64]struct {
		msg     string
		matched bool
		hit     lifecycle.Hit
	}
	kept, hits uint32
}

// maxCachedPhrase bounds a kept message's bytes.
const maxCachedPhrase = 40

// match is lifecycle.Match through the cache.
func (c *phraseCache) match(msg []byte, hit *lifecycle.Hit) bool {
	n := len(msg)
	if n == 0 || n > maxCachedPhrase {
		return lifecycle.Match(msg, hit)
	}
	e := &c.entry[(uint(n)*31+uint(msg[0])*7+uint(msg[n-1])*131+uint(msg[n/2])*17)&63]
	if e.msg == string(msg) {
		c.hits++
	} else {
		if c.kept > 256 && c.hits/8 < c.kept { // messages that never come again are not worth it
			return lifecycle.Match(msg, hit)
		}
		for _, b := range msg {
			if isDigit(b) { // numbers seldom come again
				return lifecycle.Match(msg, hit)
			}
		}
		c.kept++
		e.msg = string(msg)
		e.matched = lifecycle.Match(msg, &e.hit)
	}
	*hit = e.hit
	return e.matched
}
