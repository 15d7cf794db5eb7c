package trace

import (
	"cmp"
	"fmt"
	"slices"
)

// The parent of a span is where its context came from, which is not always the span that waited for it. waiters finds the spans whose
// parent cannot have waited for them, and makes those that did their parents. The order is that of t.Spans.
func (t *Trace) waiters() (changed bool) {
	for _, fix := range []struct {
		find func() int
		what string // after "1 span" or "2 spans"
	}{
		{t.liftOutliving, "ended after their parent; counted for the span around them that was still open"},
		{t.foldTwins, "recorded a call that another span recorded too; counted as one call"},
		{t.fillEnvelopes, "lay within another span alongside them that has no children; counted as its children"},
	} {
		n := fix.find()
		if n == 0 {
			continue
		}
		changed = true
		t.link()
		spans := "spans"
		if n == 1 {
			spans = "span"
		}
		t.Notes = append(t.Notes, fmt.Sprintf("%d %s %s", n, spans, fix.what))
	}
	return changed
}

// Outlives reports whether s ended so long after p, its parent or an ancestor in the same process, that p did not wait for it. Spans
// that end with the last byte of a response overrun their parent by a millisecond or two, and cover nearly all of it.
func (s *Span) Outlives(p *Span) bool {
	const resolution = 50 // µs: the cost of taking a timestamp
	over := s.End() - p.End()
	if over <= min(resolution, p.Duration/100, s.Duration/10) {
		return false
	}
	covered := p.End() - max(s.Start, p.Start)
	return covered*5 < p.Duration*4 || over > max(2*Millisecond, p.Duration/50)
}

// liftOutliving moves each span that outlives its parent to the nearest ancestor in its process that it does not outlive. GraphQL
// servers hang the resolver of a field below that of its list, which has ended by then; a middleware ends when it hands over to the
// next one. If there is no such ancestor, no one in the process waited.
func (t *Trace) liftOutliving() (lifted int) {
	const most = 64 // ancestors
	for _, s := range t.parentsFirst() {
		p := s.Parent
		if p == nil || s.Process() != p.Process() || s.Kind == Consumer || p.Kind == Producer || p.Kind == Client || !s.Outlives(p) {
			continue
		}
		for range most {
			if p.Parent == nil || p.Remote() || p.Parent.Process() != s.Process() {
				break
			}
			if p = p.Parent; !s.Outlives(p) && s.Start >= p.Start {
				s.Parent = p
				lifted++
				break
			}
		}
	}
	return lifted
}

// foldTwins finds calls that two instrumentations recorded, each with a span of its own beside the other, and hangs the span that the
// callee's span is below under the other one. Only one of the two has passed its context on.
func (t *Trace) foldTwins() (folded int) {
	for _, p := range t.Spans {
		for i := 1; i < len(p.Children); i++ {
			if a, b := p.Children[i-1], p.Children[i]; a.twinOf(b) {
				outer, inner := a, b
				if len(b.Children) == 0 {
					outer, inner = b, a
				}
				inner.Parent = outer
				folded++
				i++
			}
		}
	}
	return folded
}

// twinOf reports whether two siblings record the same call: the same request at the same time, and only one has children.
func (s *Span) twinOf(b *Span) bool {
	const apart = 2 * Millisecond
	if s.Kind != Client || b.Kind != Client || s.Service != b.Service || (len(s.Children) == 0) == (len(b.Children) == 0) {
		return false
	}
	near := min(apart, s.Duration/10, b.Duration/10)
	if b.Start-s.Start > near || max(s.End()-b.End(), b.End()-s.End()) > near {
		return false
	}
	if url := s.Get(URLFull); url != "" {
		return url == b.Get(URLFull)
	}
	return s.Peer() != "" && s.Peer() == b.Peer() && s.Name == b.Name
}

// fillEnvelopes finds spans without children that enclose what runs alongside them, and makes that their children: such a span was
// not made the active one, so the calls that it waited for have its parent. Executors and reactive gateways leave them.
func (t *Trace) fillEnvelopes() (moved int) {
	for _, p := range t.Spans {
		if len(p.Children) < 2 {
			continue
		}
		for _, e := range envelopes(p) {
			moved += e.fill(p)
		}
	}
	return moved
}

// envelopes lists the longest inner spans without children below p, the shortest first.
func envelopes(p *Span) []*Span {
	const most = 8
	var list []*Span
	for _, c := range p.Children {
		if len(c.Children) == 0 && c.Process() == p.Process() && (c.Kind == Internal || c.Kind == Unknown) && !c.calling && c.Duration >= p.Duration/10 {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *Span) int { return cmp.Compare(b.Duration, a.Duration) })
	list = list[:min(len(list), most)]
	slices.Reverse(list)
	return list
}

// fill makes the siblings within an envelope its children if they fill it.
func (s *Span) fill(p *Span) int {
	var inside []*Span
	var filled Micros
	now := s.Start
	for _, c := range p.Children { // by start
		if c == s || c.Parent != p || c.Process() != s.Process() || c.Start < s.Start || c.Outlives(s) || c.Start >= s.End() || c.Kind == Consumer {
			continue
		}
		inside = append(inside, c)
		filled += max(0, min(c.End(), s.End())-max(c.Start, now))
		now = max(now, c.End())
	}
	if !slices.ContainsFunc(inside, func(c *Span) bool { return c.calling || len(c.Children) > 0 }) || filled*4 < s.Duration*3 {
		return 0
	}
	for _, c := range inside {
		c.Parent = s
	}
	return len(inside)
}
