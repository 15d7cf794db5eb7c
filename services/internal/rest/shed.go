package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"golang.org/x/time/rate"

	"spanwise/internal/telemetry"
)

const (
	// maxRunning is how many requests may run at once, calls of other services included, before one from outside is refused,
	// however long they wait for something. It bounds the memory: about 0.2 MB each in order.
	maxRunning = 1024

	// minRunning is how many run however busy the machine is, so that a moment without CPU time refuses nothing under usual
	// load. With twice as many, an answer and a refusal wait twice as long for their turn.
	minRunning = 32

	// maxInternal bounds all that run at once. The services don't refuse each other's calls before that: the work that the
	// first service has done for the request would be wasted.
	maxInternal = 4096

	// maxLag is the time that goroutines may wait for a CPU. On a machine with CPU time to spare they wait for less than 1 ms.
	maxLag = 20 * time.Millisecond

	// adjustEvery is how often the limit is adjusted.
	adjustEvery = 100 * time.Millisecond

	// patience is how long goroutines must have waited for too long before the first request is refused. A busy moment of the
	// machine passes sooner; requests that pile up in an overload do not.
	patience = 500 * time.Millisecond
)

// Shed returns a handler that refuses requests when the service is overloaded: at once, with 503 and Retry-After, without a
// span, and counted in the metric http.server.requests.refused. Health probes pass.
//
// The sign of overload is that goroutines wait for a CPU. The time that a request takes is not: it may wait for something
// slow while the machine is idle.
func Shed(tel *telemetry.Telemetry, next http.Handler) http.Handler {
	return newShedder(tel, schedulingLag(), next)
}

// A shedder has a limit for the requests from outside. When goroutines have waited for too long during the patience, it lowers
// the limit to nine tenths of what runs; whenever they did not, it raises it, by as much as doubles it in a second. Until the
// limit is where it was, it needs no patience to be lowered again. No goroutine is needed: requests adjust the limit on their way.
type shedder struct {
	next     http.Handler
	refused  metric.Int64Counter
	log      *slog.Logger
	logSome  rate.Sometimes
	answer   []byte
	running  atomic.Int64
	limit    atomic.Int64 // of all running requests, from which one from outside is refused
	adjusts  sync.Mutex   // guards the fields below
	lag      func() time.Duration
	adjusted time.Time
	late     time.Duration // for how long goroutines have waited for too long
}

func newShedder(tel *telemetry.Telemetry, lag func() time.Duration, next http.Handler) *shedder {
	refused, err := tel.Metrics.Meter("spanwise/internal/rest").Int64Counter("http.server.requests.refused",
		metric.WithUnit("{request}"), metric.WithDescription("Requests that were refused because the service is overloaded."))
	if err != nil {
		panic(err) // only an invalid name is an error
	}
	refused.Add(context.Background(), 0) // without a zero before it, the first refusals would not be an increase
	s := &shedder{
		next: next, refused: refused, log: tel.Log, logSome: rate.Sometimes{Interval: 10 * time.Second},
		answer: overloaded(), lag: lag, adjusted: time.Now(),
	}
	s.limit.Store(maxRunning)
	return s
}

// overloaded returns the body of a refusal.
func overloaded() []byte {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(Problem{
		Type: "about:blank", Title: title(http.StatusServiceUnavailable), Status: http.StatusServiceUnavailable,
		Detail: "the service has more requests than it can answer in time; try again after the time in Retry-After",
	}); err != nil {
		panic(err) // cannot fail: it is text and a number
	}
	return body.Bytes()
}

func (s *shedder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limit := int64(maxInternal)
	if !isInternal(r) {
		s.adjust()
		limit = s.limit.Load()
	}
	if s.running.Add(1) > limit && !isProbe(r) {
		s.running.Add(-1) // before the refusal, which must not take the place of a request that can be answered
		s.refuse(w, r)
		return
	}
	defer s.running.Add(-1)
	s.next.ServeHTTP(w, r)
}

// refuse answers without reading the body. Retry-After varies, so that callers that were refused together do not return
// together.
func (s *shedder) refuse(w http.ResponseWriter, r *http.Request) {
	s.refused.Add(r.Context(), 1)
	s.logSome.Do(func() {
		s.log.Warn("overloaded: requests are refused; the metric http.server.requests.refused counts them", "limit", s.limit.Load())
	})
	h := w.Header()
	if id := r.Header.Get(requestIDHeader); isRequestID(id) {
		h.Set(requestIDHeader, id)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(s.answer)))
	h.Set("Retry-After", strconv.Itoa(1+rand.IntN(2)))
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write(s.answer) // an error means that the caller has gone
}

// adjust adjusts the limit if it is time to.
func (s *shedder) adjust() {
	if !s.adjusts.TryLock() {
		return
	}
	defer s.adjusts.Unlock()
	now := time.Now()
	elapsed := now.Sub(s.adjusted)
	if elapsed < adjustEvery {
		return
	}
	s.adjusted = now
	late := s.lag() > maxLag && elapsed < time.Second // of a longer time, the lag says little about the present
	limit := s.limit.Load()
	switch {
	case !late:
		s.late = 0
		limit += int64(float64(limit) * elapsed.Seconds())
	case limit == maxRunning && s.late+elapsed < patience:
		s.late += elapsed
	default:
		limit = min(limit, s.running.Load()) * 9 / 10
	}
	s.limit.Store(min(max(limit, minRunning), maxRunning))
}
