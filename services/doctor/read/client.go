package read

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
// request, including its response; an address without a scheme is http.
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

// String is the address, without its password if it has one.
func (c *Client) String() string { return c.name }

// ErrUnknown means that Jaeger has no trace with that id, or no longer has it.
var ErrUnknown = errors.New("no such trace")

// MaxTraces is how many traces Find asks for; Jaeger returns the newest ones.
const MaxTraces = 1000

// Trace reads one trace. The id is hex and may lack its leading zeros; an unknown id gives [ErrUnknown].
func (c *Client) Trace(ctx context.Context, id string) (*trace.Trace, error) {
	if !IsTraceID(id) {
		return nil, fmt.Errorf("%q is not a trace id (want up to 32 hex digits)", id)
	}
	id = strings.ToLower(id)
	traces, err := c.query(ctx,
		"/api/v3/traces/"+id+"?raw_traces=true&rawTraces=true",
		"/api/traces/"+id+"?raw=true")
	if errors.Is(err, ErrUnknown) || err == nil && len(traces) == 0 {
		return nil, fmt.Errorf("trace %s: %w in %s (if it is new, try again in a second)", id, ErrUnknown, c)
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

// Find reads the traces in which service took part since the given time, the oldest first, at most [MaxTraces]. Finding none is
// not an error.
func (c *Client) Find(ctx context.Context, service string, since time.Time) ([]*trace.Trace, error) {
	from, to, most := since.UTC(), time.Now().UTC(), strconv.Itoa(MaxTraces)
	v3 := url.Values{}
	for key, value := range map[string]string{
		"service_name": service, "start_time_min": from.Format(time.RFC3339Nano), "start_time_max": to.Format(time.RFC3339Nano),
		"num_traces": most, "search_depth": most, "raw_traces": "true",
	} {
		// Jaeger up to 2.19 knows snake_case keys, later versions camelCase; each ignores the other.
		v3.Set("query."+key, value)
		v3.Set("query."+camel(key), value)
	}
	older := url.Values{"service": {service}, "limit": {most}, "raw": {"true"},
		"start": {strconv.FormatInt(from.UnixMicro(), 10)}, "end": {strconv.FormatInt(to.UnixMicro(), 10)}}
	traces, err := c.query(ctx, "/api/v3/traces?"+v3.Encode(), "/api/traces?"+older.Encode())
	if err != nil && !errors.Is(err, ErrUnknown) {
		return nil, fmt.Errorf("traces of %s: %w", service, err)
	}
	slices.SortFunc(traces, func(a, b *trace.Trace) int {
		return cmp.Or(cmp.Compare(a.Spans[0].Start, b.Spans[0].Start), cmp.Compare(a.ID, b.ID))
	})
	return traces, nil
}

// camel spells a snake_case key in camelCase.
func camel(key string) string {
	first, rest, _ := strings.Cut(key, "_")
	var b strings.Builder
	b.WriteString(first)
	for word := range strings.SplitSeq(rest, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// query tries the newer address, then the older one: Jaeger has had the newer since 1.x and drops the older after 2.20.
func (c *Client) query(ctx context.Context, addresses ...string) ([]*trace.Trace, error) {
	var misses []string
	unknown := false
	for _, address := range addresses {
		traces, err := c.get(ctx, address)
		notJaeger := notJaegerError("")
		switch {
		case errors.Is(err, ErrUnknown): // or the server does not know the address, and answers in JSON
			unknown = true
		case errors.As(err, &notJaeger):
			path, _, _ := strings.Cut(address, "?")
			misses = append(misses, fmt.Sprintf("%s answered %s", path, string(notJaeger)))
		default:
			return traces, err
		}
	}
	if unknown {
		return nil, ErrUnknown
	}
	return nil, fmt.Errorf("no Jaeger API at %s: %s (try: -jaeger URL)", c.name, strings.Join(misses, ", "))
}

// A notJaegerError describes a response that did not come from a Jaeger API.
type notJaegerError string

func (e notJaegerError) Error() string { return string(e) }

func (c *Client) get(ctx context.Context, address string) ([]*trace.Trace, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+address, nil)
	if err != nil {
		return nil, c.unreachable(err)
	}
	req.Header.Set("Accept", "application/json") // some servers with the same API have other formats too
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(err)
	}
	defer resp.Body.Close()
	body := bufio.NewReader(resp.Body)
	start, err := body.Peek(1)
	isJSON := len(start) > 0 && start[0] == '{'
	switch {
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return nil, fmt.Errorf("jaeger at %s answered %s (try: -jaeger http://USER:PASSWORD@HOST)", c.name, resp.Status)
	case err != nil && err != io.EOF:
		return nil, c.unreachable(err)
	case !isJSON && resp.StatusCode >= http.StatusInternalServerError:
		return nil, fmt.Errorf("jaeger at %s answered %s", c.name, resp.Status)
	case !isJSON:
		contentType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
		return nil, notJaegerError(fmt.Sprintf("%d %s", resp.StatusCode, cmp.Or(contentType, "without content")))
	}
	return c.decode(body, resp)
}

// decode reads traces, or an error message of Jaeger, from a response in JSON.
func (c *Client) decode(body io.Reader, resp *http.Response) ([]*trace.Trace, error) {
	traces, err := parse(body)
	message := serverError("")
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return nil, ErrUnknown
	case errors.As(err, &message):
		return nil, fmt.Errorf("jaeger at %s answered %d: %w", c.name, resp.StatusCode, message)
	case err != nil && resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("jaeger at %s answered %s", c.name, resp.Status)
	}
	return traces, c.unreachable(err)
}

// unreachable adds to an error what a person can do about a Jaeger that does not answer, or is too slow.
func (c *Client) unreachable(err error) error {
	var problem *url.Error
	timeout := interface{ Timeout() bool }(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("jaeger at %s did not answer in time (try: -timeout 2m)", c.name)
	case errors.As(err, &problem):
		return fmt.Errorf("jaeger at %s: %w (is it running? try: -jaeger URL)", c.name, problem.Err)
	}
	return fmt.Errorf("jaeger at %s: %w", c.name, err)
}
