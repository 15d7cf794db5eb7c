package rule

import (
	"cmp"
	"slices"

	"spanwise/doctor/internal/evidence"
)

// A gathering collects suspicions, those about the same subject in the same operation as one.
type gathering struct {
	list []Suspicion
	at   map[about]int
}

type about struct {
	service, operation, callee, subject string
	minor                               bool
}

func (g *gathering) add(s Suspicion) { g.addDescribed(s, func(*Suspicion) {}) }

// addDescribed adds a suspicion without words; only the first about a subject is told.
func (g *gathering) addDescribed(s Suspicion, tell func(*Suspicion)) {
	if g.at == nil {
		g.at = map[about]int{}
	}
	k := about{s.Service, s.Operation, s.Callee, s.subject, s.Minor}
	if i, known := g.at[k]; known {
		g.list[i].join(s)
		return
	}
	g.at[k] = len(g.list)
	tell(&s)
	g.list = append(g.list, s)
}

// heaviest is the list without all but the 16 that hold most of the critical path: more nobody reads, and each costs a replay.
func (g *gathering) heaviest(e *evidence.Exam) []Suspicion {
	const most = 16
	if len(g.list) > most {
		slices.SortStableFunc(g.list, func(a, b Suspicion) int { return cmp.Compare(e.PathIn(b.Spans), e.PathIn(a.Spans)) })
		left := len(g.list) - most
		g.list = g.list[:most]
		g.list[most-1].Reason("and so in %d other places", left)
	}
	return g.list
}

// join adds another occurrence of the same.
func (s *Suspicion) join(other Suspicion) {
	s.Spans = append(s.Spans, other.Spans...)
	s.Low = append(s.Low, other.Low...)
	s.High = append(s.High, other.High...)
	s.Count += other.Count
	s.CriticalPathUS += other.CriticalPathUS
	s.More++
}
