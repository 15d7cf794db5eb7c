package doctor

import "strings"

// An effect is what a call does to its callee, as far as can be told; the larger the value, the more it changes.
type effect uint8

const (
	unknownEffect effect = iota // nothing says
	reads                       // changes nothing
	acts                        // may change something: a POST, a procedure, a method with a verb of its own
	writes
)

// mayChange reports whether an answer from before the call may be wrong after it.
func (e effect) mayChange() bool { return e >= acts }

// verbs are those to which the guides of interfaces give a meaning: the methods of HTTP (RFC 9110, section 9.3), the standard methods
// of Google's design guide (AIP-131 to AIP-135) and what AWS and the drivers of databases call the same, and the statements of SQL.
// Any other verb is an interface's own, and says by itself only that something is done (AIP-136).
var verbs = map[string]effect{
	"get": reads, "head": reads, "list": reads, "search": reads, "find": reads, "query": reads, "read": reads, "fetch": reads, "load": reads,
	"lookup": reads, "describe": reads, "count": reads, "exists": reads, "has": reads, "is": reads, "scan": reads, "distinct": reads, "aggregate": reads,
	"select": reads, "with": reads, "values": reads, "show": reads, "explain": reads, "pragma": reads, "match": reads, "declare": reads,

	"post": acts, "call": acts, "exec": acts, "execute": acts, "do": acts, "begin": acts, "eval": acts,

	"put": writes, "patch": writes, "delete": writes, "create": writes, "insert": writes, "update": writes, "upsert": writes, "replace": writes,
	"remove": writes, "add": writes, "set": writes, "save": writes, "write": writes, "modify": writes, "append": writes, "index": writes,
	"send": writes, "publish": writes, "merge": writes, "truncate": writes, "copy": writes, "drop": writes, "alter": writes, "lock": writes,
}

// effectOf judges a method by the verbs in its name: the first word, and what it joins with "and" or "or" (GetOrCreate).
func effectOf(method string) effect {
	told, verb := unknownEffect, true
	for _, word := range wordsOf(method) {
		switch {
		case word == "and" || word == "or":
			verb = true
		case several[word]:
			told = max(told, verbs[strings.TrimPrefix(word, "m")])
		case verb:
			told, verb = max(told, verbs[word]), false
		}
	}
	return told
}

// several are words by which the guides name methods for many things at once (AIP-231 to AIP-235, AWS, drivers of databases).
var several = map[string]bool{
	"batch": true, "bulk": true, "multi": true, "many": true, "pipeline": true, "transact": true, "mget": true, "mset": true, "msearch": true,
}

// forMany reports whether a method is for many things at once by its name: BatchGetBooks, bulkWrite, insertMany, SendMessageBatch. A
// batch that is read (GetBatch) is one thing that is called so.
func forMany(method string) bool {
	words := wordsOf(method)
	if len(words) == 0 {
		return false
	}
	return several[words[0]] || several[words[len(words)-1]] && effectOf(method) != reads
}

// A method is what its name says of it.
type method struct {
	effect effect
	many   bool // for many things at once
	verbal bool // one word, or a verb among the first two: batch, bulk-create; but not multi-city, which is a thing
}

func (v *vocabulary) method(name string) method {
	m, known := v.methods[name]
	if !known {
		words := wordsOf(name)
		m = method{effectOf(name), forMany(name), len(words) == 1 || len(words) > 1 && (verbs[words[0]] != 0 || verbs[words[1]] != 0)}
		remember(v.methods, name, m)
	}
	return m
}
