package trace

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// The parent of a span is where its context came from, which is not always the span that waited for it. waiters finds the spans whose
// parent cannot have waited for them, and makes those that did their parents. The order is that of t.Spans.
func (t *Trace) waiters() (changed bool) {
	for _, fix := range []struct {
		find func() int
		what string // after "1 span" or "2 spans"
	}{
		{t.liftOutliving, "outlived the parent; counted for an ancestor that was still open"},
		{t.dropTwins, "recorded a call that another instrumentation recorded too; ignored"},
		{t.fillEnvelopes, "lay within a sibling that has no children; counted as its children"},
	} {
		n := fix.find()
		if n == 0 {
			continue
		}
		changed = true
		t.link()
		t.noteSpans(n, fix.what)
	}
	return changed
}

// Outlives reports whether s ended so long after p, its parent or an ancestor in the same process, that p did not wait for it. Spans
// that end with the last byte of a response overrun their parent by a millisecond or two, or a few if the process is busy, and cover
// nearly all of it. A duration that was cut to whole ticks ends up to one too early.
func (s *Span) Outlives(p *Span) bool {
	const resolution = 50 // µs: the cost of taking a timestamp
	over := s.End() - p.End()
	if over <= min(resolution, p.Duration/100, s.Duration/10) || p.wholeDuration && over < tick {
		return false
	}
	covered := p.End() - max(s.Start, p.Start)
	return covered*5 < p.Duration*4 || over > max(2*Millisecond, p.Duration/50, min(5*Millisecond, p.Duration/20))
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
				s.Parent.left = true
				s.Parent = p
				lifted++
				break
			}
		}
	}
	return lifted
}

// dropTwins removes the second record of calls that two instrumentations recorded, each with a span of its own next to the other. Only
// one of the two has passed its context on, so that the callee's span is below it.
func (t *Trace) dropTwins() int {
	twin := map[*Span]bool{}
	for _, p := range t.Spans {
		for i := 1; i < len(p.Children); i++ {
			a, b := p.Children[i-1], p.Children[i]
			if twin[a] || !a.twinOf(b) {
				continue
			}
			if len(b.Children) > 0 {
				a, b = b, a
			}
			twin[b] = true
		}
	}
	t.Spans = slices.DeleteFunc(t.Spans, func(s *Span) bool { return twin[s] })
	return len(twin)
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
		list := envelopes(p)
		if len(list) == 0 {
			continue
		}
		works := map[*Span]bool{} // of p's children, those that do something that has a span
		for _, c := range p.Children {
			works[c] = c.calling || c.Remote() || len(c.Children) > 0
		}
		for _, e := range list {
			if e.Parent != p { // it lies within another one; each can hold the other if they are about as long
				continue
			}
			inside := e.inside(p)
			if slices.ContainsFunc(inside, func(c *Span) bool { return works[c] }) && e.coveredBy(inside)*4 >= e.Duration*3 {
				works[e] = true
				for _, c := range inside {
					c.Parent = e
				}
				moved += len(inside)
			}
		}
	}
	return moved
}

// envelopes lists the longest inner spans without children below p, the shortest first. Of several spans of one name none is an envelope:
// they are steps that run at the same time.
func envelopes(p *Span) []*Span {
	const most = 8
	if len(p.Children) < 2 {
		return nil
	}
	var list []*Span
	for _, c := range p.Children {
		if len(c.Children) == 0 && !c.left && c.Process() == p.Process() && (c.Kind == Internal || c.Kind == Unknown) && !c.calling && c.Duration >= p.Duration/10 {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *Span) int { return cmp.Compare(b.Duration, a.Duration) })
	list = slices.DeleteFunc(list[:min(len(list), most)], func(e *Span) bool {
		return waitsForTurn(e.Name) || slices.ContainsFunc(p.Children, func(c *Span) bool { return c != e && c.Name == e.Name })
	})
	slices.Reverse(list)
	return list
}

// waitsForTurn reports whether a span is named after a wait for a connection or for a lock. It does not wait for what its siblings do, even
// if they have what it waits for.
func waitsForTurn(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(word string) bool {
		switch word {
		case "acquire", "aquire", "checkout", "connect", "pool", "lock", "mutex", "semaphore", "wait", "queue":
			return true
		}
		return strings.HasPrefix(word, "getconn")
	})
}

// inside lists the siblings of s, below p, that run within it, by start: calls and other work of its process, and callees whose callers
// left no span. Those that already lie within another one are not among them.
func (s *Span) inside(p *Span) (list []*Span) {
	for _, c := range p.Children {
		within := s.Start <= c.Start && c.Start < s.End() && !c.Outlives(s) && (c.Duration <= s.Duration || c.calling)
		if c != s && c.Parent == p && !(c.Remote() && p.calling) && c.Kind != Consumer && within {
			list = append(list, c)
		}
	}
	return list
}

// coveredBy is how long at least one of the spans, which are in order of start, runs within s.
func (s *Span) coveredBy(spans []*Span) (covered Micros) {
	now := s.Start
	for _, c := range spans {
		covered += max(0, min(c.End(), s.End())-max(c.Start, now))
		now = max(now, c.End())
	}
	return covered
}
