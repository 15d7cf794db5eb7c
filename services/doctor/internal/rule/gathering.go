package rule

import (
	"cmp"
	"slices"

	"spanwise/doctor/internal/evidence"
	"spanwise/doctor/path"
	"spanwise/doctor/trace"
)

// A gathering collects suspicions and merges those about the same subject in the same operation.
type gathering struct {
	list []Suspicion
	at   map[topic]int // index in list
}

// A topic is what merged suspicions have in common.
type topic struct {
	service, operation, callee, subject string
	minor                               bool
}

func (g *gathering) add(s Suspicion) { g.addDescribed(s, func(*Suspicion) {}) }

// addDescribed adds a suspicion that has no texts yet. Only the first one about a subject is described, because the others are
// merged into it.
func (g *gathering) addDescribed(s Suspicion, describe func(*Suspicion)) {
	t := topic{s.Service, s.Operation, s.Callee, s.subject, s.Minor}
	if i, known := g.at[t]; known {
		g.list[i].merge(s)
		return
	}
	if g.at == nil {
		g.at = map[topic]int{}
	}
	g.at[t] = len(g.list)
	first := s // a copy, because taking the address of s would allocate those that are merged, too
	describe(&first)
	g.list = append(g.list, first)
}

// heaviest returns the 16 suspicions that hold most of the critical path. Readers do not get further, and each costs a replay.
func (g *gathering) heaviest(e *evidence.Exam) []Suspicion {
	const most = 16
	if len(g.list) > most {
		slices.SortStableFunc(g.list, func(a, b Suspicion) int { return cmp.Compare(e.PathIn(b.Spans), e.PathIn(a.Spans)) })
		left := len(g.list) - most
		g.list = g.list[:most]
		g.list[most-1].Reason("%d other places have the same problem", left)
	}
	return g.list
}

// merge adds another occurrence of the same problem to s.
func (s *Suspicion) merge(other Suspicion) {
	s.Spans = append(s.Spans, other.Spans...)
	s.Low = append(s.Low, other.Low...)
	s.High = append(s.High, other.High...)
	s.Count += other.Count
	s.CriticalPathUS += other.CriticalPathUS
	s.More++
}

// shortened makes each span take a part of its time.
func shortened(spans []*trace.Span, part float64) []path.Change {
	changes := make([]path.Change, 0, len(spans)+2)
	for _, s := range spans {
		changes = append(changes, path.Capped(s, trace.Micros(part*float64(s.Duration))))
	}
	return changes
}
