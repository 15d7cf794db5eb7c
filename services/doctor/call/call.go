// Package call reads from a span what was asked of whom: the call's template and its key, what it does to its callee, and what
// of it is housekeeping. It knows the languages of HTTP, RPC, SQL, Redis, MongoDB and their kin; what a pattern of calls means is for the
// rules. Begin with [Vocabulary.Calls].
package call

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// A Call is one exit from a process: to another service, a database, a cache, a queue.
type Call struct {
	Span     *trace.Span // the caller's side or, where the caller left none, the callee's
	Server   *trace.Span // the callee's side; nil if it left none
	Caller   string      // service
	Callee   string      // service, database system or host; "" if nothing names it
	Where    string      // tells callees apart that share a name: shards, databases
	Instance string      // the callee's address, if that is a number: one of several that are the same, or one of the parts of a whole
	What     string      // the template: what is asked, without which one
	brief    string      // the same in fewer words, as its caller says it; "" if it does not
	Which    string      // the key: exactly which one; "" if the trace hides it
	Page     string      // by what it goes on with a list where another call ended; "" if by nothing that the template shows
	list     string      // what, without that by which it goes on: the same for the first page, which goes on from nothing; "" if there is no such thing
	Asks     int32       // stands for what, callee and where: equal for calls that ask the same
	items    int         // how many things it asks for at once, as far as an attribute or the text says
	many     bool        // it asks for many at once, and hides how many
	Effect   Effect
	Store    bool // the callee is a database or a cache
	Chore    bool // connection and transaction housekeeping, nobody's purpose
	Failed   bool
	Again    bool // it says itself that it is another attempt
	Plain    bool // its path has no route, and what varies at its end is only known from how many different ends there are
	Bare     bool // nothing is known of what it asks but a name, which may be the driver's

	Statement *Statement // nil but for a query with a text
}

// Asked is the call for a reader: what and of whom.
func (c *Call) Asked() string {
	name := "`" + c.Name() + "`"
	if c.Callee == "" || c.Store || c.Callee == c.Get(trace.RPCService) || c.Callee == c.Span.Get(trace.Destination) { // what says it
		return name
	}
	return name + " of " + c.Callee
}

// Name is what a call asks, within a line.
func (c *Call) Name() string {
	if c.brief == "" && c.Statement != nil {
		return Shorten(abridged(c.What))
	}
	return Shorten(cmp.Or(c.brief, c.What))
}

// A Vocabulary turns spans into calls. It remembers what it normalised, since a trace says the same things often.
type Vocabulary struct {
	queries    map[written]query
	statements map[string]*Statement // by normalised text
	paths      map[string]string
	methods    map[string]method
	asks       map[Asking]int32
}

// An Asking is what makes calls ask the same.
type Asking struct{ What, Callee, Where string }

// NewVocabulary returns one that remembers nothing yet. It is not safe for concurrent use.
func NewVocabulary() *Vocabulary {
	return &Vocabulary{map[written]query{}, map[string]*Statement{}, map[string]string{}, map[string]method{}, map[Asking]int32{}}
}

// Calls lists the calls of a trace and finds them by span.
func (v *Vocabulary) Calls(t *trace.Trace) (list []*Call, of []*Call) {
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
func (v *Vocabulary) read(s *trace.Span, c *Call) {
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
	c.Chore = c.Statement != nil && (c.Statement.chore || prepares(s)) || c.Statement == nil && Housekeeping(s)
	c.Asks = v.number(Asking{cmp.Or(c.list, c.What), c.Callee, c.Where})
}

// number is the number of what is asked, from 1.
func (v *Vocabulary) number(a Asking) int32 {
	n, known := v.asks[a]
	if !known {
		n = int32(len(v.asks) + 1)
		v.asks[a] = n
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
func (v *Vocabulary) other(c *Call) {
	c.What = c.Get(trace.RPCMethod)
	if service := c.Get(trace.RPCService); c.What != "" && service != "" && !strings.Contains(c.What, "/") {
		c.What = service + "/" + c.What
	}
	if c.What == "" {
		c.What = c.Span.Name
		if c.Server != nil && verbs[strings.ToLower(c.What)] != unknownEffect { // GET: the other side knows more
			c.What = c.Server.Name
		}
		c.Bare = routeIn(c.What) == ""
	}
	method := c.What[strings.LastIndexAny(c.What, "/.")+1:]
	if topic := c.Span.Get(trace.Destination); topic != "" && !strings.Contains(c.What, topic) {
		c.What += " " + topic
		c.Bare = false
	}
	batch := c.Span.Get(trace.MessagingBatch)
	c.items = max(1, Number(batch))
	m := v.method(method)
	plural := c.Get(trace.RPCSystem) == "aws-api" && m.effect == Writes && strings.HasSuffix(method, "s") // PutRecords, DeleteObjects
	c.many = (m.many || plural) && batch == ""
	if m.effect == Reads && strings.Contains(c.What, "/") {
		c.Bare = false // pkg.Books/GetBook
	}
	switch c.Effect = m.effect; {
	case c.Span.Kind == trace.Producer:
		c.Effect = Writes
	case c.Effect == unknownEffect && c.Get(trace.RPCMethod) != "":
		c.Effect = Acts
	}
}

// Retried reports an attempt that failed, or that says that it is another one.
func (c *Call) Retried() bool { return c.Failed || c.Again }

// Answered reports a call that failed with an answer, and not for want of one: 408 and 504 say that time ran out.
func (c *Call) Answered() bool {
	status := c.Span.Get(trace.HTTPStatus)
	return status != "" && status != "408" && status != "504"
}
