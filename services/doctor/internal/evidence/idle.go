package evidence

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// findIdling marks the spans on the path that are long by design: nothing is slow while they last. A stream lasts as long as someone
// listens. A worker that asked for messages waits until there are some; but if a request came in and its caller waits for the answer,
// receiving is a wait like any other.
func (e *Exam) findIdling() {
	e.Idling = map[*trace.Span]string{}
	for _, s := range e.OnPath {
		what := streams(s)
		if what == "" && receives(s) && !e.answering(s) {
			what = waitingForWork
		}
		if what == "" {
			continue
		}
		e.Idling[s] = what
		e.idle += e.Self[s.Index]
		if c := e.CallOf[s.Index]; c != nil {
			c.Housekeeping = true
		}
	}
	for _, c := range e.Calls {
		if c.Span.Duration >= leastStream && e.Total[c.Span.Index] == 0 && streams(c.Span) != "" {
			c.Housekeeping = true
		}
	}
}

// waitingForWork is what an idle worker does.
const waitingForWork = "waiting for work"

// Streams reports whether a span on the path is a stream.
func (e *Exam) Streams(s *trace.Span) bool {
	return e.Idling[s] != "" && e.Idling[s] != waitingForWork
}

// Idle is how much of the root's duration is in spans that are long by design.
func (e *Exam) Idle() trace.Micros { return e.idle }

// answering reports whether a request came in for which the process of s works, other than a stream or one that offers to wait.
func (e *Exam) answering(s *trace.Span) bool {
	if s.Kind == trace.Server {
		return s.Parent != nil && e.answering(s.Parent)
	}
	entry := e.Entry[s.Index]
	return entry.Kind == trace.Server && streams(entry) == "" && !asksToWait(entry)
}

// receives reports blocking receives: of messages, of entries in a list or a stream of a store, and HTTP requests
// that offer to wait for news.
func receives(s *trace.Span) bool {
	if s.Kind == trace.Producer || len(s.Attrs) == 0 {
		return false
	}
	if s.Kind == trace.Server {
		return asksToWait(s)
	}
	if sort := s.Get(trace.MessagingOperation); sort == "receive" || sort == "poll" {
		return true
	}
	method := s.Get(trace.RPCMethod)
	method = method[strings.LastIndexAny(method, "/.")+1:]
	if slices.ContainsFunc(receivingMethods, func(m string) bool { return strings.HasPrefix(method, m) }) {
		return true
	}
	if system := s.Get(trace.DBSystem); system == "redis" || system == "valkey" {
		return blocks(s)
	}
	return asksToWait(s)
}

// receivingMethods begin the names of methods by which workers ask for work, and which the server holds until there is some: Amazon SQS,
// Temporal 1 and Cadence 1 (PollWorkflowTaskQueue, PollForDecisionTask), Camunda 8 (ActivateJobs).
var receivingMethods = []string{"ReceiveMessage", "PollWorkflowTask", "PollActivityTask", "PollNexusTask", "PollForDecisionTask", "PollForActivityTask", "ActivateJobs"}

// asksToWait reports an HTTP request that offers to wait for news, if it is not known to be for anything but reading.
func asksToWait(s *trace.Span) bool {
	method := call.HTTPMethod(s)
	switch {
	case method != "" && method != "GET":
		return false
	case method != "" && s.Duration >= leastStream && call.PollingPaths[endOfPath(s)]:
		return true
	}
	_, _, query := call.CutURL(s.Get(trace.URLFull))
	if query == "" {
		_, _, query = call.CutURL(s.Get(trace.URLPath)) // http.target has both
	}
	return slices.ContainsFunc(call.Parameters(cmp.Or(query, s.Get(trace.URLQuery))), waitsForNews)
}

// blocks reports the Redis commands that wait for an entry: those that begin with B, and those with a BLOCK option.
func blocks(s *trace.Span) bool {
	text := strings.ToLower(s.Get(trace.DBText))
	command := storeCommand(s)
	if command == "xread" || command == "xreadgroup" {
		return slices.Contains(strings.Fields(text), "block")
	}
	return call.BlockingCommands[command]
}

// waitsForNews reports the parameters by which a request offers to wait: wait=30s (Consul 1), wait=true (etcd 2), watch=true
// (Kubernetes 1), transport=polling (Engine.IO 4), follow=true (logs of Kubernetes 1 and Docker Engine 1).
func waitsForNews(parameter string) bool {
	key, value, _ := strings.Cut(parameter, "=")
	switch key {
	case "wait", "watch", "follow":
		return value != "0" && value != "false"
	case "transport":
		return value == "polling"
	}
	return false
}
