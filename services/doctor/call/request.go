package call

import (
	"cmp"
	"slices"
	"strings"

	"spanwise/doctor/trace"
)

// request names an HTTP call. The route that the callee's own server span carries is exact; a path with its
// identifiers taken out is the next best.
func (v *Parser) request(c *Call) {
	method := strings.ToUpper(c.Get(trace.HTTPMethod))
	host, path, query := CutURL(c.Get(trace.URLFull))
	path = cmp.Or(path, c.Get(trace.URLPath))
	if p, q, ok := strings.Cut(path, "?"); ok {
		path, query = p, q
	}
	query = cmp.Or(query, strings.TrimPrefix(c.Get(trace.URLQuery), "?"))

	pattern := c.Span.Get(trace.URLPattern)
	if pattern == "" && c.Server != nil {
		pattern = cmp.Or(c.Server.Get(trace.HTTPRoute), routeIn(c.Server.Name))
	}
	pairs := Parameters(query)
	door := withMethod(method, cmp.Or(pattern, v.pattern(path), c.Span.Name))
	c.Template = door + names(pairs)
	if others := slices.DeleteFunc(slices.Clone(pairs), continues); len(others) < len(pairs) {
		c.listTemplate = door + names(others)
	}
	c.Shard = cmp.Or(host, c.Span.Get(trace.PeerAddress))
	c.Callee = cmp.Or(c.Callee, c.Shard)
	if numeric(c.Shard) {
		c.Instance, c.Shard, host = c.Shard, "", ""
	}
	if path != "" && !hiddenURL(path+"&"+query) {
		c.Key = method + " " + host + path
		if len(pairs) > 0 {
			c.Key += "?" + strings.Join(pairs, "&")
		}
	}
	c.Resent = Number(c.Span.Get(trace.Resend)) > 0
	c.Effect = methodEffect(method)
	if templated := v.pattern(path); !strings.HasSuffix(templated, "}") {
		c.Unrouted = pattern == "" && strings.Count(path, "/") >= 2 && !strings.HasSuffix(path, "/") // for varyingPaths to judge
		m := v.method(templated[strings.LastIndexAny(templated, "/:")+1:])
		c.many = m.many && m.verbal
	}
	graphQL(c)
}

// methodEffect is what HTTP's methods are for, by RFC 9110 and RFC 4918.
func methodEffect(method string) Effect {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND":
		return Reads
	case "PUT", "PATCH", "DELETE":
		return Writes
	}
	return Acts
}

// graphQL tells the questions of one GraphQL address apart, where either side names them.
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

// withMethod puts the method before what it is applied to, unless that is a name that says it already.
func withMethod(method, what string) string {
	if slices.Contains(strings.Fields(strings.ToUpper(what)), method) {
		return what
	}
	return method + " " + what
}

// hiddenURL reports whether a path or a query shows something else where its values were: what the conventions write, or a template's place.
func hiddenURL(text string) bool {
	return strings.Contains(text, "REDACTED") || strings.ContainsAny(text, "?{")
}

// routeIn is the route in a server span's name: GET /books/{id}, books/:id; "" if it has no place for what varies.
func routeIn(name string) string {
	if !strings.Contains(name, "{") && !strings.Contains(name, "/:") && !strings.Contains(name, "/<") {
		return ""
	}
	return name[strings.LastIndexByte(name, ' ')+1:]
}

// CutURL splits a URL without judging it; what is not there is "".
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

// Parameters lists the query's key=value pairs in a fixed order.
func Parameters(query string) []string {
	if query == "" {
		return nil
	}
	pairs := strings.Split(query, "&")
	slices.Sort(pairs)
	return pairs
}

// continues reports a key=value pair by which a list is continued.
func continues(pair string) bool {
	key, _, _ := strings.Cut(pair, "=")
	return isPageKey(key)
}

// names keeps of the query which parameters it has, each once.
func names(pairs []string) string {
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

// pattern replaces what identifies one thing in a path by {}.
func (v *Parser) pattern(path string) string {
	if p, ok := v.paths[path]; ok {
		return p
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if identifies(part) {
			parts[i] = "{}"
		}
	}
	p := strings.Join(parts, "/")
	remember(v.paths, path, p)
	return p
}

// identifies recognises numbers, UUIDs, hashes, dates, e-mail addresses, numbered names (room-17) and long random words.
func identifies(part string) bool {
	digits, letters, hex := 0, 0, 0
	for _, r := range part {
		switch {
		case r >= '0' && r <= '9':
			digits++
			hex++
		case r >= 'a' && r <= 'f', r >= 'A' && r <= 'F':
			letters++
			hex++
		case r >= 'g' && r <= 'z', r >= 'G' && r <= 'Z':
			letters++
		}
	}
	switch {
	case digits == 0:
		return strings.Contains(part, "@")
	case letters == 0 || strings.Contains(part, "@"):
		return true
	case hex >= 8 && letters+digits == hex, letters+digits >= 20:
		return true
	}
	if digits >= 2 && letters <= digits && letters+digits == len(part) && part[0] != 'v' {
		return true // b17; but v10 is a version
	}
	tail := part[strings.LastIndexAny(part, "-_:")+1:]
	if len(tail) == len(part) {
		return false
	}
	return numeric(tail) || len(tail) >= 8 && strings.ContainsAny(tail, "0123456789") // cus_NffrFeUfNV2Hib
}

func numeric(s string) bool { return s != "" && strings.Trim(s, "0123456789.:[]") == "" }
