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

// A failure is one item of the fail parameter: service:way@probability.
type failure struct {
	target      string
	way         string // reset, timeout, or status
	status      int    // 400 to 599 if way is status
	probability float64
}

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
	if x.way, x.probability, err = cutProbability(rest); err != nil {
		return x, err
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
		if x.target != service || rand.Float64() >= x.probability {
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
