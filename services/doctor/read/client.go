package read

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"spanwise/doctor/trace"
)

// A Client reads traces from a running Jaeger, or from anything that speaks its query API. It is safe for concurrent use.
type Client struct {
	base string
	name string // base without its password, for people
	http *http.Client
}

// Jaeger makes a client for the Jaeger at base, such as http://localhost:16686. The client's Timeout bounds each
// question, its answer included; an address without a scheme is taken as http.
func Jaeger(base string, client *http.Client) *Client {
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	base = strings.TrimRight(base, "/")
	name := base
	if u, err := url.Parse(base); err == nil {
		name = u.Redacted()
	}
	return &Client{base, name, client}
}

// String is the address, without a password that it may hold.
func (c *Client) String() string { return c.name }

// ErrUnknown means that Jaeger has no trace of that id, or none any more.
var ErrUnknown = errors.New("no such trace")

// Most is how many traces Find asks for: the newest that many.
const Most = 1000

// Trace reads one trace. The id is hex, as short as Jaeger prints it; an unknown one gives [ErrUnknown].
func (c *Client) Trace(ctx context.Context, id string) (*trace.Trace, error) {
	if !IsTraceID(id) {
		return nil, fmt.Errorf("%q is not a trace id (want up to 32 hex digits)", id)
	}
	id = strings.ToLower(id)
	traces, err := c.ask(ctx,
		"/api/v3/traces/"+id+"?raw_traces=true&rawTraces=true",
		"/api/traces/"+id+"?raw=true")
	if errors.Is(err, ErrUnknown) || err == nil && len(traces) == 0 {
		return nil, fmt.Errorf("trace %s: %w in %s (try again in a second if it is new)", id, ErrUnknown, c)
	}
	if err != nil {
		return nil, fmt.Errorf("trace %s: %w", id, err)
	}
	return traces[0], nil
}

// IsTraceID reports whether s can be the id of a trace: up to 32 hex digits, not all of them zero.
func IsTraceID(s string) bool {
	return len(s) <= 32 && strings.Trim(s, "0") != "" && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// Find reads the traces, at most [Most], in which service took part since then, the oldest first. None is not an error.
func (c *Client) Find(ctx context.Context, service string, since time.Time) ([]*trace.Trace, error) {
	from, to, most := since.UTC(), time.Now().UTC(), strconv.Itoa(Most)
	// Jaeger up to 2.19 knows the first spelling of each, its successors the second; both ignore the other.
	v3 := url.Values{}
	for key, value := range map[string]string{
		"service_name": service, "serviceName": service,
		"start_time_min": from.Format(time.RFC3339Nano), "startTimeMin": from.Format(time.RFC3339Nano),
		"start_time_max": to.Format(time.RFC3339Nano), "startTimeMax": to.Format(time.RFC3339Nano),
		"num_traces": most, "search_depth": most, "searchDepth": most,
		"raw_traces": "true", "rawTraces": "true",
	} {
		v3.Set("query."+key, value)
	}
	older := url.Values{"service": {service}, "limit": {most}, "raw": {"true"},
		"start": {strconv.FormatInt(from.UnixMicro(), 10)}, "end": {strconv.FormatInt(to.UnixMicro(), 10)}}
	traces, err := c.ask(ctx, "/api/v3/traces?"+v3.Encode(), "/api/traces?"+older.Encode())
	if err != nil && !errors.Is(err, ErrUnknown) {
		return nil, fmt.Errorf("traces of %s: %w", service, err)
	}
	slices.SortFunc(traces, func(a, b *trace.Trace) int {
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	return traces, nil
}
