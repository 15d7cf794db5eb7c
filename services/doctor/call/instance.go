package call

// turns are the calls that ask the same of addresses that are numbers.
type turns struct {
	calls []*Call
	hosts map[string]bool
	asked map[string]string // which instance a question went to
	parts bool              // a question went to several of them
	blind bool              // a question is hidden
}

// equalInstances finds the calls to one service that a balancer in the client spreads over its instances, where only their addresses show,
// and lets them count as asking the same. Equal instances take turns: each is asked again and again, for other things than the others are.
// Parts of a whole (shards) are all asked the same, or once each.
func (v *Parser) equalInstances(list []*Call) {
	all := map[Question]*turns{}
	var order []Question
	for _, c := range list {
		if c.Instance == "" || c.Housekeeping || c.Server != nil {
			continue
		}
		a := c.ofAny()
		if all[a] == nil {
			all[a] = &turns{hosts: map[string]bool{}, asked: map[string]string{}}
			order = append(order, a)
		}
		all[a].add(c)
	}
	for _, a := range order {
		t := all[a]
		if len(t.hosts) < 2 || t.parts || len(t.calls) < 2*len(t.hosts) || t.blind && len(t.calls) < 3*len(t.hosts) {
			continue
		}
		for _, c := range t.calls {
			c.Group = v.group(a)
		}
	}
}

// ofAny is what is asked, of whichever instance.
func (c *Call) ofAny() Question {
	a := Question{Caller: c.Caller, Callee: c.Callee, Template: c.Template}
	if !c.Store {
		a.Callee = ""
	}
	return a
}

func (t *turns) add(c *Call) {
	t.calls = append(t.calls, c)
	t.hosts[c.Instance] = true
	if c.Key == "" || c.Effect.MayChange() && t.asked[c.Key] != "" {
		t.blind = true
		return
	}
	if other := t.asked[c.Key]; other != "" && other != c.Instance {
		t.parts = true
	}
	t.asked[c.Key] = c.Instance
}
