package call

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// http reads an HTTP call. Its template is the route from either span or, without one, the path without its identifiers.
func (p *Parser) http(c *Call) {
	method := c.httpMethod()
	host, path, query := CutURL(c.Get(trace.URLFull))
	path = cmp.Or(path, c.Get(trace.URLPath))
	if before, after, ok := strings.Cut(path, "?"); ok {
		path, query = before, after
	}
	query = cmp.Or(query, strings.TrimPrefix(c.Get(trace.URLQuery), "?"))

	route := c.Span.Get(trace.URLPattern)
	if route == "" && c.Server != nil {
		route = cmp.Or(c.Server.Get(trace.HTTPRoute), routeIn(c.Server.Name))
	}
	pairs := Parameters(query)
	endpoint := withMethod(method, cmp.Or(route, p.pathTemplate(path), c.Span.Name))
	c.Template = endpoint + parameterNames(pairs)
	if others := slices.DeleteFunc(slices.Clone(pairs), isPagePair); len(others) < len(pairs) {
		c.listTemplate = endpoint + parameterNames(others)
	}
	c.Shard = cmp.Or(host, c.Span.Get(trace.PeerAddress))
	c.Callee = cmp.Or(c.Callee, c.Shard)
	if numeric(c.Shard) {
		c.Instance, c.Shard, host = c.Shard, "", ""
	}
	hidden := strings.Contains(path+query, "REDACTED") || strings.ContainsAny(path+query, "?{")
	if path != "" && !hidden {
		c.Key = strings.TrimLeft(method+" ", " ") + host + path
		if len(pairs) > 0 {
			c.Key += "?" + strings.Join(pairs, "&")
		}
	}
	c.Resent = Number(c.Span.Get(trace.Resend)) > 0
	c.Effect = methodEffect(method)
	if templated := p.pathTemplate(path); !strings.HasSuffix(templated, "}") {
		c.Unrouted = route == "" && strings.Count(path, "/") >= 2 && !strings.HasSuffix(path, "/") // groupVaryingPaths decides
		m := p.method(templated[strings.LastIndexAny(templated, "/:")+1:])
		c.batch = m.batch && m.verb
	}
	graphQL(c)
}

// IsHTTP reports whether the call is a request of HTTP itself, and not of a protocol above it: it has a method or, for instrumentations that
// record none, a URL.
func (c *Call) IsHTTP() bool {
	if c.Get(trace.RPCMethod) != "" {
		return false
	}
	return c.Get(trace.HTTPMethod) != "" ||
		strings.HasPrefix(c.Get(trace.URLFull), "http") && c.Get(trace.RPCSystem) == "" && c.Get(trace.MessagingSystem) == ""
}

// httpMethod is the method that one of the two spans states.
func (c *Call) httpMethod() string {
	method := HTTPMethod(c.Span)
	if method == "" && c.Server != nil {
		method = HTTPMethod(c.Server)
	}
	return method
}

// HTTPMethod returns the method of an HTTP request, from its attribute or from the name of a span that has a URL; "" if neither has it.
func HTTPMethod(s *trace.Span) string {
	if method := s.Get(trace.HTTPMethod); method != "" {
		return strings.ToUpper(method)
	}
	if s.Get(trace.URLFull) == "" && s.Get(trace.URLPath) == "" {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(s.Name, "HTTP "), " ")
	switch first {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return first
	}
	return ""
}

// methodEffect returns the effect of an HTTP method by RFC 9110 and RFC 4918.
func methodEffect(method string) Effect {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND":
		return Reads
	case "PUT", "PATCH", "DELETE":
		return Writes
	}
	return Acts
}

// graphQL distinguishes the operations of a GraphQL endpoint, if either span names them.
func graphQL(c *Call) {
	name, kind := c.Get(trace.GraphQLName), c.Get(trace.GraphQLType)
	if name != "" {
		c.Template, c.listTemplate = c.Template+" "+name, ""
	}
	if name+kind != "" && c.Effect != Reads {
		c.Key = "" // it is in the body
	}
	switch kind {
	case "query":
		c.Effect = Reads
	case "mutation":
		c.Effect = Writes
	}
}

// withMethod puts the method before a path or a span's name, unless the name contains it.
func withMethod(method, name string) string {
	if method == "" || slices.Contains(strings.Fields(strings.ToUpper(name)), method) {
		return name
	}
	return method + " " + name
}

// routeIn returns the route in a server span's name: GET /books/{id}, books/:id; "" if it has no placeholder.
func routeIn(name string) string {
	if !strings.Contains(name, "{") && !strings.Contains(name, "/:") && !strings.Contains(name, "/<") {
		return ""
	}
	return name[strings.LastIndexByte(name, ' ')+1:]
}

// CutURL splits a URL without validating it; a part that is missing is "".
func CutURL(full string) (host, path, query string) {
	if _, rest, ok := strings.Cut(full, "://"); ok {
		full = rest
		end := strings.IndexAny(full, "/?#")
		if end < 0 {
			return full, "/", ""
		}
		host, full = full[:end], full[end:]
	}
	full, _, _ = strings.Cut(full, "#")
	path, query, _ = strings.Cut(full, "?")
	return host, path, query
}

// Parameters returns the key=value pairs of a URL's query, sorted.
func Parameters(query string) []string {
	if query == "" {
		return nil
	}
	pairs := strings.Split(query, "&")
	slices.Sort(pairs)
	return pairs
}

// isPagePair reports whether a key=value pair continues a list.
func isPagePair(pair string) bool {
	key, _, _ := strings.Cut(pair, "=")
	return isPageKey(key)
}

// parameterNames returns a query without its values, with each parameter once.
func parameterNames(pairs []string) string {
	if len(pairs) == 0 {
		return ""
	}
	var keys []string
	for _, p := range pairs {
		key, _, _ := strings.Cut(p, "=")
		keys = append(keys, key)
	}
	return "?" + strings.Join(slices.Compact(keys), "&")
}
