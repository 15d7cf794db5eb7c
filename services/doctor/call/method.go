package call

import (
	"strings"

	"spanwise/doctor/trace"
)

// An Effect is what a call does to its callee, as far as it is known; the larger the value, the more the call changes.
type Effect uint8

const (
	unknownEffect Effect = iota
	Reads                // changes nothing
	Acts                 // may change something: a POST, a procedure, a method with a verb of its own
	Writes
)

// MayChange reports whether a response from before the call may be wrong after it.
func (e Effect) MayChange() bool { return e >= Acts }

// verbs are the verbs to which conventions give a meaning: the methods of HTTP (RFC 9110, section 9.3), the standard methods of Google's
// design guide (AIP-131 to AIP-135) and their counterparts in AWS and database drivers, and the statements of SQL. Any other verb is
// specific to an API, and says only that something is done (AIP-136).
var verbs = map[string]Effect{
	"get": Reads, "head": Reads, "list": Reads, "search": Reads, "find": Reads, "query": Reads, "read": Reads, "fetch": Reads, "load": Reads,
	"lookup": Reads, "describe": Reads, "count": Reads, "exists": Reads, "has": Reads, "is": Reads, "scan": Reads, "distinct": Reads, "aggregate": Reads,
	"select": Reads, "with": Reads, "values": Reads, "show": Reads, "explain": Reads, "pragma": Reads, "match": Reads, "declare": Reads,

	"post": Acts, "call": Acts, "exec": Acts, "execute": Acts, "do": Acts, "begin": Acts, "eval": Acts,

	"put": Writes, "patch": Writes, "delete": Writes, "create": Writes, "insert": Writes, "update": Writes, "upsert": Writes, "replace": Writes,
	"remove": Writes, "add": Writes, "set": Writes, "save": Writes, "write": Writes, "modify": Writes, "append": Writes, "index": Writes,
	"send": Writes, "publish": Writes, "merge": Writes, "truncate": Writes, "copy": Writes, "drop": Writes, "alter": Writes, "lock": Writes,
}

// batchWords are the words by which conventions name methods for many items at once (AIP-231 to AIP-235, AWS, database drivers).
var batchWords = set("batch bulk multi many pipeline transact mget mset msearch")

// A method is what the name of a method says about it.
type method struct {
	effect Effect
	batch  bool // for many items at once
	verb   bool // the name is one word, or has a verb among its first two: bulk-create, but not multi-city, which is a thing
}

func (p *Parser) method(name string) method { return cached(p.methods, name, newMethod) }

func newMethod(name string) method {
	words := Words(name)
	return method{effectOf(words), isBatch(words), len(words) == 1 || len(words) > 1 && (verbs[words[0]] != 0 || verbs[words[1]] != 0)}
}

// effectOf judges a method by the verbs in its name: the first word, and those joined by "and" or "or" (GetOrCreate).
func effectOf(words []string) (effect Effect) {
	verb := true
	for _, word := range words {
		switch {
		case word == "and" || word == "or":
			verb = true
		case batchWords[word]:
			effect = max(effect, verbs[strings.TrimPrefix(word, "m")])
		case verb:
			effect, verb = max(effect, verbs[word]), false
		}
	}
	return effect
}

// isBatch reports whether a method is for many items at once: BatchGetBooks, bulkWrite, insertMany, SendMessageBatch. GetBatch is not: it
// reads one thing that is called a batch.
func isBatch(words []string) bool {
	if len(words) == 0 {
		return false
	}
	return batchWords[words[0]] || batchWords[words[len(words)-1]] && effectOf(words) != Reads
}

// rpc reads a call that is neither HTTP nor to a database: an RPC, a message, or a span of which only the name is known.
func (p *Parser) rpc(c *Call) {
	c.Template = c.Get(trace.RPCMethod)
	if service := c.Get(trace.RPCService); c.Template != "" && service != "" && !strings.Contains(c.Template, "/") {
		c.Template = service + "/" + c.Template
	}
	if c.Template == "" {
		c.Template = c.Span.Name
		if c.Server != nil && verbs[strings.ToLower(c.Template)] != unknownEffect { // a bare GET: the callee knows more
			c.Template = c.Server.Behind().Name
		}
		c.NameOnly = routeIn(c.Template) == ""
	}
	name := c.Template[strings.LastIndexAny(c.Template, "/.")+1:]
	if topic := c.Span.Get(trace.Destination); topic != "" && !strings.Contains(c.Template, topic) {
		c.Template += " " + topic
		c.NameOnly = false
	}
	size := c.Span.Get(trace.MessagingBatch)
	c.items = max(1, Number(size))
	m := p.method(name)
	plural := c.CloudOperation() != "" && m.effect == Writes && strings.HasSuffix(name, "s") // PutRecords, DeleteObjects
	c.batch = (m.batch || plural) && size == ""
	if m.effect == Reads && strings.Contains(c.Template, "/") {
		c.NameOnly = false // pkg.Books/GetBook
	}
	switch c.Effect = m.effect; {
	case c.Span.Kind == trace.Producer:
		c.Effect = Writes
	case c.Effect == unknownEffect && c.Get(trace.RPCMethod) != "":
		c.Effect = Acts
	}
	c.cloud()
	if strings.HasPrefix(c.CloudOperation(), "List") {
		c.Cursor = "NextToken" // or ContinuationToken, or Marker; otelaws 0.72 and others do not record it
	}
}
