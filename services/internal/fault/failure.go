package fault

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"

	"spanwise/internal/problem"
)

// A failure is one item of the fail parameter: service:way*attempts@probability.
type failure struct {
	target      string
	way         string // reset, timeout, or status
	status      int    // 400 to 599 if way is status
	attempts    int    // how many attempts at a call fail before one does not; 0 stands for all
	probability float64
}

// AttemptHeader is the header of a call that is made again: which attempt it is, the first being 1. The name is Envoy's:
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-envoy-attempt-count
const AttemptHeader = "X-Envoy-Attempt-Count"

func parseFail(f *Faults, value string) error {
	for item := range strings.SplitSeq(value, ",") {
		x, err := parseFailure(item)
		if err != nil {
			return err
		}
		f.failures = append(f.failures, x)
	}
	return nil
}

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
			return x, fmt.Errorf("%q is no number of attempts from 1 on", attempts)
		}
	}
	if x.way == "reset" || x.way == "timeout" {
		return x, nil
	}
	if x.status, err = strconv.Atoi(x.way); err != nil || x.status < 400 || x.status > 599 {
		return x, fmt.Errorf("%q is neither a status from 400 to 599 nor reset nor timeout", x.way)
	}
	x.way = "status"
	return x, nil
}

// fail makes the request fail as it asked to at that service, and returns nil if it did not ask.
func fail(w http.ResponseWriter, r *http.Request, service string) error {
	for _, x := range from(r.Context()).failures {
		if x.target != service || x.attempts > 0 && attempt(r) > x.attempts || rand.Float64() >= x.probability {
			continue
		}
		switch x.way {
		case "reset":
			tear(w)
		case "timeout":
			io.Copy(io.Discard, r.Body) // the server notices a caller that hangs up only once the body is read
			<-r.Context().Done()
			return r.Context().Err()
		}
		return problem.New(x.status, "%s fails because the request asked for it", service)
	}
	return nil
}

// attempt is which attempt at a call a request is, counted from 1.
func attempt(r *http.Request) int {
	n, err := strconv.Atoi(r.Header.Get(AttemptHeader))
	if err != nil {
		return 1
	}
	return n
}

// tear cuts the connection in the middle of a status line. Cut before the first byte, net/http's client would
// take it for an idle connection that was closed, and quietly try again.
func tear(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		io.WriteString(conn, "HTTP/1.1 200")
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) // makes close a reset
		}
		conn.Close()
	}
	panic(http.ErrAbortHandler)
}
