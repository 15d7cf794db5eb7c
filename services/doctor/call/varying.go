package call

import "strings"

// A stem is a path without its last part, as one caller asks it of one callee.
type stem struct{ caller, callee, where, head, names string }

// varyingPaths finds identifiers that do not look like such: /authors/tolstoy, /authors/austen. A path that is asked for with ten and more
// different ends has a place there for what varies: so many interfaces of one callee with all but the last word in common are rare in
// one request.
func (v *Parser) varyingPaths(list []*Call) {
	const least = 10
	ends := map[stem]map[string]int{}
	for _, c := range list {
		if c.Unrouted {
			s, end := c.stem()
			if ends[s] == nil {
				ends[s] = map[string]int{}
			}
			ends[s][end]++
		}
	}
	for _, c := range list {
		if !c.Unrouted {
			continue
		}
		s, _ := c.stem()
		if c.Unrouted = len(ends[s]) >= least; c.Unrouted {
			c.Template = s.head + "{}" + s.names
			c.Group = v.group(Question{Template: c.Template, Callee: c.Callee, Shard: c.Shard})
		}
	}
}

func (c *Call) stem() (s stem, end string) {
	path, names, found := strings.Cut(c.Template, "?")
	if found {
		names = "?" + names
	}
	cut := strings.LastIndexByte(path, '/') + 1
	return stem{c.Caller, c.Callee, c.Shard, path[:cut], names}, path[cut:]
}
