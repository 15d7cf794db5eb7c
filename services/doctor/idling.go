package doctor

import (
	"fmt"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// findIdling marks the spans in which a worker waits for something to do: it asked for messages, and for as long as there are none
// nobody is slow. Where a request came in and its answer is waited for, receiving is a wait like any other.
func (e *exam) findIdling() {
	e.idling = make([]bool, len(e.trace.Spans))
	for _, s := range e.spent {
		if e.door[s.Index].Kind == trace.Server || !receives(s) {
			continue
		}
		e.idling[s.Index] = true
		e.idle += e.own[s.Index]
		if c := e.callOf[s.Index]; c != nil {
			c.Housekeeping = true
		}
	}
}

// receives recognises blocking receives: of messages, of what others put into a list or a stream of a store, and the kind of request
// that says that it will wait for news.
func receives(s *trace.Span) bool {
	if s.Kind == trace.Server || s.Kind == trace.Producer || len(s.Attrs) == 0 {
		return false
	}
	if sort := s.Get(trace.MessagingSort); sort == "receive" || sort == "poll" {
		return true
	}
	method := s.Get(trace.RPCMethod)
	if strings.HasPrefix(method[strings.LastIndexAny(method, "/.")+1:], "ReceiveMessage") {
		return true
	}
	switch s.Get(trace.DBSystem) {
	case "redis", "valkey":
		return blocks(s)
	}
	_, _, query := call.CutURL(s.Get(trace.URLFull))
	return strings.EqualFold(s.Get(trace.HTTPMethod), "GET") && slices.ContainsFunc(call.Parameters(query), waitsForNews)
}

// blocks recognises the commands of Redis that wait for an entry: they begin with B, or say BLOCK.
func blocks(s *trace.Span) bool {
	text := strings.ToLower(s.Get(trace.DBText))
	command := call.FirstWord(text)
	if command == "" {
		command = call.FirstWord(s.Get(trace.DBOperation) + " " + s.Name)
	}
	switch command {
	case "xread", "xreadgroup":
		return slices.Contains(strings.Fields(text), "block")
	}
	return slices.Contains([]string{"blpop", "brpop", "brpoplpush", "blmove", "blmpop", "bzpopmin", "bzpopmax", "bzmpop"}, command)
}

// waitsForNews recognises the parameters by which a request offers to wait: Consul's wait=30s, etcd's wait=true, Kubernetes' watch=true.
func waitsForNews(parameter string) bool {
	key, value, _ := strings.Cut(parameter, "=")
	return (key == "wait" || key == "watch") && value != "0" && value != "false"
}

// idles mentions how long a worker waited for something to do.
func (e *exam) idles() []suspicion {
	var all gathering
	for _, span := range e.spent {
		if own := e.own[span.Index]; e.idling[span.Index] && own >= darkStretch && e.share(own) >= slowShare {
			s := suspicion{spans: []*trace.Span{span}, minor: true}
			s.Service, s.Operation, s.Callee, s.Count = span.Service, span.Name, span.Callee(), 1
			s.Saving.Basis, s.Confidence, s.Evidence = None, High, Sufficient
			s.Because = fmt.Sprintf("%s waits %s in `%s` for something to do: idle, and nobody's fault", span.Service, ms(own), span.Name)
			s.Unless = "somebody waits for what comes"
			s.Fix = "nothing; the time it idles is left out of what the others are judged by"
			all.add(s)
		}
	}
	return all.list
}
