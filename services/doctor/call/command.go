package call

import (
	"cmp"
	"slices"
	"strings"
)

// KeyValueStores lists the stores that are spoken to in commands: a verb, a key, and values.
var KeyValueStores = map[string]bool{"redis": true, "valkey": true, "memcached": true, "hazelcast": true, "dragonfly": true, "keydb": true, "garnet": true}

// command names a call to a store of keys. Several lines are several commands sent at once.
func (v *Parser) command(c *Call, text, method string) {
	first, more, _ := strings.Cut(strings.TrimSpace(cmp.Or(text, method, commandIn(c.Span.Name))), "\n")
	words := strings.Fields(first)
	if len(words) == 0 {
		c.Template = c.Span.Name
		return
	}
	verb, keys := strings.ToLower(words[0]), words[1:]
	shown := text != "" && len(keys) > 0 && !strings.HasPrefix(keys[0], "?")
	c.Template, c.Effect, c.NameOnly = verb, commandEffect(verb), !shown && more == ""
	c.Cursor = cmp.Or(c.Cursor, Cursor(verb))
	c.many = (c.many || v.method(verb).many || manyFields[verb]) && !shown
	if more != "" {
		c.items = max(c.items, 2+strings.Count(more, "\n"))
		return
	}
	if n := wordsPerThing[verb]; n > 0 && shown {
		c.items = max(c.items, len(keys)/n)
	}
	if shown {
		c.Template += " " + v.family(keys[0])
	}
	if shown && (c.Effect == Writes || !slices.Contains(keys, "?")) {
		c.Key = first
	}
}

// wordsPerThing says of the commands that name several things how many words each takes.
var wordsPerThing = map[string]int{"get": 1, "gets": 1, "mget": 1, "mset": 2, "del": 1, "unlink": 1, "exists": 1, "touch": 1}

// manyFields are the commands that ask one thing for several parts of it.
var manyFields = map[string]bool{"hmget": true, "smismember": true, "zmscore": true}

// commandIn is the command in a span's name: GET, redis-GET, redis GET.
func commandIn(name string) string { return name[strings.LastIndexAny(name, " -.:")+1:] }

// family is a key without what tells it from its likes: user:17 is of user:{}.
func (v *Parser) family(key string) string {
	if i := strings.IndexAny(key, ":/|"); i > 0 {
		return key[:i+1] + "{}"
	}
	return v.pattern(key)
}

// commandEffect judges a command by the stem in its verb: zadd and sadd add, hgetall and getrange get.
func commandEffect(verb string) Effect {
	switch {
	case ContainsAny(verb, "eval", "fcall"):
		return Acts
	case ContainsAny(verb, "set", "add", "push", "pop", "rem", "del", "incr", "decr", "expire", "trim", "store", "append", "prepend", "unlink", "move", "rename", "replace"):
		return Writes
	case ContainsAny(verb, "get", "range", "member", "card", "len", "score", "rank", "exists", "ttl", "scan", "keys", "vals"):
		return Reads
	}
	return verbs[verb]
}
