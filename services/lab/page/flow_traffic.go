package page

import (
	"slices"
	"time"

	"spanwise/doctor/trace"
)

// A hop is a call from one part of the system to another. The parts are the services, and the databases and caches of each.
type hop struct{ from, to string }

// A tally is the calls of one hop.
type tally struct {
	calls, failed int
	took          []trace.Micros // of the first calls, at most mostTimes
}

// mostTimes bounds how many durations of a hop are kept of each trace.
const mostTimes = 16

func (t *tally) add(took trace.Micros, failed bool) {
	t.calls++
	if failed {
		t.failed++
	}
	if len(t.took) < mostTimes {
		t.took = append(t.took, took)
	}
}

// traffic is what the map shows of one trace.
type traffic struct {
	at   time.Time
	hops map[hop]*tally
}

// outside is where requests come from that no service made.
const outside = ""

func newTraffic(t *trace.Trace) traffic {
	sum := traffic{time.UnixMicro(int64(t.Spans[0].Start)), map[hop]*tally{}}
	for _, s := range t.Spans {
		if h, took, failed, ok := hopOf(s); ok {
			if sum.hops[h] == nil {
				sum.hops[h] = &tally{}
			}
			sum.hops[h].add(took, failed)
		}
	}
	return sum
}

// hopOf returns the call that a span stands for, as long as its caller waited for it.
func hopOf(s *trace.Span) (h hop, took trace.Micros, failed, ok bool) {
	system := s.Get(trace.DBSystem)
	switch {
	case system != "":
		return hop{s.Service, store(s.Service, system)}, s.Duration, s.Error, true
	case s.Kind == trace.Server && s.Parent == nil:
		return hop{outside, s.Service}, s.Duration, s.Error, true
	case s.Kind == trace.Server && s.Parent.Service != s.Service:
		return hop{s.Parent.Service, s.Service}, s.Parent.Duration, s.Error || s.Parent.Error, true
	case s.Kind == trace.Client && s.Calling() && s.RemoteChild() == nil && slices.Contains(services, s.Callee()):
		return hop{s.Service, s.Callee()}, s.Duration, s.Error, true // nobody answered
	}
	return hop{}, 0, false, false
}

// store names the database or the cache of a service.
func store(service, system string) string {
	switch system {
	case "memory", "redis", "valkey", "memcached":
		return service + " cache"
	}
	return service + " database"
}

// sum adds up the calls of all traces. The durations are those of all, unsorted.
func (f *flowReader) sum() map[hop]*tally {
	sum := map[hop]*tally{}
	for _, t := range f.seen {
		for h, one := range t.hops {
			if sum[h] == nil {
				sum[h] = &tally{}
			}
			all := sum[h]
			all.calls, all.failed, all.took = all.calls+one.calls, all.failed+one.failed, append(all.took, one.took...)
		}
	}
	return sum
}
