// Package exploretest is a Jaeger in memory for tests: it searches as Jaeger 2.13 with memory storage does, and can be down or slow.
// Begin with [Start].
package exploretest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A Span is a span of a trace.
type Span struct {
	Service, Name    string
	Parent           int // its number in the trace, from 1; 0 for a root
	Start, Duration  time.Duration
	Kind             int
	Error            string
	Attrs            map[string]string
	Event            string
	EventAttrs       map[string]string
	LinkTrace, LinkS string
}

// A Jaeger has traces. It is safe for concurrent use.
type Jaeger struct {
	*httptest.Server
	Demanding bool // it refuses to search without a service

	mu     sync.Mutex
	traces []stored // in the order of their arrival
	asked  int
	down   bool
	slow   chan struct{} // while it is not closed, answers wait
}

type stored struct {
	id    string
	at    time.Time
	spans []Span
}

// Start starts an empty Jaeger, and ends it with the test.
func Start(t testing.TB) *Jaeger {
	j := &Jaeger{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v3/services", j.services)
	mux.HandleFunc("GET /api/v3/traces", func(w http.ResponseWriter, r *http.Request) { j.search(w, r, true) })
	mux.HandleFunc("GET /api/traces", func(w http.ResponseWriter, r *http.Request) { j.search(w, r, false) })
	mux.HandleFunc("GET /api/v3/traces/{id}", j.trace)
	j.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		j.mu.Lock()
		down, slow := j.down, j.slow
		j.asked++
		j.mu.Unlock()
		if down {
			panic(http.ErrAbortHandler) // the connection is closed
		}
		if slow != nil {
			select {
			case <-slow:
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(j.Server.Close)
	return j
}

// Add stores a trace that began at a time.
func (j *Jaeger) Add(id string, at time.Time, spans ...Span) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.traces = append(j.traces, stored{id, at, spans})
}

// Down makes it close every connection, or answer again.
func (j *Jaeger) Down(down bool) { j.mu.Lock(); j.down = down; j.mu.Unlock() }

// Slow makes answers wait until the channel is closed.
func (j *Jaeger) Slow(until chan struct{}) { j.mu.Lock(); j.slow = until; j.mu.Unlock() }

// Restart forgets all traces, as one with memory storage does.
func (j *Jaeger) Restart() { j.mu.Lock(); j.traces = nil; j.mu.Unlock() }

// Asked is how many requests it has got.
func (j *Jaeger) Asked() int { j.mu.Lock(); defer j.mu.Unlock(); return j.asked }

func (j *Jaeger) services(w http.ResponseWriter, _ *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	names := []string{}
	for _, t := range j.traces {
		for _, s := range t.spans {
			if !slices.Contains(names, s.Service) {
				names = append(names, s.Service)
			}
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"services": names})
}

// search answers with the last traces to arrive that match. The newer API ignores attributes, and the older one demands a service.
func (j *Jaeger) search(w http.ResponseWriter, r *http.Request, newer bool) {
	q := r.URL.Query()
	service, from, to := q.Get("query.service_name"), parse(q.Get("query.start_time_min")), parse(q.Get("query.start_time_max"))
	limit, _ := strconv.Atoi(q.Get("query.num_traces"))
	longer, _ := time.ParseDuration(q.Get("query.duration_min"))
	attrs := map[string]string{}
	if !newer {
		service, from, to = q.Get("service"), micros(q.Get("start")), micros(q.Get("end"))
		limit, _ = strconv.Atoi(q.Get("limit"))
		longer, _ = time.ParseDuration(q.Get("minDuration"))
		if tags := q.Get("tags"); tags != "" {
			if err := json.Unmarshal([]byte(tags), &attrs); err != nil {
				refuse(w, http.StatusBadRequest, err.Error())
				return
			}
		}
	}
	if service == "" && (!newer || j.Demanding) {
		refuse(w, http.StatusBadRequest, "parameter 'service' is required")
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []stored
	for _, t := range slices.Backward(j.traces) {
		matches := slices.ContainsFunc(t.spans, func(s Span) bool {
			at := t.at.Add(s.Start)
			ok := (service == "" || s.Service == service) && !at.Before(from) && !at.After(to) && s.Duration >= longer
			for k, v := range attrs {
				ok = ok && s.Attrs[k] == v
			}
			return ok
		})
		if matches && len(found) < limit {
			found = append(found, t)
		}
	}
	answer(w, found)
}

func (j *Jaeger) trace(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []stored
	for _, t := range j.traces {
		if t.id == r.PathValue("id") {
			found = append(found, t)
		}
	}
	answer(w, found)
}

func answer(w http.ResponseWriter, found []stored) {
	if len(found) == 0 {
		refuse(w, http.StatusNotFound, "No traces found")
		return
	}
	var all []any
	for _, t := range found {
		all = append(all, resourceSpans(t)...)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"result": map[string]any{"resourceSpans": all}}) // fails if the client has gone
}

func refuse(w http.ResponseWriter, code int, message string) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"httpCode": code, "message": message}})
}

// File is a trace as OTLP JSON.
func File(id string, at time.Time, spans ...Span) []byte {
	text, _ := json.Marshal(map[string]any{"resourceSpans": resourceSpans(stored{id, at, spans})}) // cannot fail
	return text
}

func resourceSpans(t stored) []any {
	type object = map[string]any
	byService := map[string][]any{}
	var services []string
	for i, s := range t.spans {
		at := t.at.Add(s.Start)
		span := object{"traceId": t.id, "spanId": id(i + 1), "name": s.Name, "kind": s.Kind, "attributes": attributes(s.Attrs),
			"startTimeUnixNano": strconv.FormatInt(at.UnixNano(), 10), "endTimeUnixNano": strconv.FormatInt(at.Add(s.Duration).UnixNano(), 10)}
		if s.Parent > 0 {
			span["parentSpanId"] = id(s.Parent)
		}
		if s.Error != "" {
			span["status"] = object{"code": 2, "message": s.Error}
		}
		if s.Event != "" {
			span["events"] = []any{object{"name": s.Event, "timeUnixNano": strconv.FormatInt(at.UnixNano(), 10), "attributes": attributes(s.EventAttrs)}}
		}
		if s.LinkTrace != "" {
			span["links"] = []any{object{"traceId": s.LinkTrace, "spanId": s.LinkS}}
		}
		if byService[s.Service] == nil {
			services = append(services, s.Service)
		}
		byService[s.Service] = append(byService[s.Service], span)
	}
	var all []any
	for _, name := range services {
		all = append(all, object{"resource": object{"attributes": attributes(map[string]string{"service.name": name})},
			"scopeSpans": []any{object{"spans": byService[name]}}})
	}
	return all
}

func attributes(m map[string]string) []any {
	list := []any{}
	for k, v := range m {
		list = append(list, map[string]any{"key": k, "value": map[string]any{"stringValue": v}})
	}
	return list
}

func id(n int) string { return fmt.Sprintf("%016x", n) }

func parse(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text)
	return t
}

func micros(text string) time.Time {
	us, _ := strconv.ParseInt(text, 10, 64)
	return time.UnixMicro(us)
}
