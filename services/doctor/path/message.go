package path

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// Messages are handed over rather than asked, so whoever works on one may work for nobody who waits. The spans tell:
//
//   - What began after its parent's end, or runs on beyond it, was not waited for.
//   - A producer's span is over when the message is handed over, and a consumer below it works on its own; unless the
//     consumer fills half of it or more: then it is a question and its answer, over a queue.
//   - A consumer of the same process within its parent is what the parent does: a batch was fetched, and its messages worked off.
//   - A consumer of another process within its parent was waited for (a request whose answer comes by another queue),
//     if the parent was not busy with something else when the consumer had done.
func (m *Model) handedOver(parent, c *trace.Span) bool {
	within := c.Start >= parent.Start && c.End() <= parent.End()+m.slack(parent, c)
	switch {
	case !within:
		return true
	case parent.Kind == trace.Producer:
		return c.Duration*2 < parent.Duration
	}
	return c.Remote() && m.strays[c]
}

// message reports whether c is a consumer, or remote work below a producer. What a producer does in its own process is sending.
func message(parent, c *trace.Span) bool {
	return c.Kind == trace.Consumer || parent.Kind == trace.Producer && c.Remote()
}

// findStrays finds the consumers in other processes that ended while their parent was busy with another child.
func findStrays(t *trace.Trace) map[*trace.Span]bool {
	strays := map[*trace.Span]bool{}
	for _, p := range t.Spans {
		stray := func(c *trace.Span) bool { return c.Kind == trace.Consumer && c.Remote() }
		if p.Kind == trace.Producer || !slices.ContainsFunc(p.Children, stray) {
			continue
		}
		var ends []*trace.Span // consumers, by end
		for _, c := range p.Children {
			if stray(c) {
				ends = append(ends, c)
			}
		}
		slices.SortStableFunc(ends, func(a, b *trace.Span) int { return cmp.Compare(a.End(), b.End()) })
		next, busy := 0, p.Start // the parent is busy until then, with what began before
		for _, c := range ends {
			for ; next < len(p.Children) && p.Children[next].Start < c.End(); next++ {
				if s := p.Children[next]; !stray(s) && s.End() <= p.End() {
					busy = max(busy, s.End())
				}
			}
			if busy > c.End() {
				strays[c] = true
			}
		}
	}
	return strays
}
