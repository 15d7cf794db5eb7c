package evidence

import (
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// findIdling marks the spans in which a worker waits for work: it asked for messages, and while there are none
// nothing is slow. If a request came in and its caller waits for the answer, receiving is a wait like any other.
func (e *Exam) findIdling() {
	e.Idling = make([]bool, len(e.Trace.Spans))
	for _, s := range e.OnPath {
		if e.Entry[s.Index].Kind == trace.Server || !receives(s) {
			continue
		}
		e.Idling[s.Index] = true
		e.idle += e.Self[s.Index]
		if c := e.CallOf[s.Index]; c != nil {
			c.Housekeeping = true
		}
	}
}

// receives reports blocking receives: of messages, of entries in a list or a stream of a store, and HTTP requests
// that offer to wait for news.
func receives(s *trace.Span) bool {
	if s.Kind == trace.Server || s.Kind == trace.Producer || len(s.Attrs) == 0 {
		return false
	}
	if sort := s.Get(trace.MessagingOperation); sort == "receive" || sort == "poll" {
		return true
	}
	method := s.Get(trace.RPCMethod)
	if strings.HasPrefix(method[strings.LastIndexAny(method, "/.")+1:], "ReceiveMessage") {
		return true
	}
	if system := s.Get(trace.DBSystem); system == "redis" || system == "valkey" {
		return blocks(s)
	}
	_, _, query := call.CutURL(s.Get(trace.URLFull))
	return strings.EqualFold(s.Get(trace.HTTPMethod), "GET") && slices.ContainsFunc(call.Parameters(query), waitsForNews)
}

// blocks reports the Redis commands that wait for an entry: those that begin with B, and those with a BLOCK option.
func blocks(s *trace.Span) bool {
	text := strings.ToLower(s.Get(trace.DBText))
	command := call.FirstWord(text)
	if command == "" {
		command = call.FirstWord(s.Get(trace.DBOperation) + " " + s.Name)
	}
	if command == "xread" || command == "xreadgroup" {
		return slices.Contains(strings.Fields(text), "block")
	}
	return slices.Contains([]string{"blpop", "brpop", "brpoplpush", "blmove", "blmpop", "bzpopmin", "bzpopmax", "bzmpop"}, command)
}

// waitsForNews reports the parameters by which a request offers to wait: Consul's wait=30s, etcd's wait=true,
// Kubernetes' watch=true.
func waitsForNews(parameter string) bool {
	key, value, _ := strings.Cut(parameter, "=")
	return (key == "wait" || key == "watch") && value != "0" && value != "false"
}
