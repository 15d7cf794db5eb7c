package read

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"spanwise/doctor/trace"
)

// A Query says which traces to look for. Only the times are required.
type Query struct {
	Service  string            // a service that took part; every service if empty, which not every Jaeger accepts
	Attrs    map[string]string // attributes of one span of the service
	Longer   time.Duration     // one span of the service took at least this long
	From, To time.Time         // one span of the service began in this time
}

// A Page is some of the traces that match a query, in no order. It has all of those that began at Since or later.
type Page struct {
	Traces []*trace.Trace
	Since  time.Time
	Gaps   bool // too many traces ran at the same time to be sure of that
}

// Newest reads the newest n traces that match, or a few more. The next older ones are those before Since. Whoever filters further
// has to check the attributes too, because some versions of Jaeger ignore them.
func (c *Client) Newest(ctx context.Context, q Query, n int) (Page, error) {
	s := search{unit: 1, enough: n, ask: func(ctx context.Context, w window) ([]hit, error) { return c.page(ctx, q, w) }}
	hits, since, err := s.newest(ctx, q.From, q.To)
	if err != nil {
		return Page{}, err
	}
	p := Page{Since: time.UnixMicro(int64(since)), Gaps: s.gaps}
	for _, h := range hits {
		if since <= trace.Micros(q.From.UnixMicro()) || h.first >= since {
			p.Traces = append(p.Traces, h.trace)
		}
	}
	return p, nil
}

// addresses are the addresses of a page of traces, in the order in which to try them. Jaeger's newer API ignores attributes in some
// versions, and the older one demands a service.
func (q Query) addresses(w window) []string {
	from, to, most := time.UnixMicro(int64(w.from)).UTC(), time.UnixMicro(int64(w.to)).UTC(), strconv.Itoa(w.n)
	attrs := ""
	if len(q.Attrs) > 0 {
		text, _ := json.Marshal(q.Attrs) // cannot fail
		attrs = string(text)
	}
	v3 := url.Values{}
	for key, value := range map[string]string{
		"service_name": q.Service, "start_time_min": from.Format(time.RFC3339Nano), "start_time_max": to.Format(time.RFC3339Nano),
		"num_traces": most, "search_depth": most, "raw_traces": "true", "duration_min": duration(q.Longer), "attributes": attrs,
	} {
		if value == "" {
			continue
		}
		// Jaeger up to 2.19 knows snake_case keys, later versions camelCase; each ignores the other.
		v3.Set("query."+key, value)
		v3.Set("query."+camel(key), value)
	}
	older := url.Values{"service": {q.Service}, "limit": {most}, "raw": {"true"},
		"start": {strconv.FormatInt(from.UnixMicro(), 10)}, "end": {strconv.FormatInt(to.UnixMicro(), 10)}}
	if q.Longer > 0 {
		older.Set("minDuration", duration(q.Longer))
	}
	if attrs != "" {
		older.Set("tags", attrs)
		return []string{"/api/traces?" + older.Encode(), "/api/v3/traces?" + v3.Encode()}
	}
	return []string{"/api/v3/traces?" + v3.Encode(), "/api/traces?" + older.Encode()}
}

// duration is a duration as Jaeger reads it; "" for none.
func duration(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return d.String()
}

// Refused reports whether a server did answer, with an error message of its own.
func Refused(err error) bool {
	message := serverError("")
	return errors.As(err, &message)
}
