package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

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
	Other       = "other error"
)

// kindOf returns the kind of an error.
func kindOf(err error) string {
	var network *net.OpError
	broken := errors.As(err, &network)
	var timeout net.Error
	switch {
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
	err    error
}

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
	case t.status < 200 || t.status > 299:
		a.Kind = "status " + strconv.Itoa(t.status)
		a.Err = fmt.Errorf("%s answered %d %s", t.target, t.status, http.StatusText(t.status))
	}
	return a
}

// An observer is a transport that remembers the trips of the unanswered requests.
type observer struct {
	next    http.RoundTripper
	timeout time.Duration // of each request, including its body

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
	ctx, cancel := context.WithTimeout(req.Context(), o.timeout)
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

// A body is one whose trip learns that it broke off.
type body struct {
	io.ReadCloser
	trip   *trip
	cancel context.CancelFunc
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.trip.err = err
	}
	return n, err
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
