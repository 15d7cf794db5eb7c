package evidence

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// A sign is a value of an attribute by which a span states that it is long by design: it lasts as long as someone listens, however
// little is sent.
type sign struct {
	fact   trace.Meaning
	values []string
	what   string
}

// streamSigns are the signs that protocols define, with where they come from. Package trace has the names of the attributes.
var streamSigns = []sign{
	{trace.Protocol, []string{"websocket", "ws"}, "a WebSocket"},                                                         // semantic conventions v1.43.0
	{trace.URLScheme, []string{"ws", "wss"}, "a WebSocket"},                                                              // RFC 6455, 3; opentelemetry-instrumentation-asgi 0.66b2
	{trace.HTTPStatus, []string{"101"}, "an upgraded connection"},                                                        // RFC 9110, 15.2.2; RFC 6455, 4.2.2 (WebSocket)
	{trace.GraphQLType, []string{"subscription"}, "a subscription"},                                                      // GraphQL, October 2021, 6.2.3
	{trace.ContentType, []string{eventStream}, "a stream of events"},                                                     // HTML, 9.2; any HTTP instrumentation that captures headers
	{trace.AcceptedType, []string{eventStream}, "a stream of events"},                                                    // the same, in the request
	{trace.ASGIEvent, []string{"websocket.receive", "websocket.disconnect", "http.disconnect"}, "a wait for the client"}, // opentelemetry-instrumentation-asgi 0.66b2
}

const eventStream = "text/event-stream"

// leastStream is how long a span must be before its name alone makes it a stream. A method that is only called so has answered by then.
const leastStream = trace.Second

// streams says what kind of stream a span is; "" if it is not one. One side of a call knows it for both.
func streams(s *trace.Span) string {
	what := states(s)
	switch {
	case what != "":
	case s.Kind == trace.Server && s.Remote():
		what = states(s.Parent)
	case s.Kind == trace.Client && s.RemoteChild() != nil:
		what = states(s.RemoteChild())
	}
	return what
}

// states says what kind of stream a span itself shows to be; "" if it shows nothing.
func states(s *trace.Span) string {
	if s.Kind == trace.Producer || s.Kind == trace.Consumer {
		return ""
	}
	for _, sign := range streamSigns {
		if v := s.Get(sign.fact); v != "" && sign.shows(s, v) {
			return sign.what
		}
	}
	switch {
	case s.Duration < leastStream:
	case s.Get(trace.DBSystem) != "":
		if call.StreamingCommands[storeCommand(s)] {
			return "a subscription"
		}
	case streamMethod(s) || streamPath(s):
		return "a stream by its name"
	}
	if endedByDesign(s) {
		return "a stream that a time limit renews"
	}
	return ""
}

// shows reports whether a value is the sign. Browsers ask for events by GET (HTML, 9.2); an answer to POST of the same type, such as a
// language model's, ends when it is complete.
func (g sign) shows(s *trace.Span, value string) bool {
	if g.values[0] == eventStream {
		return strings.Contains(value, eventStream) && s.Get(trace.HTTPMethod) != "POST"
	}
	return slices.Contains(g.values, strings.ToLower(value))
}

// streamMethod reports whether an RPC's method begins or ends with one of the words, or has stream within: WatchPods, EventStream.
func streamMethod(s *trace.Span) bool {
	method := rpcMethod(s)
	words := call.Words(method[strings.LastIndexAny(method, "/.")+1:])
	if len(words) == 0 {
		return false
	}
	within := slices.ContainsFunc(words, func(w string) bool { return w == "stream" || w == "streaming" }) &&
		!slices.ContainsFunc(words, func(w string) bool { return w == "sql" || w == "query" || w == "execute" })
	return within || call.StreamingMethods[words[0]] || call.StreamingMethods[words[len(words)-1]]
}

// rpcMethod is the method of an RPC. Proxies such as Envoy record only its path and its status, and older tracers only its name, which
// has the form package.Service/Method.
func rpcMethod(s *trace.Span) string {
	name := s.Name
	switch {
	case s.Get(trace.RPCMethod) != "":
		return s.Get(trace.RPCMethod)
	case s.Get(trace.RPCStatus) != "" && s.Get(trace.HTTPMethod) != "":
		_, name, _ = call.CutURL(cmp.Or(s.Get(trace.URLFull), s.Get(trace.URLPath)))
	}
	service, method, found := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	if !found || !strings.Contains(service, ".") || strings.ContainsAny(service+method, " /{") {
		return ""
	}
	return method
}

// storeCommand is the first word of what a store is asked, in small letters.
func storeCommand(s *trace.Span) string {
	return call.FirstWord(cmp.Or(s.Get(trace.DBText), s.Get(trace.DBOperation), s.Name))
}

func streamPath(s *trace.Span) bool {
	return call.HTTPMethod(s) == "GET" && call.StreamingPaths[endOfPath(s)]
}

// endOfPath is the last segment of the path of an HTTP request, in small letters.
func endOfPath(s *trace.Span) string {
	_, path, _ := call.CutURL(cmp.Or(s.Get(trace.URLFull), s.Get(trace.URLPath), s.Get(trace.HTTPRoute)))
	path = strings.TrimRight(path, "/")
	return strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
}

// endedByDesign reports an RPC that ended after a whole number of minutes, at least five, because its deadline passed or because it was
// cancelled: the age at which clients and servers renew streams (MAX_CONNECTION_AGE of gRPC's keepalive, flagd's deadline).
func endedByDesign(s *trace.Span) bool {
	const minute = 60 * trace.Second
	switch strings.ToUpper(s.Get(trace.RPCStatus)) {
	case "1", "CANCELLED", "4", "DEADLINE_EXCEEDED":
		off := (s.Duration + minute/2) % minute // from half a minute before the minute
		return s.Duration >= 5*minute-trace.Second && max(off, minute/2)-min(off, minute/2) <= s.Duration/200
	}
	return false
}

// ClosedStream reports a stream that failed only because it was closed: cancelled, or renewed when its time was up.
func ClosedStream(s *trace.Span) bool { return streams(s) != "" && (Cancelled(s) || OutOfTime(s)) }
