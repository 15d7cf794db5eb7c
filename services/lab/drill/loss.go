package drill

import (
	"slices"
	"time"

	"spanwise/internal/journal"
	"spanwise/lab/native"
)

// resend is how long a service may take to send its spans after a stall.
const resend = 10 * time.Second

// A stall is a time in which spans could not leave a service, because it or the Collector was broken.
type stall struct {
	of string // a service, or "" for all
	interval
}

// stalled remembers a stall that began at that time and ends now.
func (m *mix) stalled(target string, from time.Time) {
	if !slices.Contains(native.Services, target) {
		target = ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stalls = append(m.stalls, stall{target, interval{from, time.Now()}})
}

// lost notes a time whose spans may be lost with the queue.
func (m *mix) lost(during interval) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cuts = append(m.cuts, during)
}

// mayLose reports whether a span was lost with its service or with the queue.
func (m *mix) mayLose(r *Rig, s journal.Span) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lostInService(r, s) || m.lostInQueue(s)
}

// lostInService reports whether a span had not ended when its service was killed, or had not been sent, because it ended less than a
// batch before, or because of a stall.
func (m *mix) lostInService(r *Rig, s journal.Span) bool {
	for _, killed := range r.Kills[s.Service] {
		if s.Started.After(killed.to) {
			continue
		}
		sent := killed.from.Add(-batch)
		for _, out := range slices.Backward(m.stalls) {
			if (out.of == "" || out.of == s.Service) && out.from.Before(killed.to) && out.to.Add(resend).After(sent) {
				sent = out.from.Add(-batch)
			}
		}
		return s.Ended.IsZero() || s.Ended.After(sent)
	}
	return false
}

// lostInQueue reports whether a span can have been in a queue that was cut, or whose disk was full: it started after all earlier ones
// were in Jaeger, and ended before the Collector ended. What the services still had then is delivered to the new queue.
func (m *mix) lostInQueue(s journal.Span) bool {
	return slices.ContainsFunc(m.cuts, func(cut interval) bool {
		return !s.Started.Before(cut.from) && !s.Ended.IsZero() && !s.Ended.After(cut.to)
	})
}
