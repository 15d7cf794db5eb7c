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
	if text := s.Get(trace.DBText); text != "" {
		verb := firstWord(text)
		return chores[verb] && (verb != "set" || s.Get(trace.DBSystem) != "redis")
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
	return chores[lastWord(name)]
}

// connecting recognises spans of setting a connection up: the network's, TLS's or a database login.
func connecting(s *trace.Span) bool {
	switch lastWord(strings.ToLower(s.Name)) {
	case "connect", "dial", "dns", "tls", "handshake", "getconn", "connection", "lookup":
		return !acquiring(s) && s.Kind != trace.Server && s.Kind != trace.Consumer && answer(s) == nil
	}
	return false
}

// acquiring recognises spans of waiting for a connection that others have.
func acquiring(s *trace.Span) bool {
	if s.Kind == trace.Server || s.Kind == trace.Consumer {
		return false
	}
	name := strings.ToLower(s.Name)
	if strings.Contains(name, "checkout") { // a shop's word, too
		return strings.Contains(name, "pool") || strings.Contains(name, "conn")
	}
	return slices.ContainsFunc(acquiringWords, func(word string) bool { return strings.Contains(name, word) }) && !lockWords(s.Name)
}

var acquiringWords = []string{"acquire", "getconnection", "get_connection", "get connection", "pool.connect", "pool.wait", "borrow"}

func firstWord(text string) string {
	text = strings.TrimLeft(text, " \t\r\n(")
	end := strings.IndexAny(text, " \t\r\n(;")
	if end < 0 {
		end = len(text)
	}
	return strings.ToLower(text[:end])
}

func lastWord(name string) string {
	return name[strings.LastIndexAny(name, " ./:-")+1:]
}
