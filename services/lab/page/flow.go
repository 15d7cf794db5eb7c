package page

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"spanwise/doctor/read"
	"spanwise/doctor/trace"
)

const (
	flowWindow  = 5 * time.Minute // the time that the map is about
	flowFresh   = 3 * time.Second // how long it is shown before Jaeger is asked again
	flowOverlap = 5 * time.Second // for this long, spans of a trace may still arrive, so it is read again
	flowTimeout = 4 * time.Second // for all answers of Jaeger together
	flowPage    = 20              // traces that are read at once
	flowPages   = 3               // how often, at most, for the service that gets the requests
	flowTraces  = 1000            // that are kept
	flowAnswer  = 8 << 20         // bytes of an answer that are read

	flowPatience = 400 * time.Millisecond // how long a page waits for them
)

// A flowReader reads the traces of the last minutes, and keeps only what the map shows of them. It is safe for concurrent use.
type flowReader struct {
	reading sync.Mutex // held while Jaeger is asked

	mu      sync.Mutex
	client  *read.Client
	asked   time.Time          // when Jaeger was asked last
	covered time.Time          // from when on all traces of order were read, up to asked
	seen    map[string]traffic // by trace id
	err     error
}

// now returns the map as it is now, or as it was if Jaeger takes long. Nothing is read while quiet, which is when requests are measured.
func (f *flowReader) now(ctx context.Context, site Site, quiet bool) flow {
	if !quiet && f.reading.TryLock() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer f.reading.Unlock()
			f.refresh(context.WithoutCancel(ctx), site.Jaeger)
		}()
		select {
		case <-done:
		case <-time.After(flowPatience):
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.draw()
}

// showFlow is the map alone, for the page's script.
func (s *server) showFlow(r *http.Request) (view, error) {
	return view{template: "flow", data: s.now(r)}, nil
}

func (s *server) now(r *http.Request) flow {
	quiet := !s.playing.TryAcquire(1)
	if !quiet {
		s.playing.Release(1)
	}
	return s.flow.now(r.Context(), s.Site, quiet)
}

// refresh reads what is new, unless that was done a moment ago. The caller holds f.reading.
func (f *flowReader) refresh(ctx context.Context, jaeger string) {
	ctx, cancel := context.WithTimeout(ctx, flowTimeout)
	defer cancel()
	now := time.Now()
	oldest := now.Add(-flowWindow)
	f.mu.Lock()
	if f.client == nil {
		f.client = read.Jaeger(jaeger, &http.Client{Transport: limited{http.DefaultTransport}})
		f.seen = map[string]traffic{}
	}
	asked, broken := f.asked, f.err != nil
	f.mu.Unlock()
	if now.Sub(asked) < flowFresh {
		return
	}
	from := oldest
	if !broken {
		from = later(asked.Add(-flowOverlap), oldest)
	}
	// Nearly all traces begin in order. Of the others, some are enough.
	reached, err := f.back(ctx, services[0], from, now, flowPages)
	for _, service := range services[1:] {
		if err == nil {
			_, _ = f.back(ctx, service, from, now, 1) // the map does without them
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked, f.err = now, err
	if broken || reached.After(from) { // a part was skipped
		f.covered = reached
	}
	f.covered = later(f.covered, oldest)
	f.forget(f.covered)
}

// back reads the traces of a service, the newest first, and returns how far back it came. It fails only if it came nowhere.
func (f *flowReader) back(ctx context.Context, service string, from, to time.Time, pages int) (time.Time, error) {
	for n := range pages {
		page, err := f.client.Newest(ctx, read.Query{Service: service, From: from, To: to}, flowPage)
		switch {
		case err != nil && n == 0:
			return to, err
		case err != nil:
			return to, nil
		}
		f.mu.Lock()
		for _, t := range page.Traces {
			f.seen[t.ID] = newTraffic(t)
		}
		f.mu.Unlock()
		if !page.Since.After(from) || !page.Since.Before(to) {
			return page.Since, nil
		}
		to = page.Since
	}
	return to, nil
}

// forget drops the traces that are too old, and of too many the oldest.
func (f *flowReader) forget(oldest time.Time) {
	var times []time.Time
	for _, t := range f.seen {
		times = append(times, t.at)
	}
	if len(times) > flowTraces {
		slices.SortFunc(times, time.Time.Compare)
		oldest = later(oldest, times[len(times)-flowTraces])
		f.covered = later(f.covered, oldest)
	}
	for id, t := range f.seen {
		if t.at.Before(oldest) {
			delete(f.seen, id)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// A limited transport cuts long answers off. What is read of them until then is used.
type limited struct{ base http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.base.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, flowAnswer), resp.Body}
	}
	return resp, err
}

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

// whatFailed says why there are no traces to show.
func (f *flowReader) whatFailed() string {
	if f.err == nil {
		return ""
	}
	return fmt.Sprintf("Jaeger does not answer: %s", read.Fact(f.err))
}
