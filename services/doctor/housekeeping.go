package doctor

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

// housekeeping reports whether a span is connection or transaction management of a database driver or HTTP client.
func housekeeping(s *trace.Span) bool {
	system := strings.ToLower(s.Get(trace.DBSystem))
	if text := s.Get(trace.DBText); text != "" && keyed[system] {
		return commandChores[firstWord(text)]
	} else if text != "" {
		return choreText(writtenFor(system, text)) || firstWord(s.Name) == "prepare" || lastWord(s.Name) == "prepare"
	}
	return connecting(s) || acquiring(s) || transaction(s)
}

func transaction(s *trace.Span) bool {
	name := strings.ToLower(s.Name)
	if op := s.Get(trace.DBOperation); op != "" {
		name = strings.ToLower(op)
	} else if s.Get(trace.DBSystem) == "" && !strings.HasPrefix(name, "sql") {
		return false
	}
	if keyed[strings.ToLower(s.Get(trace.DBSystem))] {
		return commandChores[lastWord(name)]
	}
	return chores[lastWord(name)]
}

// commandChores are what clients of stores of keys do beside commands.
var commandChores = map[string]bool{
	"connect": true, "ping": true, "auth": true, "hello": true, "client": true, "select": true, "quit": true,
	"multi": true, "exec": true, "discard": true, "watch": true, "unwatch": true,
}

// choreText reads a statement only as far as it may be housekeeping.
func choreText(w written) bool {
	verb := firstWord(w.text)
	if !sqlChores[verb] && (verb != "select" || len(w.text) > 60) {
		return false
	}
	return newStatement(normalise(w)).chore
}

// connecting recognises spans of setting a connection up: the network's, TLS's or a database login.
func connecting(s *trace.Span) bool {
	if s.Kind == trace.Server || s.Kind == trace.Consumer || answer(s) != nil || acquiring(s) || saysWhat(s) {
		return false
	}
	name := strings.ToLower(s.Name)
	switch lastWord(name) {
	case "connect", "dial", "dns", "tls", "handshake", "getconn":
		return true
	case "lookup", "resolve": // a customer's, perhaps
		return strings.Contains(name, "dns") || strings.Contains(name, "host")
	case "connection":
		return anyIn(name, "new", "open", "create", "establish", "setup")
	}
	return false
}

// acquiring recognises spans of waiting for a connection that others have. What else can be acquired, checked out or borrowed
// is somebody's business.
func acquiring(s *trace.Span) bool {
	if s.Kind == trace.Server || s.Kind == trace.Consumer || saysWhat(s) {
		return false
	}
	name := strings.ToLower(s.Name)
	switch {
	case anyIn(name, "getconnection", "get_connection", "get connection", "pool.connect", "pool.wait"):
		return true
	case anyIn(name, "acquire", "checkout", "borrow"):
		return anyIn(name, "pool", "conn") || s.Get(trace.DBPool) != "" || s.Get(trace.DBSystem) != ""
	}
	return false
}

// saysWhat reports a span that is a query, a request or a remote call by its attributes, whatever its name sounds like.
func saysWhat(s *trace.Span) bool {
	return s.Get(trace.DBText) != "" || s.Get(trace.HTTPMethod) != "" || s.Get(trace.RPCMethod) != ""
}

// anyIn reports whether the name holds any of the words.
func anyIn(name string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(name, word) })
}

func firstWord(text string) string {
	text = strings.TrimLeft(text, " \t\r\n(")
	for commentAt(text) > 0 {
		text = strings.TrimLeft(text[commentAt(text):], " \t\r\n(")
	}
	end := strings.IndexAny(text, " \t\r\n(;")
	if end < 0 {
		end = len(text)
	}
	return strings.ToLower(text[:end])
}

func lastWord(name string) string {
	return name[strings.LastIndexAny(name, " ./:-")+1:]
}
