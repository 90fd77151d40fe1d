package parse

import "ravel/model"

// domainCache numbers loggers without the dictionary's lock for those that the
// stream has shown before.
type domainCache struct {
	dict *model.Dict
	def  uint16
	ids  map[string]uint16
	slot [64]struct {
		name string
		id   uint16
	}
}

func newDomainCache(d *model.Dict, def string) domainCache {
	return domainCache{dict: d, def: d.ID([]byte(def)), ids: map[string]uint16{}}
}

// id numbers a name; the stream's own name stands for none.
func (c *domainCache) id(name []byte) uint16 {
	n := len(name)
	if n == 0 {
		return c.def
	}
	s := &c.slot[(uint(name[0])*7+uint(name[n-1])*31+uint(n))&63]
	if s.name == string(name) {
		return s.id
	}
	id, ok := c.ids[string(name)]
	if !ok {
		id = c.dict.ID(name)
		if len(c.ids) < 4096 {
			c.ids[string(name)] = id
		}
	}
	s.name, s.id = c.dict.Name(id), id
	return id
}

// shapeCache remembers the number of the last shapes.
type shapeCache struct {
	key [8]shape
	num [8]uint8
}

// id numbers a shape.
func (c *shapeCache) id(set *Set, sh shape) uint8 {
	i := sh.format & 7
	if c.num[i] == 0 || c.key[i] != sh {
		c.key[i], c.num[i] = sh, set.shape(sh)
	}
	return c.num[i]
}
