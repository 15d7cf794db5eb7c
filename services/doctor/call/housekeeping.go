package call

import (
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// chores are what drivers do around a query: words of their span names, and first words of statements.
var chores = map[string]bool{
	"connect": true, "connector": true, "dial": true, "dns": true, "tls": true, "handshake": true,
	"acquire": true, "checkout": true, "getconnection": true,
	"begin": true, "commit": true, "rollback": true, "savepoint": true, "release": true, "start": true,
	"set": true, "ping": true, "prepare": true, "close": true, "reset": true, "deallocate": true, "discard": true,
	"begin_tx": true, "reset_session": true, "rows": true,
}

// Housekeeping reports whether a span is connection or transaction management of a database driver or HTTP client.
func Housekeeping(s *trace.Span) bool {
	system := strings.ToLower(s.Get(trace.DBSystem))
	if text := s.Get(trace.DBText); text != "" && KeyValueStores[system] {
		return commandChores[FirstWord(text)]
	} else if text != "" {
		return choreText(writtenFor(system, text)) || prepares(s)
	}
	return Connecting(s) || Acquiring(s) || transaction(s)
}

func transaction(s *trace.Span) bool {
	name := strings.ToLower(s.Name)
	if op := s.Get(trace.DBOperation); op != "" {
		name = strings.ToLower(op)
	} else if s.Get(trace.DBSystem) == "" && !strings.HasPrefix(name, "sql") {
		return false
	}
	if KeyValueStores[strings.ToLower(s.Get(trace.DBSystem))] {
		return commandChores[lastWord(name)]
	}
	return chores[lastWord(name)]
}

// commandChores are what clients of stores of keys do beside commands.
var commandChores = map[string]bool{
	"connect": true, "ping": true, "auth": true, "hello": true, "client": true, "select": true, "quit": true,
	"multi": true, "exec": true, "discard": true, "watch": true, "unwatch": true,
}

// prepares reports a span that sends a statement's text only for later use.
func prepares(s *trace.Span) bool {
	first, _, _ := strings.Cut(s.Name, " ")
	return strings.EqualFold(first, "prepare") || strings.EqualFold(lastWord(s.Name), "prepare")
}

// choreText reads a statement only where it may be housekeeping.
func choreText(w written) bool {
	text := afterComments(w.text)
	verb := FirstWord(text)
	value := strings.TrimLeft(text[min(len(verb), len(text)):], " ")
	if !sqlChores[verb] && (verb != "select" || value == "" || letter(value[0]) || strings.IndexByte("\"`*([", value[0]) >= 0) {
		return false
	}
	return newStatement(normalise(w)).chore
}

// Connecting recognises spans of setting a connection up: the network's, TLS's or a database login.
func Connecting(s *trace.Span) bool {
	name := step(s)
	switch lastWord(name) {
	case "connect", "dial", "dns", "tls", "handshake", "getconn":
	case "lookup", "resolve": // a customer's, perhaps
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
	return s.Kind != trace.Server && s.Kind != trace.Consumer && !Acquiring(s) && !saysWhat(s) && Answer(s) == nil
}

// step is a span's name without the peer's, which .NET's HTTP client puts behind it: TLS client handshake api.example:443.
func step(s *trace.Span) string {
	name := strings.ToLower(s.Name)
	if i := strings.LastIndexByte(name, ' '); i > 0 && strings.IndexByte(name[i:], '.') > 0 {
		name = name[:i]
	}
	return name
}

// Acquiring recognises spans of waiting for a connection that others have. What else can be acquired, checked out or borrowed
// is somebody's business.
func Acquiring(s *trace.Span) bool {
	name := strings.ToLower(s.Name)
	switch {
	case ContainsAny(name, "getconnection", "get_connection", "get connection", "wait_for_connection", "pool.connect", "pool.wait"):
	case !ContainsAny(name, "acquire", "checkout", "borrow"):
		return false
	case !ContainsAny(name, "pool", "conn") && s.Get(trace.DBPool) == "" && s.Get(trace.DBSystem) == "":
		return false
	}
	return s.Kind != trace.Server && s.Kind != trace.Consumer && !saysWhat(s)
}

// saysWhat reports a span that is a query, a request or a remote call by its attributes, whatever its name sounds like.
func saysWhat(s *trace.Span) bool {
	return s.Get(trace.DBText) != "" || s.Get(trace.HTTPMethod) != "" || s.Get(trace.RPCMethod) != ""
}

// ContainsAny reports whether the name contains any of the words.
func ContainsAny(name string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
}

// afterComments is a text from its first word on.
func afterComments(text string) string {
	const blank = " \t\r\n("
	text = strings.TrimLeft(text, blank)
	for commentAt(text) > 0 {
		text = strings.TrimLeft(text[commentAt(text):], blank)
	}
	return text
}

// FirstWord is what a text begins with, in small letters.
func FirstWord(text string) string {
	text = afterComments(text)
	end := strings.IndexAny(text, " \t\r\n(;")
	if end < 0 {
		end = len(text)
	}
	return strings.ToLower(text[:end])
}

func lastWord(name string) string {
	return name[strings.LastIndexAny(name, " ./:-")+1:]
}
