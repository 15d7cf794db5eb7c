package call

import "strings"

// A stem is a path without its last part, as one caller asks it of one callee.
type stem struct{ caller, callee, where, head, names string }

// varyingPaths finds identifiers that do not look like such: /authors/tolstoy, /authors/austen. A path that is asked for with ten and more
// different ends has a place there for what varies: so many interfaces of one callee with all but the last word in common are rare in
// one request.
func (v *Vocabulary) varyingPaths(list []*Call) {
	const least = 10
	ends := map[stem]map[string]int{}
	for _, c := range list {
		if c.Plain {
			s, end := c.stem()
			if ends[s] == nil {
				ends[s] = map[string]int{}
			}
			ends[s][end]++
		}
	}
	for _, c := range list {
		if !c.Plain {
			continue
		}
		s, _ := c.stem()
		if c.Plain = len(ends[s]) >= least; c.Plain {
			c.What = s.head + "{}" + s.names
			c.Asks = v.number(Asking{c.What, c.Callee, c.Where})
		}
	}
}

func (c *Call) stem() (s stem, end string) {
	path, names, found := strings.Cut(c.What, "?")
	if found {
		names = "?" + names
	}
	cut := strings.LastIndexByte(path, '/') + 1
	return stem{c.Caller, c.Callee, c.Where, path[:cut], names}, path[cut:]
}
