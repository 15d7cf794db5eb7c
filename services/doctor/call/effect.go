package call

import "strings"

// An Effect is what a call does to its callee, as far as can be told; the larger the value, the more it changes.
type Effect uint8

const (
	unknownEffect Effect = iota // nothing says
	Reads                       // changes nothing
	Acts                        // may change something: a POST, a procedure, a method with a verb of its own
	Writes
)

// MayChange reports whether an answer from before the call may be wrong after it.
func (e Effect) MayChange() bool { return e >= Acts }

// verbs are those to which the guides of interfaces give a meaning: the methods of HTTP (RFC 9110, section 9.3), the standard methods
// of Google's design guide (AIP-131 to AIP-135) and what AWS and the drivers of databases call the same, and the statements of SQL.
// Any other verb is an interface's own, and says by itself only that something is done (AIP-136).
var verbs = map[string]Effect{
	"get": Reads, "head": Reads, "list": Reads, "search": Reads, "find": Reads, "query": Reads, "read": Reads, "fetch": Reads, "load": Reads,
	"lookup": Reads, "describe": Reads, "count": Reads, "exists": Reads, "has": Reads, "is": Reads, "scan": Reads, "distinct": Reads, "aggregate": Reads,
	"select": Reads, "with": Reads, "values": Reads, "show": Reads, "explain": Reads, "pragma": Reads, "match": Reads, "declare": Reads,

	"post": Acts, "call": Acts, "exec": Acts, "execute": Acts, "do": Acts, "begin": Acts, "eval": Acts,

	"put": Writes, "patch": Writes, "delete": Writes, "create": Writes, "insert": Writes, "update": Writes, "upsert": Writes, "replace": Writes,
	"remove": Writes, "add": Writes, "set": Writes, "save": Writes, "write": Writes, "modify": Writes, "append": Writes, "index": Writes,
	"send": Writes, "publish": Writes, "merge": Writes, "truncate": Writes, "copy": Writes, "drop": Writes, "alter": Writes, "lock": Writes,
}

// effectOf judges a method by the verbs in its name: the first word, and what it joins with "and" or "or" (GetOrCreate).
func effectOf(method string) Effect {
	told, verb := unknownEffect, true
	for _, word := range WordsOf(method) {
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
	words := WordsOf(method)
	if len(words) == 0 {
		return false
	}
	return several[words[0]] || several[words[len(words)-1]] && effectOf(method) != Reads
}

// A method is what its name says of it.
type method struct {
	effect Effect
	many   bool // for many things at once
	verbal bool // one word, or a verb among the first two: batch, bulk-create; but not multi-city, which is a thing
}

func (v *Parser) method(name string) method {
	m, known := v.methods[name]
	if !known {
		words := WordsOf(name)
		m = method{effectOf(name), forMany(name), len(words) == 1 || len(words) > 1 && (verbs[words[0]] != 0 || verbs[words[1]] != 0)}
		remember(v.methods, name, m)
	}
	return m
}
