package doctor

// turns are the calls that ask the same of addresses that are numbers.
type turns struct {
	calls []*call
	hosts map[string]bool
	asked map[string]string // which instance a question went to
	parts bool              // a question went to several of them
	blind bool              // a question is hidden
}

// equalInstances finds the calls to one service that a balancer in the client spreads over its instances, where only their addresses show,
// and lets them count as asking the same. Equal instances take turns: each is asked again and again, for other things than the others are.
// Parts of a whole (shards) are all asked the same, or once each.
func (v *vocabulary) equalInstances(list []*call) {
	all := map[asking]*turns{}
	var order []asking
	for _, c := range list {
		if c.instance == "" || c.chore || c.server != nil {
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
			c.asks = v.number(a)
		}
	}
}

// ofAny is what is asked, of whichever instance.
func (c *call) ofAny() asking {
	a := asking{c.caller + "\x00" + c.what, c.callee, ""} // no call asks this as itself
	if !c.store {
		a.callee = ""
	}
	return a
}

func (t *turns) add(c *call) {
	t.calls = append(t.calls, c)
	t.hosts[c.instance] = true
	if c.which == "" || c.effect.mayChange() && t.asked[c.which] != "" {
		t.blind = true
		return
	}
	if other := t.asked[c.which]; other != "" && other != c.instance {
		t.parts = true
	}
	t.asked[c.which] = c.instance
}
