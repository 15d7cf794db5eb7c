package call

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// Housekeeping reports whether a span is connection or transaction management of a database driver or HTTP client.
func Housekeeping(s *trace.Span) bool {
	if s.Get(trace.DBText) != "" {
		return housekeepingText(s)
	}
	return Connecting(s) || Acquiring(s) || manages(s)
}

// housekeepingWords are the last words in the names of spans that drivers make around a query.
var housekeepingWords = set(`
	connect connector dial dns tls handshake acquire checkout getconnection begin commit rollback savepoint release start set ping
	prepare close reset deallocate discard begin_tx reset_session rows
`)

// housekeepingCommands are the commands to key-value stores that manage a connection or a transaction.
var housekeepingCommands = set("connect ping auth hello client select quit multi exec discard watch unwatch")

// greetings are the commands to key-value stores with which a client sets up a new connection. Servers that do not know one of them return
// an error, which clients ignore: CLIENT SETINFO came with Redis 7.2, HELLO with 6.0.
var greetings = set("hello client auth select")

// Greets reports whether a span sends only commands that set up a connection to a key-value store.
func Greets(s *trace.Span) bool {
	if !KeyValueStores[strings.ToLower(s.Get(trace.DBSystem))] {
		return false
	}
	text := s.Get(trace.DBText)
	if text == "" {
		return greetings[lastWord(strings.ToLower(cmp.Or(s.Get(trace.DBOperation), s.Name)))]
	}
	for line := range strings.SplitSeq(text, "\n") {
		if !greetings[FirstWord(line)] {
			return false
		}
	}
	return true
}

// housekeepingStatements are the first words of SQL statements that manage a connection or a transaction.
var housekeepingStatements = set("begin start commit rollback savepoint release set use reset prepare deallocate discard open close ping")

// housekeepingText reports whether the text of a query manages a session. It parses only texts that may.
func housekeepingText(s *trace.Span) bool {
	system, text := strings.ToLower(s.Get(trace.DBSystem)), s.Get(trace.DBText)
	if KeyValueStores[system] {
		return housekeepingCommands[FirstWord(text)]
	}
	if prepares(s) {
		return true
	}
	q := newQueryText(system, text)
	text = afterComments(text)
	verb := FirstWord(text)
	value := strings.TrimLeft(text[min(len(verb), len(text)):], " ")
	if !housekeepingStatements[verb] && (verb != "select" || value == "" || letter(value[0]) || strings.IndexByte("\"`*([", value[0]) >= 0) {
		return false
	}
	return newStatement(normalise(q)).housekeeping
}

// prepares reports whether a span sends the text of a statement only to prepare it.
func prepares(s *trace.Span) bool {
	first, _, _ := strings.Cut(s.Name, " ")
	return strings.EqualFold(first, "prepare") || strings.EqualFold(lastWord(s.Name), "prepare")
}

// manages reports whether a database operation without a text manages a session.
func manages(s *trace.Span) bool {
	name, system := strings.ToLower(s.Name), strings.ToLower(s.Get(trace.DBSystem))
	if op := s.Get(trace.DBOperation); op != "" {
		name = strings.ToLower(op)
	} else if system == "" && !strings.HasPrefix(name, "sql") {
		return false
	}
	if KeyValueStores[system] {
		return housekeepingCommands[lastWord(name)]
	}
	return housekeepingWords[lastWord(name)]
}

// Connecting reports whether a span sets up a connection: in the network, by TLS, or by a database login.
func Connecting(s *trace.Span) bool {
	name := strings.ToLower(s.Name)
	if i := strings.LastIndexByte(name, ' '); i > 0 && strings.IndexByte(name[i:], '.') > 0 {
		name = name[:i] // without the peer, which .NET's HTTP client appends: TLS client handshake api.example:443
	}
	switch lastWord(name) {
	case "connect", "dial", "dns", "tls", "handshake", "getconn":
	case "lookup", "resolve": // of a customer, perhaps
		if !ContainsAny(name, "dns", "host") {
			return false
		}
	case "connection", "connection_setup":
		if !ContainsAny(name, "new", "open", "create", "establish", "setup") {
			return false
		}
	default:
		return false
	}
	return !isRequest(s) && !Acquiring(s) && s.RemoteChild() == nil
}

// Acquiring reports whether a span waits for a connection of a pool. Other things can be acquired, checked out or borrowed, too: that is
// the application's work.
func Acquiring(s *trace.Span) bool {
	name := strings.ToLower(s.Name)
	switch {
	case ContainsAny(name, "getconnection", "get_connection", "get connection", "wait_for_connection", "pool.connect", "pool.wait"):
	case !ContainsAny(name, "acquire", "checkout", "borrow"):
		return false
	case !ContainsAny(name, "pool", "conn") && s.Get(trace.DBPool) == "" && s.Get(trace.DBSystem) == "":
		return false
	}
	return !isRequest(s)
}

// isRequest reports whether a span is a request or a query by its kind or its attributes, whatever its name suggests.
func isRequest(s *trace.Span) bool {
	return s.Kind == trace.Server || s.Kind == trace.Consumer ||
		s.Get(trace.DBText) != "" || s.Get(trace.HTTPMethod) != "" || s.Get(trace.RPCMethod) != ""
}
