package path

import (
	"cmp"
	"slices"

	"spanwise/doctor/trace"
)

// The sender of a message may or may not wait until the message is processed. The times of the spans show which:
//
//   - The parent did not wait for a span that began after the parent's end or ended after it.
//   - A producer span ends when the message is sent, so a consumer below it runs on its own. But a consumer that takes half
//     of the producer span or more is request and reply over a queue.
//   - A consumer in the same process, within its parent, is the parent's own work: it fetched a batch and processes its messages.
//   - The parent waited for a consumer in another process, within the parent's time (the reply came through another queue),
//     unless the parent was busy with something else when the consumer ended.

// sentMessage reports whether child c of parent is a consumer, or remote work below a producer. Work that a producer does in its own
// process is part of sending.
func sentMessage(parent, c *trace.Span) bool {
	return c.Kind == trace.Consumer || parent.Kind == trace.Producer && c.Remote()
}

// unawaited reports whether parent did not wait for c, which processes its message.
func (m *Model) unawaited(parent, c *trace.Span) bool {
	within := c.Start >= parent.Start && c.End() <= parent.End()+m.slack(parent, c)
	switch {
	case !within:
		return true
	case parent.Kind == trace.Producer:
		return c.Duration*2 < parent.Duration
	}
	return c.Remote() && m.endedWhileBusy[c]
}

// endedWhileBusy finds the consumers in other processes that ended while their parent was busy with another child.
func endedWhileBusy(t *trace.Trace) map[*trace.Span]bool {
	found := map[*trace.Span]bool{}
	elsewhere := func(c *trace.Span) bool { return c.Kind == trace.Consumer && c.Remote() }
	for _, p := range t.Spans {
		if p.Kind == trace.Producer || !slices.ContainsFunc(p.Children, elsewhere) {
			continue
		}
		consumers := slices.DeleteFunc(slices.Clone(p.Children), func(c *trace.Span) bool { return !elsewhere(c) }) // by end
		slices.SortStableFunc(consumers, func(a, b *trace.Span) int { return cmp.Compare(a.End(), b.End()) })
		next, busyUntil := 0, p.Start // with the children before next
		for _, c := range consumers {
			for ; next < len(p.Children) && p.Children[next].Start < c.End(); next++ {
				if s := p.Children[next]; !elsewhere(s) && s.End() <= p.End() {
					busyUntil = max(busyUntil, s.End())
				}
			}
			if busyUntil > c.End() {
				found[c] = true
			}
		}
	}
	return found
}
