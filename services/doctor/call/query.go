package call

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// store names a call to a database or a cache.
func (v *Parser) store(c *Call) {
	s := c.Span
	c.Store = true
	c.Callee = cmp.Or(c.Callee, "database")
	c.Shard = s.Get(trace.PeerAddress) + "/" + s.Get(trace.DBNamespace)
	if address := s.Get(trace.PeerAddress); numeric(address) {
		c.Instance = address
	}
	c.items = max(1, Number(s.Get(trace.DBBatch)))
	system, text, method := strings.ToLower(s.Get(trace.DBSystem)), s.Get(trace.DBText), s.Get(trace.DBOperation)
	c.summary = s.Get(trace.DBSummary)
	c.Effect = v.method(cmp.Or(method, c.summary, FirstWord(text), s.Name)).effect
	c.many = v.method(method).many
	c.Cursor = Cursor(method)
	if KeyValueStores[system] {
		v.command(c, text, method)
		return
	}
	if table := s.Get(trace.DBCollection); table != "" {
		method = strings.TrimSpace(method + " " + table)
	}
	c.NameOnly = c.summary == "" && !strings.Contains(cmp.Or(text, method), " ") && !IsJSON(text)
	if text != "" {
		v.sentence(c, writtenFor(system, text), method)
	} else {
		_, path, _ := CutURL(s.Get(trace.URLFull))
		named := v.named(path)
		c.Template = cmp.Or(c.summary, strings.TrimSpace(method+" "+named), s.Name)
		if named != "" && path != named {
			c.Key = path
		}
		c.NameOnly = c.NameOnly && named == ""
	}
	if c.Key == "" {
		if values := arguments(s); values != "" {
			c.Key = text + values
		}
	}
}

// named is a path's template as a name for what a store holds: after a word of its interface (/books/_doc/) comes what tells one thing from
// another. It is "" where the path is but the store's door.
func (v *Parser) named(path string) string {
	if path == "/" {
		return ""
	}
	parts := strings.Split(v.pattern(path), "/")
	for i := 1; i < len(parts); i++ {
		if strings.HasPrefix(parts[i-1], "_") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// sentence reads a query's text. That of a store of documents does not say everything: the method and the collection are beside it.
func (v *Parser) sentence(c *Call, w written, method string) {
	q := v.query(w)
	st := q.Statement
	c.Statement, c.Key = st, q.which
	c.Template = st.Template
	if IsJSON(w.text) {
		c.Template = strings.TrimSpace(method + " " + st.Template)
		c.many = c.many || strings.Contains(w.text, `"$in"`) && q.which == ""
		c.items = max(c.items, documentsIn(w.text))
	}
	if st.effect != unknownEffect {
		c.Effect = st.effect
	}
	c.items = max(c.items, st.rows)
	c.many = c.many || st.list
	c.Cursor = cmp.Or(c.Cursor, st.page)
	c.listTemplate, _ = strings.CutSuffix(st.Template, " offset ?")
}

// documentsIn counts the documents that a text of MongoDB's brings to be stored.
func documentsIn(text string) (n int) {
	_, rest, _ := strings.Cut(text, `"documents"`)
	depth := 0
	for i := range len(rest) {
		switch rest[i] {
		case '{':
			if depth++; depth == 1 {
				n++
			}
		case '}':
			depth--
		case ']':
			if depth <= 0 {
				return n
			}
		}
	}
	return n
}

// Cursor is a method that goes on with a list where its last call ended, by the names that MongoDB, Elasticsearch, Redis, HBase
// and DynamoDB give it; "" for any other.
func Cursor(method string) string {
	switch m := strings.ToLower(method); {
	case m == "getmore", m == "scroll", m == "fetch", strings.HasSuffix(m, "scan"):
		return method
	}
	return ""
}

// arguments is what the span says of the values that the statement was run with.
func arguments(s *trace.Span) string {
	var names []string
	for k := range s.Attrs {
		if strings.HasPrefix(k, "db.") && (k == "db.statement.parameters" || strings.HasPrefix(k, "db.query.parameter.") ||
			strings.HasPrefix(k, "db.operation.parameter.") || strings.HasPrefix(k, "db.elasticsearch.path_parts.")) {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	var list []string
	for _, k := range names {
		list = append(list, " ", k[strings.LastIndexByte(k, '.')+1:], "=", s.Attrs[k])
	}
	return strings.Join(list, "")
}

// hidden reports whether a statement or URL shows placeholders where its values were, so that two different calls look the same.
func hidden(w written) bool {
	text := w.text
	if strings.Contains(text, "REDACTED") {
		return true
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'' || c == '"' && w.loose: // whatever a literal holds is a value, but for a placeholder alone
			size := literal(text[i:], w.loose)
			if text[i:i+size] == `"?"` {
				return true
			}
			i += size - 1
		case c == '?':
			if i+1 == len(text) || !letter(text[i+1]) {
				return true
			}
		case c == '$' || c == ':' || c == '@' || c == '%':
			if placeholder(text, i) > 0 {
				return true
			}
		}
	}
	return false
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }
