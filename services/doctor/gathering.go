package doctor

import (
	"cmp"
	"fmt"
	"slices"
)

// A gathering collects suspicions, those about the same subject in the same operation as one.
type gathering struct {
	list []suspicion
	at   map[about]int
}

type about struct {
	service, operation, callee, subject string
	minor                               bool
}

func (g *gathering) add(s suspicion) { g.addTold(s, func(*suspicion) {}) }

// addTold adds a suspicion without words; only the first about a subject is told.
func (g *gathering) addTold(s suspicion, tell func(*suspicion)) {
	if g.at == nil {
		g.at = map[about]int{}
	}
	k := about{s.Service, s.Operation, s.Callee, s.subject, s.minor}
	if i, known := g.at[k]; known {
		g.list[i].join(s)
		return
	}
	g.at[k] = len(g.list)
	tell(&s)
	g.list = append(g.list, s)
}

// heaviest is the list without all but the 16 that hold most of the critical path: more nobody reads, and each costs a replay.
func (g *gathering) heaviest(e *exam) []suspicion {
	const most = 16
	if len(g.list) > most {
		slices.SortStableFunc(g.list, func(a, b suspicion) int { return cmp.Compare(e.onPath(b.spans), e.onPath(a.spans)) })
		left := len(g.list) - most
		g.list = g.list[:most]
		g.list[most-1].Because += fmt.Sprintf("; and so in %d other places", left)
	}
	return g.list
}

// join adds another occurrence of the same.
func (s *suspicion) join(other suspicion) {
	s.spans = append(s.spans, other.spans...)
	s.low = append(s.low, other.low...)
	s.high = append(s.high, other.high...)
	s.Count += other.Count
	s.CriticalPathUS += other.CriticalPathUS
	s.more++
}
