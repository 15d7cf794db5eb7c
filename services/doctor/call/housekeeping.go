package call

import (
	"cmp"
	"slices"
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

// Greets reports whether a span sends only commands with which a client sets up a new connection to a key-value store. Servers that do not
// know one of them return an error, which clients ignore: CLIENT SETINFO came with Redis 7.2, HELLO with 6.0.
func Greets(s *trace.Span) bool {
	if !KeyValueStores[strings.ToLower(s.Get(trace.DBSystem))] {
		return false
	}
	text := s.Get(trace.DBText)
	if text == "" {
		text = lastWord(cmp.Or(s.Get(trace.DBOperation), s.Name))
	}
	for line := range strings.SplitSeq(text, "\n") {
		if !greeting(line) {
			return false
		}
	}
	return true
}

// greeting reports whether a command sets up a connection. CLIENT has other subcommands, which administer the server.
func greeting(command string) bool {
	verb, rest, _ := strings.Cut(strings.ToLower(strings.TrimSpace(command)), " ")
	return handshakeCommands[verb] && (verb != "client" || rest == "" || handshakeSubcommands[FirstWord(rest)])
}

// housekeepingText reports whether the text of a query manages a session. It parses only texts that may.
func housekeepingText(s *trace.Span) bool {
	system, text := strings.ToLower(s.Get(trace.DBSystem)), s.Get(trace.DBText)
	if KeyValueStores[system] {
		for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
			if !housekeepingCommands[FirstWord(line)] {
				return false
			}
		}
		return true
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

// Prepares reports whether a call only prepares a statement, which takes a connection like executing it.
func (c *Call) Prepares() bool { return c.Statement != nil && prepares(c.Span) }

// prepares reports whether a span sends the text of a statement only to prepare it.
func prepares(s *trace.Span) bool {
	first, _, _ := strings.Cut(s.Name, " ")
	return strings.EqualFold(first, "prepare") || strings.EqualFold(lastWord(s.Name), "prepare")
}

// skipUnsent marks the executions of a statement that were not sent.
func skipUnsent(calls []*Call) {
	const nearby = 16 // calls; others may run at the same time
	for i, c := range calls {
		if !c.Prepares() {
			continue
		}
		for _, b := range slices.Backward(calls[max(0, i-nearby):i]) {
			if b.Statement == c.Statement && !b.Housekeeping && Unsent(b.Span, c.Span) {
				b.Housekeeping, b.Failed = true, false
				break
			}
		}
	}
}

// Unsent reports whether an execution of a statement only found out that it has to be prepared, which happened right after it. A driver
// that cannot send a statement together with its values returns ErrSkip to database/sql of Go; then the statement is prepared, and executed
// again. Wrappers record both.
func Unsent(execution, preparation *trace.Span) bool {
	const atOnce = trace.Millisecond
	pause := preparation.Start - execution.End()
	return pause >= 0 && pause <= atOnce && execution.Parent == preparation.Parent && prepares(preparation) &&
		(leftToPrepare(execution) || execution.Duration < min(atOnce, preparation.Duration/2)) &&
		execution.Get(trace.DBText) == preparation.Get(trace.DBText)
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
	switch {
	case handshakes(s):
		return true
	case s.Get(trace.ConnReused) == "true":
		return false
	}
	name := strings.ToLower(s.Name)
	if i := strings.LastIndexByte(name, ' '); i > 0 && strings.ContainsAny(name[i:], ".:") {
		name = name[:i] // without the peer, which .NET's HTTP client appends: TLS client handshake api.example:443
	}
	switch word := lastWord(name); {
	case connectingWords[word]:
	case connectingHostWords[word] && ContainsAny(name, "dns", "host"): // otherwise of a customer, perhaps
	case connectingAnewWords[word] && ContainsAny(name, "new", "open", "create", "establish", "setup"):
	default:
		return false
	}
	return !isRequest(s) && !Acquiring(s) && s.RemoteChild() == nil
}

// handshakes reports whether a span is a command with which the client of a store begins a connection. SELECT chooses a database; it is one
// only on behalf of another command. In Redis, that is the one for which the connection is set up.
func handshakes(s *trace.Span) bool {
	if strings.EqualFold(s.Get(trace.DBSystem), "mongodb") {
		return documentHandshakes[strings.ToLower(s.Get(trace.DBOperation))]
	}
	return Greets(s) && (s.Parent != nil && s.Parent.Calling() || FirstWord(cmp.Or(s.Get(trace.DBText), lastWord(s.Name))) != "select")
}

// Acquiring reports whether a span waits for a connection of a pool. Other things can be acquired, checked out or borrowed, too: that is
// the application's work.
func Acquiring(s *trace.Span) bool {
	name := strings.ReplaceAll(strings.ToLower(s.Name), " ", "_")
	switch {
	case ContainsAny(name, acquiringNames...), lastWord(name) == "getconn" && gotInTurn(s):
	case !ContainsAny(name, acquiringVerbs...):
		return false
	case !ContainsAny(name, "pool", "conn") && s.Get(trace.DBPool) == "" && s.Get(trace.DBSystem) == "":
		return false
	}
	return !isRequest(s)
}

// gotInTurn reports whether the step in which Go's HTTP client gets a connection was a wait for one that another request was using, or for
// leave to open one. The step says whether the connection had been used before, and whether it was idle; if it was, there was nothing to
// wait for. If it is a new one, the steps of opening it begin at once, unless there were too many already.
func gotInTurn(s *trace.Span) bool {
	switch s.Get(trace.ConnReused) {
	case "true":
		return s.Get(trace.ConnWasIdle) != "true"
	case "false":
		return len(s.Children) > 0 && (s.Children[0].Start-s.Start)*2 > s.Duration
	}
	return false
}

// isRequest reports whether a span is a request or a query by its kind or its attributes, whatever its name suggests.
func isRequest(s *trace.Span) bool {
	return s.Kind == trace.Server || s.Kind == trace.Consumer ||
		s.Get(trace.DBText) != "" || s.Get(trace.HTTPMethod) != "" || s.Get(trace.RPCMethod) != ""
}
