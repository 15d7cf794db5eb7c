package doctor

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// query names a call to a database or a cache.
func (v *vocabulary) query(c *call) {
	s := c.span
	c.store = true
	c.callee = cmp.Or(c.callee, "database")
	c.where = s.Get(trace.PeerAddress) + "/" + s.Get(trace.DBNamespace)
	text := s.Get(trace.DBText)
	operation := strings.TrimSpace(s.Get(trace.DBOperation) + " " + s.Get(trace.DBCollection))
	switch {
	case s.Get(trace.DBSummary) != "":
		c.what = s.Get(trace.DBSummary)
	case text != "":
		c.what = v.statement(text)
	default:
		c.what = cmp.Or(operation, s.Name)
	}
	c.items = max(1, number(s.Get(trace.DBBatch)))
	if text != "" && !hidden(text) {
		c.which = text
	} else if values := arguments(s); values != "" {
		c.which = text + values
	}
	c.effect = queryEffect(cmp.Or(text, operation, s.Name))
}

// arguments is what the span says of the values that the statement was run with.
func arguments(s *trace.Span) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(s.Attrs)) {
		if strings.HasPrefix(k, "db.query.parameter.") {
			list = append(list, " ", k[len("db.query.parameter."):], "=", s.Attrs[k])
		}
	}
	return strings.Join(list, "")
}

func queryEffect(text string) effect {
	switch verb := firstWord(text); verb {
	case "select", "show", "explain", "values", "pragma", "find", "aggregate", "exists", "hmget", "smembers", "zrange", "lrange", "ttl":
		return reads
	case "with":
		if !strings.Contains(strings.ToLower(text), "insert ") && !strings.Contains(strings.ToLower(text), "update ") &&
			!strings.Contains(strings.ToLower(text), "delete ") {
			return reads
		}
		return writes
	case "merge", "replace", "create", "alter", "drop", "truncate", "call", "copy", "lock", "hset", "expire", "lpush", "rpush", "sadd", "zadd":
		return writes
	default:
		return effectOf(verb)
	}
}

// hidden reports whether a statement or URL shows placeholders where its values were, so that two different calls look the same.
func hidden(text string) bool {
	if strings.Contains(text, "REDACTED") {
		return true
	}
	for i := 0; i < len(text); i++ {
		next := byte(' ')
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch text[i] {
		case '\'': // a literal: whatever it holds is a value
			end := strings.IndexByte(text[i+1:], '\'')
			if end < 0 {
				return false
			}
			i += end + 1
		case '?':
			if !letter(next) {
				return true
			}
		case '$':
			if next >= '0' && next <= '9' {
				return true
			}
		case '%':
			if next == 's' {
				return true
			}
		case '@', ':':
			if letter(next) && i > 0 && strings.IndexByte(" =(,<>", text[i-1]) >= 0 {
				return true
			}
		}
	}
	return false
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }
