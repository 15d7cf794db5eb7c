package page

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/doctor/report"
	"spanwise/internal/problem"
	"spanwise/lab/guide"
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
	"spanwise/lab/scenario"
)

// try makes a custom request and redirects to the page that shows its trace.
func (s *server) try(r *http.Request, tell func(news)) (view, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<16)
	service, path := r.PostFormValue("service"), strings.TrimSpace(r.PostFormValue("path"))
	address, err := s.address(service, path)
	if err != nil {
		return view{}, problem.Invalid("%v", err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	defer cancel()
	if err := s.begin(ctx, tell); err != nil {
		return view{}, err
	}
	defer s.playing.Release(1)
	tell(news{Text: "sending the request"})
	answer, err := s.ask(ctx, address)
	if err != nil {
		return view{}, err
	}
	if err := s.Traces.Ready(ctx); err != nil {
		return view{}, err
	}
	tell(news{Text: "waiting for its trace"})
	traces, err := play.Read(ctx, s.Traces, []string{answer.trace})
	if err != nil {
		return view{}, err
	}
	answer.Name, answer.Request = service, "GET "+path
	answer.Curl = guide.Curl(scenario.Scenario{}, scenario.Request{Service: service, Method: http.MethodGet, Path: path}, s.shown)
	answer.Case = report.Case{Trace: traces[0], Report: doctor.Diagnose(traces[0])}
	f := newForm(service, path)
	return s.keep(r, outcome{Title: "A custom request", Back: "/requests", Sides: []side{answer}, Form: &f}), nil
}

// address returns the address of a path on one of the services. It never leads to another host.
func (s *server) address(service, path string) (string, error) {
	if !slices.Contains(services, service) {
		return "", fmt.Errorf("service %q is not one of %s", service, strings.Join(services, ", "))
	}
	base, err := url.Parse(s.Shop.URL[service])
	if err != nil {
		return "", fmt.Errorf("the address of %s: %w", service, err)
	}
	if !strings.HasPrefix(path, "/") {
		return "", errors.New("the path must begin with / (for example /orders/50?fetch=each)")
	}
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return "", fmt.Errorf("parse the path: %w", err)
	}
	u.Scheme, u.User, u.Host = base.Scheme, base.User, base.Host
	return u.String(), nil
}

const (
	maxAnswer = 64 << 10 // bytes of an answer that are read
	maxShown  = 2000     // that are shown
)

// ask makes a GET request and returns what to show of the answer. An answer without a trace is an error.
func (s *server) ask(ctx context.Context, address string) (side, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return side{}, err
	}
	resp, err := s.Shop.HTTP.Do(req)
	if err != nil {
		return side{}, errors.Join(err, s.Shop.Ready(ctx))
	}
	defer resp.Body.Close()
	begin, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return side{}, fmt.Errorf("read the answer: %w", err)
	}
	rest, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		return side{}, fmt.Errorf("read the answer: %w", err)
	}
	answer := side{Status: resp.StatusCode, Body: shownBody(begin, rest > 0)}
	id, sampled := jaeger.TraceID(resp.Header)
	switch answer.trace = id; {
	case id == "":
		return answer, problem.NotFound("the answer, %s, names no trace: %s", resp.Status, answer.Body)
	case !sampled:
		return answer, problem.NotFound("the answer is %s, but %v", resp.Status, jaeger.NotSampled(id))
	}
	return answer, nil
}

// shownBody indents a response of JSON, and ends one that is too long in an ellipsis.
func shownBody(body []byte, more bool) string {
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		body = indented.Bytes()
	}
	if len(body) > maxShown {
		body, more = body[:maxShown], true
	}
	text := strings.TrimSpace(strings.ToValidUTF8(string(body), "·"))
	if more {
		text += " …"
	}
	return text
}
