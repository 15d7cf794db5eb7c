package call

import "strings"

// groupVaryingPaths finds identifiers that do not look like identifiers: /authors/tolstoy, /authors/austen. If a request uses ten or more
// different ends of a path, the end is variable: so many endpoints that differ only in their last part are rare in one request.
func (p *Parser) groupVaryingPaths(list []*Call) {
	const least = 10
	ends := map[Question]map[string]bool{}
	for _, c := range list {
		if c.Unrouted {
			q, end := c.withoutEnd()
			if ends[q] == nil {
				ends[q] = map[string]bool{}
			}
			ends[q][end] = true
		}
	}
	for _, c := range list {
		if !c.Unrouted {
			continue
		}
		q, _ := c.withoutEnd()
		r := *c.Request
		if r.Unrouted = len(ends[q]) >= least; r.Unrouted {
			r.Template, q.Caller = q.Template, ""
			r.Group = p.group(q)
		}
		c.Request = p.share(r)
	}
}

// withoutEnd is what c asks, whatever the last part of the path is, and that part.
func (c *Call) withoutEnd() (q Question, end string) {
	path, query, found := strings.Cut(c.Template, "?")
	if found {
		query = "?" + query
	}
	cut := strings.LastIndexByte(path, '/') + 1
	return Question{c.Caller, c.Callee, c.Shard, path[:cut] + "{}" + query}, path[cut:]
}

// instances are the numeric addresses to which calls send one question.
type instances struct {
	calls     []*Call
	addresses map[string]bool
	byKey     map[string]string // the address that got a key
	sharded   bool              // several addresses got one key
	hidden    bool              // some keys are unknown
}

// groupInstances finds the calls that a balancer in the client spreads over equal instances of one service of which only the addresses
// are known, and gives them one group. Equal instances take turns: each gets several calls, with other keys than the others. Shards all
// get the same calls, or one each.
func (p *Parser) groupInstances(list []*Call) {
	all := map[Question]*instances{}
	for _, c := range list {
		if c.Instance == "" || c.Housekeeping || c.Server != nil {
			continue
		}
		q := c.Question()
		if !c.Store {
			q.Callee = "" // it is the address
		}
		if all[q] == nil {
			all[q] = &instances{addresses: map[string]bool{}, byKey: map[string]string{}}
		}
		all[q].add(c)
	}
	for q, i := range all {
		least := 2 * len(i.addresses)
		if i.hidden {
			least = 3 * len(i.addresses)
		}
		if len(i.addresses) < 2 || i.sharded || len(i.calls) < least {
			continue
		}
		for _, c := range i.calls {
			r := *c.Request
			r.Group = p.group(q)
			c.Request = p.share(r)
		}
	}
}

func (i *instances) add(c *Call) {
	i.calls = append(i.calls, c)
	i.addresses[c.Instance] = true
	if c.Key == "" || c.Effect.MayChange() && i.byKey[c.Key] != "" {
		i.hidden = true
		return
	}
	if other := i.byKey[c.Key]; other != "" && other != c.Instance {
		i.sharded = true
	}
	i.byKey[c.Key] = c.Instance
}
