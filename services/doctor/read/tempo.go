package read

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"spanwise/doctor/trace"
)

// A TempoClient reads traces from a running Grafana Tempo by its HTTP API
// (https://grafana.com/docs/tempo/latest/api_docs/). It is safe for concurrent use.
type TempoClient struct{ server }

// Tempo makes a client for the Tempo at base, such as http://localhost:3200, or for Grafana's proxy of one. Each request has the
// headers, such as the X-Scope-OrgID of a tenant. The client's Timeout bounds each request; an address without a scheme is http.
func Tempo(base string, client *http.Client, header http.Header) *TempoClient {
	return &TempoClient{newServer("tempo", base, client, header)}
}

// Trace reads one trace. The id is hex and may lack its leading zeros; an unknown id gives [ErrUnknown].
func (c *TempoClient) Trace(ctx context.Context, id string) (*trace.Trace, error) {
	if !IsTraceID(id) {
		return nil, fmt.Errorf("%q is not a trace id (want up to 32 hex digits)", id)
	}
	id = strings.ToLower(id)
	var misses []string
	for _, address := range []string{"/api/v2/traces/" + id, "/api/traces/" + id} { // the first came with Tempo 2.7
		traces, err := c.get(ctx, address)
		stranger := strangerError("")
		switch {
		case errors.As(err, &stranger):
			misses = append(misses, c.miss(address, stranger))
		case errors.Is(err, ErrUnknown) || err == nil && len(traces) == 0:
			return nil, c.unknown(id)
		case err != nil:
			return nil, fmt.Errorf("trace %s: %w", id, err)
		default:
			return traces[0], nil
		}
	}
	if c.isTempo(ctx) { // which answers in text that it has no such trace
		return nil, c.unknown(id)
	}
	return nil, fmt.Errorf("trace %s: %w", id, c.stranger(ctx, misses))
}

func (c *TempoClient) unknown(id string) error {
	return Advise("if it is new, try again in a few seconds; or it was not sampled", "trace %s: %w in %s", id, ErrUnknown, c)
}

// Find reads the traces in which service took part since the given time, the oldest first, at most [MaxTraces]. Finding none is
// not an error.
func (c *TempoClient) Find(ctx context.Context, service string, since time.Time) ([]*trace.Trace, error) {
	return c.FindBetween(ctx, service, since, time.Now())
}

// FindBetween is Find for a time that has an end.
func (c *TempoClient) FindBetween(ctx context.Context, service string, from, to time.Time) ([]*trace.Trace, error) {
	s := search{unit: 1_000_000, ask: func(ctx context.Context, w window) ([]hit, error) { return c.page(ctx, service, w) }}
	hits, all, err := s.run(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("traces of %s: %w", service, err)
	}
	traces, err := c.readAll(ctx, hits[:min(len(hits), MaxTraces)])
	return newest(traces, all && len(hits) <= MaxTraces, s.gaps, service), err
}

// page asks for the ids of a service's traces in a window.
func (c *TempoClient) page(ctx context.Context, service string, w window) ([]hit, error) {
	const second = 1_000_000
	query := url.Values{"q": {"{resource.service.name=" + strconv.Quote(service) + "}"}, "limit": {strconv.Itoa(w.n)},
		"start": {strconv.FormatInt(int64(w.from)/second, 10)}, "end": {strconv.FormatInt(int64(w.to)/second+1, 10)}}
	const address = "/api/search"
	resp, body, err := c.open(ctx, address+"?"+query.Encode())
	var hits []hit
	if err == nil {
		defer resp.Body.Close()
		hits, err = c.hits(ctx, resp, body)
	}
	if stranger := strangerError(""); errors.As(err, &stranger) {
		return nil, c.stranger(ctx, []string{c.miss(address, stranger)})
	}
	return hits, err
}

// hits reads the response to a search. Tempo may leave out an empty list of traces, so without one it must be Tempo by another sign.
func (c *TempoClient) hits(ctx context.Context, resp *http.Response, body io.Reader) (hits []hit, err error) {
	if resp.StatusCode != http.StatusOK {
		_, err := c.decode(body, resp)
		if err == nil || errors.Is(err, ErrUnknown) {
			err = stranger(resp, "")
		}
		return nil, err
	}
	var found struct {
		Traces  []struct{ TraceID, StartTimeUnixNano string }
		Metrics json.RawMessage
	}
	if err := json.NewDecoder(&limited{r: body, left: MaxBytes}).Decode(&found); err != nil {
		return nil, c.unreachable(err)
	}
	if found.Traces == nil && found.Metrics == nil && !c.isTempo(ctx) {
		return nil, stranger(resp, " without traces")
	}
	for _, t := range found.Traces {
		ns, _ := strconv.ParseInt(t.StartTimeUnixNano, 10, 64)
		hits = append(hits, hit{id: t.TraceID, first: trace.Micros(ns / 1000), last: trace.Micros(ns / 1000)})
	}
	return hits, nil
}

// readAll reads traces by their ids, a few at a time. It leaves out those that the server no longer has, and notes how many these are.
func (c *TempoClient) readAll(ctx context.Context, hits []hit) ([]*trace.Trace, error) {
	const readers = 4
	traces, errs := make([]*trace.Trace, len(hits)), make([]error, len(hits))
	next := make(chan int)
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for i := range next {
				traces[i], errs[i] = c.Trace(ctx, hits[i].id)
			}
		})
	}
	for i := range hits {
		next <- i
	}
	close(next)
	group.Wait()
	var list []*trace.Trace
	for i, t := range traces {
		switch {
		case errs[i] == nil:
			list = append(list, t)
		case !errors.Is(errs[i], ErrUnknown):
			return nil, errs[i]
		}
	}
	if gone := len(hits) - len(list); gone > 0 {
		for _, t := range list {
			t.Notes = append(t.Notes, fmt.Sprintf("Tempo found %d more traces, but no longer has them", gone))
		}
	}
	return list, nil
}
