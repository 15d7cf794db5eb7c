package fault

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"spanwise/internal/problem"
)

// A failure is one item of the fail parameter: service:way*attempts@probability.
type failure struct {
	target      string
	way         string // reset, timeout, or status
	status      int    // 400 to 599 if way is status
	attempts    int    // how many attempts at a call fail before one succeeds; 0 stands for all
	probability float64
}

// AttemptHeader is the header of a retried call: the number of the attempt, counted from 1. The name is Envoy's:
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-envoy-attempt-count
const AttemptHeader = "X-Envoy-Attempt-Count"

// failures is the fail parameter.
type failures struct{ Info }

func (failures) check(value string) error {
	_, err := parseFailures(value)
	return err
}

func parseFailures(value string) ([]failure, error) { return parseItems(value, parseFailure) }

func parseFailure(item string) (x failure, err error) {
	target, rest, ok := strings.Cut(item, ":")
	if !ok {
		return x, fmt.Errorf("%q lacks a colon between service and failure", item)
	}
	x.target = target
	if err := known(target, services); err != nil {
		return x, err
	}
	if rest, x.probability, err = cutProbability(rest); err != nil {
		return x, err
	}
	var attempts string
	var counted bool
	if x.way, attempts, counted = strings.Cut(rest, "*"); counted {
		if x.attempts, err = strconv.Atoi(attempts); err != nil || x.attempts < 1 {
			return x, fmt.Errorf("%q is not a number of attempts (want 1 or more)", attempts)
		}
	}
	if x.way == "reset" || x.way == "timeout" {
		return x, nil
	}
	if x.status, err = strconv.Atoi(x.way); err != nil || x.status < 400 || x.status > 599 {
		return x, fmt.Errorf("%q is not a status from 400 to 599, reset or timeout", x.way)
	}
	x.way = "status"
	return x, nil
}

// failAsAsked makes the request fail as it asked to at that service; nil means that it did not ask. What it leaves in spans
// does not say that the failure was asked for; the query of the first span does.
func failAsAsked(w http.ResponseWriter, r *http.Request, service string) error {
	value := from(r.Context())[fail.Name]
	if value == "" {
		return nil
	}
	all, _ := parseFailures(value)
	for _, x := range all {
		if x.target != service || x.attempts > 0 && attempt(r) > x.attempts || rand.Float64() >= x.probability {
			continue
		}
		switch x.way {
		case "reset":
			trace.SpanFromContext(r.Context()).SetStatus(codes.Error, "the connection was reset")
			reset(w)
		case "timeout":
			io.Copy(io.Discard, r.Body) // only then does the server notice that a caller hangs up
			<-r.Context().Done()
			return r.Context().Err()
		}
		return problem.New(x.status, "%s cannot answer this request", service)
	}
	return nil
}

// attempt returns which attempt at a call a request is, counted from 1.
func attempt(r *http.Request) int {
	n, err := strconv.Atoi(r.Header.Get(AttemptHeader))
	if err != nil {
		return 1
	}
	return n
}

// reset closes the connection in the middle of a status line. Before the first byte, net/http's client would take it for
// an idle connection that was closed, and silently retry.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		io.WriteString(conn, "HTTP/1.1 200")
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) // makes Close send a reset
		}
		conn.Close()
	}
	panic(http.ErrAbortHandler)
}
