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
func (v *Vocabulary) equalInstances(list []*Call) {
	all := map[Asking]*turns{}
	var order []Asking
	for _, c := range list {
		if c.Instance == "" || c.Chore || c.Server != nil {
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
			c.Asks = v.number(a)
		}
	}
}

// ofAny is what is asked, of whichever instance.
func (c *Call) ofAny() Asking {
	a := Asking{c.Caller + "\x00" + c.What, c.Callee, ""} // no call asks this as itself
	if !c.Store {
		a.Callee = ""
	}
	return a
}

func (t *turns) add(c *Call) {
	t.calls = append(t.calls, c)
	t.hosts[c.Instance] = true
	if c.Which == "" || c.Effect.MayChange() && t.asked[c.Which] != "" {
		t.blind = true
		return
	}
	if other := t.asked[c.Which]; other != "" && other != c.Instance {
		t.parts = true
	}
	t.asked[c.Which] = c.Instance
}
