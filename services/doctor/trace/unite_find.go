package trace

import "strings"

// How [Unite] finds the traces that are pieces of one request: by their ids, their missing parents, and their links.

// halves joins traces whose id was cut to 64 bits, and padded with zeros.
func (u *uniting) halves() {
	const half = 16
	padding := strings.Repeat("0", half)
	cut := map[string]int{}
	for i, t := range u.traces {
		if low, padded := strings.CutPrefix(t.ID, padding); padded && len(low) == half && len(t.Spans) > 0 {
			cut[low] = i
		}
	}
	if len(cut) == 0 {
		return
	}
	for i, t := range u.traces {
		if len(t.ID) != 2*half || strings.HasPrefix(t.ID, padding) {
			continue
		}
		if guest, found := cut[t.ID[half:]]; found {
			u.join(guest, join{host: i, top: Top(u.traces[guest])})
		}
	}
}

// Top is the first span of a trace that has no parent in it.
func Top(t *Trace) *Span {
	for _, s := range t.Spans {
		if s.Parent == nil {
			return s
		}
	}
	return nil
}

// parents finds missing parents in the other traces. A trace with a root is a request of its own, so that it is not joined.
func (u *uniting) parents() {
	if len(u.traces) < 2 {
		return
	}
	wanted := map[string][]place{}
	for i, t := range u.traces {
		for _, o := range t.Orphans {
			if random(o.ParentID) {
				wanted[o.ParentID] = append(wanted[o.ParentID], place{i, nil, o})
			}
		}
	}
	u.find(wanted, func(child, parent place) {
		const apart = Second // of clocks
		o, guest, host := child.child, u.traces[child.trace], u.traces[parent.trace]
		if guest == host || o.Start < parent.span.Start-apart || o.Start > parent.span.End()+apart {
			return
		}
		if len(guest.Roots) > 0 {
			guest.Severed = append(guest.Severed, Severed{o, host.ID, parent.span})
			return
		}
		u.join(child.trace, join{host: parent.trace, parent: parent.span, top: o})
	})
}

// random reports an id that a tracer drew, and that no two traces share by chance.
func random(id string) bool { return len(id) == 16 && !strings.HasPrefix(id, "00000000") }

// causes finds the causes of roots with a link.
func (u *uniting) causes() {
	wanted := map[string][]place{}
	for i, t := range u.traces {
		for _, r := range t.Roots {
			if len(r.Links) == 1 && (len(t.Roots) == 1 && len(t.Orphans) == 0 || r.Links[0].TraceID == t.ID) {
				wanted[r.Links[0].SpanID] = append(wanted[r.Links[0].SpanID], place{i, nil, r})
			}
		}
	}
	u.find(wanted, func(child, cause place) {
		r := child.child
		if r.Links[0].TraceID != u.traces[cause.trace].ID || !cause.span.waitsFor(r) {
			return
		}
		if child.trace == cause.trace {
			u.inside = append(u.inside, place{cause.trace, cause.span, r})
			return
		}
		u.join(child.trace, join{cause.trace, cause.span, r, true})
	})
}

// find calls found for each of the wanted spans, by id, that is in one of the traces.
func (u *uniting) find(wanted map[string][]place, found func(by, at place)) {
	if len(wanted) == 0 {
		return
	}
	for i, t := range u.traces {
		for _, s := range t.Spans {
			for _, by := range wanted[s.ID] {
				found(by, place{i, s, nil})
			}
		}
	}
}

// waitsFor reports whether root, which is not below s, lies within its time, and mostly where s has no child.
func (s *Span) waitsFor(root *Span) bool {
	for p := s; p != nil; p = p.Parent {
		if p == root {
			return false
		}
	}
	if s.Kind == Producer || root.Kind == Consumer || root.Duration < Millisecond || root.Start < s.Start-Millisecond || root.End() > s.End()+Millisecond {
		return false
	}
	return root.coveredBy(s.Children)*2 < root.Duration
}
