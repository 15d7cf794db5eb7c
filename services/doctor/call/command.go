package call

import (
	"cmp"
	"slices"
	"strings"
)

// command reads a call to a key-value store. Each line of the text is a command; several are sent at once. They request as many items as
// one of the commands occurs: INCR and EXPIRE of one key are for one item.
func (p *Parser) command(c *Call, text, method string) {
	text = strings.TrimSpace(text)
	if opening, rest, _ := strings.Cut(text, "\n"); rest != "" && strings.EqualFold(opening, "multi") {
		text = rest
	}
	first, more, _ := strings.Cut(cmp.Or(text, strings.TrimSpace(method), commandInName(c.Span.Name)), "\n")
	words := strings.Fields(first)
	if len(words) == 0 {
		c.Template = c.Span.Name
		return
	}
	verb := strings.ToLower(words[0])
	keys, left := withoutElided(words[1:])
	shown := text != "" && len(keys) > 0 && !strings.HasPrefix(keys[0], "?")
	c.Template, c.Effect, c.NameOnly = verb, commandEffect(verb), !shown && more == ""
	c.Cursor = cmp.Or(c.Cursor, CursorMethod(verb))
	c.batch = (c.batch || p.method(verb).batch || fieldCommands[verb]) && !shown
	if more != "" {
		c.items = max(c.items, mostOfOne(text))
		return
	}
	if n := wordsPerItem[verb]; n > 0 && (shown || left > 0) {
		c.items = max(c.items, (len(keys)+left)/n)
	}
	if shown {
		c.Template += " " + p.keyTemplate(keys[0])
	}
	if shown && (c.Effect == Writes || left == 0 && !slices.Contains(keys, "?")) {
		c.Key = first
	}
}

// withoutElided returns the words of a command that are shown, and how many more it has. The instrumentations of OpenTelemetry JS
// (redis-common 0.38) leave most of them out: HGET cart [1 other arguments].
func withoutElided(words []string) (shown []string, left int) {
	n := len(words) - 3
	if n < 0 || words[n][0] != '[' || words[n+1] != "other" || words[n+2] != "arguments]" {
		return words, 0
	}
	return words[:n], Number(words[n][1:])
}

// mostOfOne is how often the most frequent of the commands occurs, one in each line.
func mostOfOne(commands string) (most int) {
	counts := map[string]int{}
	for line := range strings.SplitSeq(commands, "\n") {
		verb := strings.ToLower(FirstWord(line))
		counts[verb]++
		most = max(most, counts[verb])
	}
	return most
}

// wordsPerItem is how many words each item takes in the commands for several items.
var wordsPerItem = map[string]int{"get": 1, "gets": 1, "mget": 1, "mset": 2, "del": 1, "unlink": 1, "exists": 1, "touch": 1}

// fieldCommands are the commands that get several fields of one item.
var fieldCommands = set("hmget smismember zmscore")

// commandInName returns the command in a span's name: GET, redis-GET, redis GET.
func commandInName(name string) string { return name[strings.LastIndexAny(name, " -.:")+1:] }

// keyTemplate replaces the identifier in a key by {}: user:17 becomes user:{}.
func (p *Parser) keyTemplate(key string) string {
	if i := strings.IndexAny(key, ":/|"); i > 0 {
		return key[:i+1] + "{}"
	}
	return p.pathTemplate(key)
}

// commandEffect judges a command by the verb that its name contains: zadd and sadd add, hgetall and getrange get.
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

// Overwrites reports a command that leaves its key as the same command before left it: to repeat it changes nothing.
func (c *Call) Overwrites() bool {
	verb, _, _ := strings.Cut(c.Template, " ")
	return c.Store && c.Statement == nil && overwriting[verb]
}

var overwriting = set("set setnx setex psetex add replace del unlink expire pexpire")
