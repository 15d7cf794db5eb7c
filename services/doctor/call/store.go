package call

import (
	"cmp"
	"strings"

	"spanwise/doctor/trace"
)

// A shard is a part of a store.
type shard struct{ address, namespace string }

func (s shard) String() string { return s.address + "/" + s.namespace }

// store reads a call to a database or a cache.
func (p *Parser) store(c *Call) {
	s := c.Span
	c.Store = true
	c.Callee = cmp.Or(c.Callee, "database")
	address := s.Get(trace.PeerAddress)
	c.Shard = cached(p.shards, shard{address, s.Get(trace.DBNamespace)}, shard.String)
	if numeric(address) {
		c.Instance = address
	}
	c.items = max(1, Number(s.Get(trace.DBBatch)))
	system, text, method := strings.ToLower(s.Get(trace.DBSystem)), s.Get(trace.DBText), cmp.Or(s.Get(trace.DBOperation), c.CloudOperation())
	c.summary = s.Get(trace.DBSummary)
	verb := cmp.Or(method, c.summary)
	if verb == "" {
		verb = cmp.Or(FirstWord(text), s.Name)
	}
	c.Effect = p.method(verb).effect
	c.batch = p.method(method).batch
	c.Cursor = CursorMethod(method)
	if KeyValueStores[system] {
		p.command(c, text, method)
		return
	}
	if table := strings.Trim(s.Get(trace.DBCollection), `[]"`); table != "" { // AWS's is a list
		method = strings.TrimSpace(method + " " + table)
	}
	c.NameOnly = c.summary == "" && !strings.Contains(cmp.Or(text, method), " ") && !IsJSON(text)
	if text != "" {
		p.statement(c, newQueryText(system, text), method)
	} else {
		_, path, _ := CutURL(s.Get(trace.URLFull))
		template := p.storePath(path)
		c.Template = cmp.Or(c.summary, strings.TrimSpace(method+" "+template), s.Name)
		if template != "" && path != template {
			c.Key = path
		}
		c.NameOnly = c.NameOnly && template == ""
	}
	if c.Key == "" {
		if values := arguments(s); values != "" {
			c.Key = text + values
		}
	}
}

// storePath returns the template of a path in a store's API, in which an identifier follows each word that begins with _: /books/_doc/7.
// It is "" for the root.
func (p *Parser) storePath(path string) string {
	if path == "/" {
		return ""
	}
	parts := strings.Split(p.pathTemplate(path), "/")
	for i := 1; i < len(parts); i++ {
		if strings.HasPrefix(parts[i-1], "_") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// statement reads the text of a query. For a document store, the method and the collection are not in the text.
func (p *Parser) statement(c *Call, text queryText, method string) {
	q := p.query(text)
	st := q.Statement
	c.Statement, c.Key = st, q.key
	c.Template = st.Template
	if IsJSON(text.text) {
		c.Template = strings.TrimSpace(method + " " + st.Template)
		c.batch = c.batch || strings.Contains(text.text, `"$in"`) && q.key == ""
		c.items = max(c.items, countDocuments(text.text))
	}
	if st.effect != unknownEffect {
		c.Effect = st.effect
	}
	c.items = max(c.items, st.rows)
	c.batch = c.batch || st.listParameter
	c.Cursor = cmp.Or(c.Cursor, st.cursor)
	c.listTemplate, _ = strings.CutSuffix(st.Template, " offset ?")
}

// countDocuments counts the documents that a MongoDB command inserts.
func countDocuments(text string) (n int) {
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

// CursorMethod returns method if it continues a list where the last call ended, by its name in MongoDB, Elasticsearch, Redis, HBase or
// DynamoDB; "" for any other.
func CursorMethod(method string) string {
	switch m := strings.ToLower(method); {
	case m == "getmore", m == "scroll", m == "fetch", strings.HasSuffix(m, "scan"):
		return method
	}
	return ""
}

// arguments returns the attributes that state the values with which a statement was executed.
func arguments(s *trace.Span) string {
	var list []string
	for _, a := range s.Attrs {
		k := a.Key
		if strings.HasPrefix(k, "db.") && (k == "db.statement.parameters" || strings.HasPrefix(k, "db.query.parameter.") ||
			strings.HasPrefix(k, "db.operation.parameter.") || strings.HasPrefix(k, "db.elasticsearch.path_parts.")) {
			list = append(list, " ", k[strings.LastIndexByte(k, '.')+1:], "=", a.Value)
		}
	}
	return strings.Join(list, "")
}
