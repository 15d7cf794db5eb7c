// Package call reads from a span what was asked of whom: the call's template and its key, what it does to its callee, and what
// of it is housekeeping. It knows the languages of HTTP, RPC, SQL, Redis, MongoDB and their kin; what a pattern of calls means is for the
// rules. Begin with [Parser.Calls].
package call

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// A Call is one exit from a process: to another service, a database, a cache, a queue.
type Call struct {
	Span     *trace.Span // the caller's side or, if the caller left no span, the callee's
	Server   *trace.Span // the callee's side; nil if it left no span
	Caller   string      // service
	Callee   string      // service, database system or host; "" if nothing names it
	Shard    string      // tells apart callees that share a name: shards, databases
	Instance string      // the callee's address if it is numeric: one of several equal instances, or one part of a whole
	Template string      // what is requested, without the values
	summary  string      // the template in fewer words, as the caller gives it; "" if it does not
	Key      string      // exactly which item is requested; "" if the trace hides it
	Cursor   string      // the part of the template that continues a list where another call ended; "" if there is none

	listTemplate string // Template without Cursor, so that it equals that of a list's first page, which has none; "" if there is no cursor
	items        int    // number of items requested at once, as far as an attribute or the text shows
	many         bool   // requests several items at once, but hides how many

	Group        int32 // a number for (template, callee, shard): equal for equal requests
	Effect       Effect
	Store        bool // the callee is a database or a cache
	Housekeeping bool // connection and transaction housekeeping
	Failed       bool
	Resent       bool // the span says that it is another attempt
	Unrouted     bool // the path has no route: that its end varies is known only from the number of different ends
	NameOnly     bool // nothing is known of the request but a name, which may be the driver's

	Statement *Statement // nil unless it is a query with a text
}

// Describe names the call for a reader: what is requested, and from whom.
func (c *Call) Describe() string {
	name := "`" + c.Name() + "`"
	if c.Callee == "" || c.Store || c.Callee == c.Get(trace.RPCService) || c.Callee == c.Span.Get(trace.Destination) { // what says it
		return name
	}
	return name + " of " + c.Callee
}

// Name is what a call asks, within a line.
func (c *Call) Name() string {
	if c.summary == "" && c.Statement != nil {
		return Shorten(abridged(c.Template))
	}
	return Shorten(cmp.Or(c.summary, c.Template))
}

// A Parser turns spans into calls. It caches what it has normalized, because a trace repeats itself.
type Parser struct {
	queries    map[written]query
	statements map[string]*Statement // by normalised text
	paths      map[string]string
	methods    map[string]method
	groups     map[Question]int32
}

// A Question identifies what calls have in common: who asks whom, and for what. Callers compare only the fields that matter to them, and leave
// the others empty.
type Question struct{ Caller, Callee, Shard, Template string }

// A Key identifies one exact request.
type Key struct {
	Question
	Value string // Call.Key
}

// Question is what c has in common with calls that ask for other items.
func (c *Call) Question() Question {
	return Question{Caller: c.Caller, Callee: c.Callee, Template: c.Template}
}

// ExactKey is what c has in common only with calls that ask for the same item.
func (c *Call) ExactKey() Key { return Key{c.Question(), c.Key} }

// Resource is what c shares with all calls from the same service to the same store: a pool of connections, or one connection.
func (c *Call) Resource() Question {
	return Question{Caller: c.Caller, Callee: c.Callee, Shard: c.Shard}
}

// NewParser returns a Parser with an empty cache. It is not safe for concurrent use.
func NewParser() *Parser {
	return &Parser{map[written]query{}, map[string]*Statement{}, map[string]string{}, map[string]method{}, map[Question]int32{}}
}

// Calls lists the calls of a trace and finds them by span.
func (v *Parser) Calls(t *trace.Trace) (list []*Call, of []*Call) {
	n := 0
	for _, s := range t.Spans {
		if isCall(s) {
			n++
		}
	}
	list, of = make([]*Call, 0, n), make([]*Call, len(t.Spans))
	calls := make([]Call, n)
	for i, s := range t.Spans {
		if isCall(s) {
			of[i] = &calls[len(list)]
			v.read(s, of[i])
			list = append(list, of[i])
		}
	}
	v.varyingPaths(list)
	v.equalInstances(list)
	return list, of
}

// isCall recognises exits from a process: the caller's span or, where it left none, the callee's. What a call does
// within its own process to get out (dial, wait for a connection) is part of it, not another call.
func isCall(s *trace.Span) bool {
	inside := s.Parent != nil && s.Parent.Calling()
	if s.Remote() && !relays(s) {
		return !inside
	}
	return s.Calling() && (!inside || relays(s) || Housekeeping(s))
}

// relays reports whether a span, in whose service another's call arrives, calls on at once: that of a proxy beside the caller.
func relays(s *trace.Span) bool {
	return s.Remote() && s.Parent.Calling() && s.Calling() && Answer(s) != nil
}

// read fills in what a span says of a call.
func (v *Parser) read(s *trace.Span, c *Call) {
	*c = Call{Span: s, Caller: s.Service, items: 1}
	if s.Remote() && !relays(s) {
		c.Server, c.Caller = s, s.Parent.Service
	} else {
		c.Server = Answer(s)
	}
	if c.Server != nil {
		c.Callee = c.Server.Service
	} else {
		c.Callee = s.Callee()
	}
	c.Failed = Failed(s)
	switch {
	case s.Get(trace.DBSystem) != "" || s.Get(trace.DBText) != "":
		v.store(c)
	case c.Get(trace.HTTPMethod) != "" && c.Get(trace.RPCMethod) == "":
		v.request(c)
	default:
		v.other(c)
	}
	c.Housekeeping = c.Statement != nil && (c.Statement.chore || prepares(s)) || c.Statement == nil && Housekeeping(s)
	c.Group = v.group(Question{Template: cmp.Or(c.listTemplate, c.Template), Callee: c.Callee, Shard: c.Shard})
}

// group is the number of a question, from 1.
func (v *Parser) group(a Question) int32 {
	n, known := v.groups[a]
	if !known {
		n = int32(len(v.groups) + 1)
		v.groups[a] = n
	}
	return n
}

// Answer is the callee's side of a client span, if it is in the trace.
func Answer(s *trace.Span) *trace.Span {
	for _, c := range s.Children {
		if c.Remote() {
			return c
		}
	}
	return nil
}

// Get asks the caller's side, then the callee's.
func (c *Call) Get(m trace.Meaning) string {
	v := c.Span.Get(m)
	if v == "" && c.Server != nil {
		v = c.Server.Get(m)
	}
	return v
}

// other names calls that are neither HTTP nor a database's: RPC, messages, and whatever has only a name.
func (v *Parser) other(c *Call) {
	c.Template = c.Get(trace.RPCMethod)
	if service := c.Get(trace.RPCService); c.Template != "" && service != "" && !strings.Contains(c.Template, "/") {
		c.Template = service + "/" + c.Template
	}
	if c.Template == "" {
		c.Template = c.Span.Name
		if c.Server != nil && verbs[strings.ToLower(c.Template)] != unknownEffect { // GET: the other side knows more
			c.Template = c.Server.Name
		}
		c.NameOnly = routeIn(c.Template) == ""
	}
	method := c.Template[strings.LastIndexAny(c.Template, "/.")+1:]
	if topic := c.Span.Get(trace.Destination); topic != "" && !strings.Contains(c.Template, topic) {
		c.Template += " " + topic
		c.NameOnly = false
	}
	batch := c.Span.Get(trace.MessagingBatch)
	c.items = max(1, Number(batch))
	m := v.method(method)
	plural := c.Get(trace.RPCSystem) == "aws-api" && m.effect == Writes && strings.HasSuffix(method, "s") // PutRecords, DeleteObjects
	c.many = (m.many || plural) && batch == ""
	if m.effect == Reads && strings.Contains(c.Template, "/") {
		c.NameOnly = false // pkg.Books/GetBook
	}
	switch c.Effect = m.effect; {
	case c.Span.Kind == trace.Producer:
		c.Effect = Writes
	case c.Effect == unknownEffect && c.Get(trace.RPCMethod) != "":
		c.Effect = Acts
	}
}

// IsAttempt reports whether the call failed, or says that it is another attempt.
func (c *Call) IsAttempt() bool { return c.Failed || c.Resent }

// Answered reports a call that failed with an answer, and not for want of one: 408 and 504 say that time ran out.
func (c *Call) Answered() bool {
	status := c.Span.Get(trace.HTTPStatus)
	return status != "" && status != "408" && status != "504"
}
