// Package call finds the calls in a trace, and reads from each span what was requested and from whom: the template of the request and
// its key, its effect on the callee, and whether it is only housekeeping. It knows HTTP, RPC, SQL, Redis, MongoDB and similar
// languages. What a pattern of calls means is left to the rules. Begin with [Parser.Calls].
package call

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// A Call is one exit from a process: to another service, a database, a cache, a queue.
type Call struct {
	*Request             // shared by equal calls
	Span     *trace.Span // the caller's side or, if the caller left no span, the callee's
	Server   *trace.Span // the callee's side; nil if it left no span
	Key      string      // exactly which item is requested; "" if the trace hides it

	items        int  // number of items requested at once, as far as an attribute or the text shows
	Housekeeping bool // connection and transaction housekeeping
	Failed       bool
	Resent       bool // the span is marked as a retry
}

// A Request is what equal calls have in common. Large traces have many calls, but few requests.
type Request struct {
	Caller   string // service
	Callee   string // service, database system or host; "" if nothing names it
	Shard    string // distinguishes callees with the same name: shards, databases
	Instance string // the callee's address if it is numeric: one of several equal instances, or one part of a whole
	Template string // what is requested, without the values
	summary  string // the template in fewer words, as the caller states it; "" if it does not
	Cursor   string // the part of the template that continues a list where another call ended; "" if there is none

	listTemplate string // Template without Cursor, as for the first page of the list, which has none; "" if there is no cursor

	Statement *Statement // nil unless it is a query with a text
	Group     int32      // a number for (template, callee, shard): equal for equal requests
	Effect    Effect
	batch     bool // requests several items at once, but hides how many
	Store     bool // the callee is a database or a cache
	Unrouted  bool // no route shows that the end of the path is variable, only the number of different ends
	NameOnly  bool // the request is known only by a span name, which may be the driver's
}

// To is the same call to another callee.
func (c *Call) To(callee string) *Call {
	other, request := *c, *c.Request
	request.Callee = callee
	other.Request = &request
	return &other
}

// Describe names the call for a reader: what is requested, and from whom unless the name says it.
func (c *Call) Describe() string {
	name := "`" + c.Name() + "`"
	if c.Callee == "" || c.Store || c.Callee == c.Get(trace.RPCService) || c.Callee == c.Span.Get(trace.Destination) || c.Span.Kind == trace.Producer {
		return name
	}
	return name + " in " + c.Callee
}

// Name is what the call requests, on one line.
func (c *Call) Name() string {
	if c.summary == "" && c.Statement != nil {
		return Shorten(withoutColumns(c.Template))
	}
	return Shorten(cmp.Or(c.summary, c.Template))
}

// Get returns an attribute of the caller's span or, if that lacks it, of the callee's.
func (c *Call) Get(m trace.Meaning) string {
	v := c.Span.Get(m)
	if v == "" && c.Server != nil {
		v = c.Server.Get(m)
	}
	return v
}

// Multiplexed reports whether the protocol sends any number of calls over one connection, so that none waits for a free one: gRPC, HTTP/2
// and HTTP/3.
func (c *Call) Multiplexed() bool {
	version := c.Get(trace.HTTPVersion)
	return strings.EqualFold(c.Get(trace.RPCSystem), "grpc") || strings.HasPrefix(version, "2") || strings.HasPrefix(version, "3")
}

// IsAttempt reports whether the call failed or is marked as a retry.
func (c *Call) IsAttempt() bool { return c.Failed || c.Resent }

// Answered reports whether a failed call got a response. The statuses 408 and 504 mean that time ran out before there was one.
func (c *Call) Answered() bool {
	status := c.Span.Get(trace.HTTPStatus)
	return status != "" && status != "408" && status != "504"
}

// A Question identifies what calls have in common: who asks whom, and for what. Code that uses one compares only the fields that matter,
// and leaves the others empty.
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

// A Parser turns spans into calls. It caches what it has parsed, because the spans of a trace repeat themselves.
type Parser struct {
	queries    map[queryText]query
	statements map[string]*Statement // by normalised text
	paths      map[string]string     // their templates
	methods    map[string]method
	shards     map[shard]string
	groups     map[Question]int32
	requests   map[Request]*Request
	draft      Request // of the call that is being read
}

// NewParser returns a Parser with an empty cache. It is not safe for concurrent use.
func NewParser() *Parser {
	return &Parser{
		queries: map[queryText]query{}, statements: map[string]*Statement{}, paths: map[string]string{}, methods: map[string]method{},
		shards: map[shard]string{}, groups: map[Question]int32{}, requests: map[Request]*Request{},
	}
}

// cached returns the value for a key, which it computes once, unless the cache is so large that further values are hardly ever used again.
func cached[K comparable, V any](cache map[K]V, key K, compute func(K) V) V {
	const most = 100_000
	value, known := cache[key]
	if known {
		return value
	}
	value = compute(key)
	if len(cache) < most {
		cache[key] = value
	}
	return value
}

// Calls returns the calls of a trace in the order of their spans, and by Span.Index.
func (p *Parser) Calls(t *trace.Trace) (list []*Call, of []*Call) {
	spans := slices.DeleteFunc(slices.Clone(t.Spans), func(s *trace.Span) bool { return !isCall(s) })
	calls := make([]Call, len(spans)) // one allocation for all
	list, of = make([]*Call, len(spans)), make([]*Call, len(t.Spans))
	for i, s := range spans {
		p.read(s, &calls[i])
		list[i], of[s.Index] = &calls[i], &calls[i]
	}
	skipUnsent(list)
	p.groupVaryingPaths(list)
	p.groupInstances(list)
	return list, of
}

// isCall reports whether s is an exit from a process: the caller's span or, if it left none, the callee's. Spans within a call (a dial, a
// wait for a connection) are part of it.
func isCall(s *trace.Span) bool {
	within := s.Parent != nil && s.Parent.Calling()
	switch {
	case relays(s):
		return true
	case s.Remote():
		return !within
	}
	return s.Calling() && (!within || Housekeeping(s))
}

// relays reports whether s receives a call and passes it on, as the span of a sidecar proxy does.
func relays(s *trace.Span) bool {
	return s.Remote() && s.Parent.Calling() && s.Calling() && s.RemoteChild() != nil
}

// read reads a call from its span.
func (p *Parser) read(s *trace.Span, c *Call) {
	p.draft = Request{Caller: s.Principal().Service}
	*c = Call{Request: &p.draft, Span: s, Server: s.RemoteChild(), items: 1, Failed: Failed(s)}
	if s.Remote() && !relays(s) {
		c.Server, c.Caller, c.Callee = s, s.Parent.Principal().Service, s.Answerer()
	} else {
		c.Callee = s.Callee()
	}
	switch {
	case s.Get(trace.DBSystem) != "" || s.Get(trace.DBText) != "":
		p.store(c)
	case c.IsHTTP():
		p.http(c)
	default:
		p.rpc(c)
	}
	if c.Statement != nil {
		c.Housekeeping = c.Statement.housekeeping || prepares(s)
	} else {
		c.Housekeeping = Housekeeping(s)
	}
	c.Request = p.share(p.draft)
}

// share returns the one copy of a request.
func (p *Parser) share(r Request) *Request { return cached(p.requests, r, p.newRequest) }

// newRequest also numbers the group of a request, unless it has one.
func (p *Parser) newRequest(r Request) *Request {
	if r.Group == 0 {
		r.Group = p.group(Question{Template: cmp.Or(r.listTemplate, r.Template), Callee: r.Callee, Shard: r.Shard})
	}
	return &r
}

// group numbers questions from 1.
func (p *Parser) group(q Question) int32 {
	n, known := p.groups[q]
	if !known {
		n = int32(len(p.groups) + 1)
		p.groups[q] = n
	}
	return n
}
