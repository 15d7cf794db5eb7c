package doctor

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// A call is one exit from a process: to another service, a database, a cache, a queue.
type call struct {
	span     *trace.Span // the caller's side or, where the caller left none, the callee's
	server   *trace.Span // the callee's side; nil if it left none
	caller   string      // service
	callee   string      // service, database system or host; "" if nothing names it
	where    string      // tells callees apart that share a name: shards, databases
	instance string      // the callee's address, if that is a number: one of several that are the same, or one of the parts of a whole
	what     string      // the template: what is asked, without which one
	brief    string      // the same in fewer words, as its caller says it; "" if it does not
	which    string      // the key: exactly which one; "" if the trace hides it
	page     string      // by what it goes on with a list where another call ended; "" if by nothing that the template shows
	list     string      // what, without that by which it goes on: the same for the first page, which goes on from nothing; "" if there is no such thing
	asks     int32       // stands for what, callee and where: equal for calls that ask the same
	items    int         // how many things it asks for at once, as far as an attribute or the text says
	many     bool        // it asks for many at once, and hides how many
	effect   effect
	store    bool // the callee is a database or a cache
	chore    bool // connection and transaction housekeeping, nobody's purpose
	failed   bool
	again    bool // it says itself that it is another attempt
	plain    bool // its path has no route, and what varies at its end is only known from how many different ends there are
	bare     bool // nothing is known of what it asks but a name, which may be the driver's

	statement *statement // nil but for a query with a text
}

// asked is the call for a reader: what and of whom.
func (c *call) asked() string {
	name := "`" + c.name() + "`"
	if c.callee == "" || c.store || c.callee == c.get(trace.RPCService) || c.callee == c.span.Get(trace.Destination) { // what says it
		return name
	}
	return name + " of " + c.callee
}

// name is what a call asks, within a line.
func (c *call) name() string {
	if c.brief == "" && c.statement != nil {
		return shorten(abridged(c.what))
	}
	return shorten(cmp.Or(c.brief, c.what))
}

// A vocabulary turns spans into calls. It remembers what it normalised, since a trace says the same things often.
type vocabulary struct {
	queries    map[written]query
	statements map[string]*statement // by normalised text
	paths      map[string]string
	methods    map[string]method
	asks       map[asking]int32
}

// An asking is what makes calls ask the same.
type asking struct{ what, callee, where string }

func newVocabulary() *vocabulary {
	return &vocabulary{map[written]query{}, map[string]*statement{}, map[string]string{}, map[string]method{}, map[asking]int32{}}
}

// calls lists the calls of a trace and finds them by span.
func (v *vocabulary) calls(t *trace.Trace) (list []*call, of []*call) {
	n := 0
	for _, s := range t.Spans {
		if isCall(s) {
			n++
		}
	}
	list, of = make([]*call, 0, n), make([]*call, len(t.Spans))
	calls := make([]call, n)
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
	return s.Calling() && (!inside || relays(s) || housekeeping(s))
}

// relays reports whether a span, in whose service another's call arrives, calls on at once: that of a proxy beside the caller.
func relays(s *trace.Span) bool {
	return s.Remote() && s.Parent.Calling() && s.Calling() && answer(s) != nil
}

// read fills in what a span says of a call.
func (v *vocabulary) read(s *trace.Span, c *call) {
	*c = call{span: s, caller: s.Service, items: 1}
	if s.Remote() && !relays(s) {
		c.server, c.caller = s, s.Parent.Service
	} else {
		c.server = answer(s)
	}
	if c.server != nil {
		c.callee = c.server.Service
	} else {
		c.callee = s.Callee()
	}
	c.failed = failed(s)
	switch {
	case s.Get(trace.DBSystem) != "" || s.Get(trace.DBText) != "":
		v.store(c)
	case c.get(trace.HTTPMethod) != "" && c.get(trace.RPCMethod) == "":
		v.request(c)
	default:
		v.other(c)
	}
	c.chore = c.statement != nil && (c.statement.chore || prepares(s)) || c.statement == nil && housekeeping(s)
	c.asks = v.number(asking{cmp.Or(c.list, c.what), c.callee, c.where})
}

// number is the number of what is asked, from 1.
func (v *vocabulary) number(a asking) int32 {
	n, known := v.asks[a]
	if !known {
		n = int32(len(v.asks) + 1)
		v.asks[a] = n
	}
	return n
}

// answer is the callee's side of a client span, if it is in the trace.
func answer(s *trace.Span) *trace.Span {
	for _, c := range s.Children {
		if c.Remote() {
			return c
		}
	}
	return nil
}

// get asks the caller's side, then the callee's.
func (c *call) get(m trace.Meaning) string {
	v := c.span.Get(m)
	if v == "" && c.server != nil {
		v = c.server.Get(m)
	}
	return v
}

// other names calls that are neither HTTP nor a database's: RPC, messages, and whatever has only a name.
func (v *vocabulary) other(c *call) {
	c.what = c.get(trace.RPCMethod)
	if service := c.get(trace.RPCService); c.what != "" && service != "" && !strings.Contains(c.what, "/") {
		c.what = service + "/" + c.what
	}
	if c.what == "" {
		c.what = c.span.Name
		if c.server != nil && verbs[strings.ToLower(c.what)] != unknownEffect { // GET: the other side knows more
			c.what = c.server.Name
		}
		c.bare = routeIn(c.what) == ""
	}
	method := c.what[strings.LastIndexAny(c.what, "/.")+1:]
	if topic := c.span.Get(trace.Destination); topic != "" && !strings.Contains(c.what, topic) {
		c.what += " " + topic
		c.bare = false
	}
	batch := c.span.Get(trace.MessagingBatch)
	c.items = max(1, number(batch))
	m := v.method(method)
	plural := c.get(trace.RPCSystem) == "aws-api" && m.effect == writes && strings.HasSuffix(method, "s") // PutRecords, DeleteObjects
	c.many = (m.many || plural) && batch == ""
	if m.effect == reads && strings.Contains(c.what, "/") {
		c.bare = false // pkg.Books/GetBook
	}
	switch c.effect = m.effect; {
	case c.span.Kind == trace.Producer:
		c.effect = writes
	case c.effect == unknownEffect && c.get(trace.RPCMethod) != "":
		c.effect = acts
	}
}
