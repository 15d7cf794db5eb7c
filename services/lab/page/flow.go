package page

import (
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"spanwise/doctor/read"
)

const (
	flowWindow  = 5 * time.Minute // the time that the map is about
	flowFresh   = 3 * time.Second // how long it is shown before Jaeger is asked again
	flowOverlap = 5 * time.Second // for this long, spans of a trace may still arrive, so it is read again
	flowTimeout = 4 * time.Second // for all answers of Jaeger together
	flowPage    = 20              // traces that are read at once
	flowPages   = 6               // how often, at most, for the service that gets the requests
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

// whatFailed says why there are no traces to show.
func (f *flowReader) whatFailed() string {
	if f.err == nil {
		return ""
	}
	return "The traces cannot be read: " + read.Fact(f.err)
}
