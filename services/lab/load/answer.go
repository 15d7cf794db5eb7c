package load

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"spanwise/internal/rest"
	"spanwise/lab/jaeger"
)

// An Answer is what became of one request.
type Answer struct {
	Target  string        // its name
	Due     time.Time     // the planned start
	Wait    time.Duration // from the planned start to the end of the answer: what a user waits
	Latency time.Duration // from the actual start to the end of the answer
	Status  int           // 0 if there was no answer
	Header  http.Header   // of the answer, such as Retry-After and Location
	TraceID string        // "" if the answer does not name its trace
	Sampled bool          // whether there is a trace with that id
	Kind    string        // of the failure; "" if the answer has a status of success and is complete
	Err     error         // nil if Kind is ""
}

// The kinds of failures. Another kind is "status 503" for each status that is not a success.
const (
	Unconnected = "no connection"  // refused or unreachable: the service never saw the request
	TimedOut    = "timeout"        // of the plan
	CutOff      = "answer cut off" // the connection broke before the answer was complete
	Abandoned   = "abandoned"      // by [Load.Abandon]
	Other       = "other error"
)

// kindOf returns the kind of an error.
func kindOf(err error) string {
	var network *net.OpError
	broken := errors.As(err, &network)
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return Abandoned
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case broken && network.Op == "dial":
		return Unconnected
	case broken, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return CutOff
	}
	return Other
}

// A trip is what the transport saw of one request: vegeta passes on only the text of an error, and nothing of an answer that broke off.
type trip struct {
	target string
	status int
	header http.Header
	start  []byte // of the body of an answer whose status is not one of success
	err    error
}

// mostStart is how much of a failure's body is kept, to say why the request failed.
const mostStart = 2 << 10

func (t *trip) failed() bool { return t.status < 200 || t.status > 299 }

// answer returns the answer without its times. failure is vegeta's text, which matters only if the request never came to the transport.
func (t *trip) answer(failure string) Answer {
	if t == nil {
		return Answer{Kind: Other, Err: errors.New(failure)}
	}
	a := Answer{Target: t.target, Status: t.status, Header: t.header, Err: t.err}
	a.TraceID, a.Sampled = jaeger.TraceID(t.header)
	switch {
	case t.err != nil:
		a.Kind = kindOf(t.err)
	case t.failed():
		a.Kind = "status " + strconv.Itoa(t.status)
		a.Err = (*statusError)(t)
	}
	return a
}

// A statusError says that an answer has a status of failure, and why. It is made into text only where it is printed, because most are
// only counted.
type statusError trip

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s answered %d %s", e.target, e.status, http.StatusText(e.status))
	if why := e.reason(); why != "" {
		text += ": " + why
	}
	return text
}

// reason returns what the body says: the detail of a problem (RFC 9457), or the first line of a text.
func (e *statusError) reason() string {
	start := e.start
	if e.header.Get("Content-Encoding") == "gzip" {
		if unzip, err := gzip.NewReader(bytes.NewReader(start)); err == nil {
			start, _ = io.ReadAll(io.LimitReader(unzip, mostStart)) // what there is of it
		}
	}
	switch kind, _, _ := mime.ParseMediaType(e.header.Get("Content-Type")); kind {
	case "application/problem+json":
		var p rest.Problem
		_ = json.Unmarshal(start, &p) // without a detail the status must do
		return p.Detail
	case "text/plain":
		line, _, _ := strings.Cut(string(start), "\n")
		return strings.ToValidUTF8(line, "")
	}
	return ""
}

// An observer is a transport that remembers the trips of the unanswered requests.
type observer struct {
	next    http.RoundTripper
	all     context.Context // of all requests: its end abandons them
	timeout time.Duration   // of each request, including its body

	mu    sync.Mutex
	trips map[string]*trip // by vegeta's number
}

// sequence is the header in which vegeta numbers its requests.
const sequence = "X-Vegeta-Seq"

// RoundTrip makes a request of vegeta's without the headers that are meant for this package.
func (o *observer) RoundTrip(req *http.Request) (*http.Response, error) {
	name, _ := url.QueryUnescape(req.Header.Get(targetHeader))
	t := &trip{target: name}
	o.mu.Lock()
	o.trips[req.Header.Get(sequence)] = t
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(o.all, o.timeout) // vegeta's own has no end
	req = req.Clone(ctx)
	req.Header.Del(targetHeader)
	req.Header.Del(sequence)
	resp, err := o.next.RoundTrip(req)
	if err != nil {
		cancel()
		t.err = err
		return nil, err
	}
	t.status, t.header = resp.StatusCode, resp.Header
	resp.Body = &body{resp.Body, t, cancel}
	return resp, nil
}

// take returns what was seen of an answered request, nil for nothing, and forgets it.
func (o *observer) take(number uint64) *trip {
	key := strconv.FormatUint(number, 10)
	o.mu.Lock()
	defer o.mu.Unlock()
	defer delete(o.trips, key)
	return o.trips[key]
}

// A body is one whose trip learns that it broke off, and how it starts if it tells of a failure.
type body struct {
	io.ReadCloser
	trip   *trip
	cancel context.CancelFunc
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if t := b.trip; t.failed() {
		t.start = append(t.start, p[:min(n, mostStart-len(t.start))]...)
	}
	if err != nil && err != io.EOF {
		b.trip.err = err
	}
	return n, err
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
