package parse

import "ravel/parse/lifecycle"

// keyInfo is all that is known of a key in an object of one kind.
type keyInfo struct {
	key     string
	meaning keyMeaning
	says    bool // its value may say something of the request
	known   bool
}

// keyCache remembers the keys that a stream's records have at the top, so that
// three tables are asked once for each key and not once for each member.
type keyCache [256]keyInfo

// info looks a key of the top object up.
func (c *keyCache) info(key []byte) *keyInfo {
	n := len(key)
	if n == 0 {
		return &keyInfo{}
	}
	slot := &c[(uint(n)*31+uint(key[0])*7+uint(key[n-1])*131+uint(key[n/2])*17)&255]
	if slot.known && slot.key == string(key) {
		return slot
	}
	var ids lifecycle.IDs
	*slot = keyInfo{key: string(key), meaning: meanings[string(key)], known: true}
	slot.says = lifecycle.Key(lifecycle.Top, key) != lifecycle.NoRole || ids.Add(lifecycle.IDKey(lifecycle.Top, key), []byte("x1y2z3a4"))
	return slot
}
