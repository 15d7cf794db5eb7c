package read

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"spanwise/doctor/trace"
)

// ErrUnknown means that the server has no trace with that id, or no longer has it.
var ErrUnknown = errors.New("no such trace")

// A server is what answers over HTTP, with what people should read about it.
type server struct {
	product string // "jaeger" or "tempo", which is also the flag with its address
	base    string
	name    string // base without its password, for people
	header  http.Header
	http    *http.Client
}

func newServer(product, base string, client *http.Client, header http.Header) server {
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	base = strings.TrimRight(base, "/")
	name := base
	if u, err := url.Parse(base); err == nil {
		name = u.Redacted()
	}
	return server{product, base, name, header, client}
}

// String is the address, without its password if it has one.
func (s *server) String() string { return s.name }

// IsTraceID reports whether s can be the id of a trace: up to 32 hex digits, not all of them zero.
func IsTraceID(s string) bool {
	return len(s) <= 32 && strings.Trim(s, "0") != "" && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// A strangerError describes a response that did not come from the API that was asked.
type strangerError string

func (e strangerError) Error() string { return string(e) }

// get reads the traces in a response.
func (s *server) get(ctx context.Context, address string) ([]*trace.Trace, error) {
	resp, body, err := s.open(ctx, address)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return s.decode(body, resp)
}

// open sends a request and returns the response if it is JSON. The caller closes its body.
func (s *server) open(ctx context.Context, address string) (*http.Response, *bufio.Reader, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+address, nil)
	if err != nil {
		return nil, nil, s.unreachable(err)
	}
	maps.Copy(req.Header, s.header)
	req.Header.Set("Accept", "application/json") // some servers with the same API have other formats too
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, nil, s.unreachable(err)
	}
	body := bufio.NewReader(resp.Body)
	if err := s.refused(resp, body); err != nil {
		resp.Body.Close()
		return nil, nil, err
	}
	return resp, body, nil
}

// refused returns what is wrong with a response that is not JSON.
func (s *server) refused(resp *http.Response, body *bufio.Reader) error {
	start, err := body.Peek(1)
	isJSON := len(start) > 0 && start[0] == '{'
	switch {
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return Advise("try: "+s.credentials(body), "%s at %s answered %s", s.product, s.name, resp.Status)
	case err != nil && err != io.EOF:
		return s.unreachable(err)
	case !isJSON && resp.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("%s at %s answered %s", s.product, s.name, resp.Status)
	case !isJSON:
		return stranger(resp, "")
	}
	return nil
}

// stranger describes a response of another API.
func stranger(resp *http.Response, what string) strangerError {
	contentType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	return strangerError(fmt.Sprintf("%d %s%s", resp.StatusCode, cmp.Or(contentType, "without content"), what))
}

// credentials is what a server that refuses may want to see.
func (s *server) credentials(body *bufio.Reader) string {
	text, _ := body.Peek(200)
	switch {
	case strings.Contains(string(text), "org id"): // Tempo with several tenants
		return "-header 'X-Scope-OrgID: TENANT'"
	case strings.Contains(s.base, "/api/datasources/proxy/"): // Grafana
		return "-header 'Authorization: Bearer TOKEN'"
	}
	return fmt.Sprintf("-header 'Authorization: Bearer TOKEN', or -%s http://USER:PASSWORD@HOST", s.product)
}

// decode reads traces, or the server's error message, from a response in JSON.
func (s *server) decode(body io.Reader, resp *http.Response) ([]*trace.Trace, error) {
	traces, err := parse(body, MaxBytes)
	message := serverError("")
	missing := resp.StatusCode == http.StatusNotFound
	switch {
	case errors.Is(err, errForeign) && (missing || resp.StatusCode == http.StatusOK):
		return nil, stranger(resp, " without a trace")
	case missing:
		return nil, ErrUnknown
	case errors.As(err, &message):
		return nil, fmt.Errorf("%s at %s answered %d: %w", s.product, s.name, resp.StatusCode, message)
	case err != nil && resp.StatusCode != http.StatusOK, resp.StatusCode >= http.StatusBadRequest:
		return nil, fmt.Errorf("%s at %s answered %s", s.product, s.name, resp.Status)
	}
	return traces, s.unreachable(err)
}

// unreachable adds to an error what a person can do about a server that does not answer, or is too slow.
func (s *server) unreachable(err error) error {
	var problem *url.Error
	timeout := interface{ Timeout() bool }(nil)
	isURL := errors.As(err, &problem)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &timeout) && timeout.Timeout():
		return Advise("is it overloaded, or frozen? try: -timeout 2m", "%s at %s did not answer in time", s.product, s.name)
	}
	if isURL {
		err = problem.Err
	}
	switch broken := isURL && errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET); {
	case broken:
		return Advise("was it killed for using too much memory, or restarted? look at its log; with -service, a shorter -last asks for fewer traces",
			"%s at %s closed the connection instead of answering: %w", s.product, s.name, err)
	case isURL && s.portHint() != "":
		return Advise(s.portHint(), "%s at %s: %w", s.product, s.name, err)
	case isURL:
		return Advise("is it running? try: -"+s.product+" URL", "%s at %s: %w", s.product, s.name, err)
	}
	return fmt.Errorf("%s at %s: %w", s.product, s.name, err)
}
