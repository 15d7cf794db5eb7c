package page

import (
	"context"
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
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
)

// try makes a custom request and redirects to the page that shows its trace.
func (s *server) try(r *http.Request) (view, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<16)
	service, path := r.PostFormValue("service"), strings.TrimSpace(r.PostFormValue("path"))
	address, err := s.address(service, path)
	if err != nil {
		return view{}, problem.Invalid("%v", err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	defer cancel()
	if err := s.begin(ctx); err != nil {
		return view{}, err
	}
	defer s.playing.Release(1)
	answer, err := s.ask(ctx, address)
	if err != nil {
		return view{}, err
	}
	traces, err := play.Read(ctx, s.Traces, []string{answer.Trace})
	if err != nil {
		return view{}, err
	}
	answer.Name, answer.Request = service, "GET "+path
	if err := answer.draw(report.Case{Trace: traces[0], Report: doctor.Diagnose(traces[0])}, 0); err != nil {
		return view{}, err
	}
	f := newForm(service, path)
	return s.keep(r, outcome{Title: "A custom request", Back: "/", Sides: []side{answer}, Form: &f}), nil
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

// maxShown is how many bytes of an answer are shown.
const maxShown = 600

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
	begin, err := io.ReadAll(io.LimitReader(resp.Body, maxShown))
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil {
		return side{}, fmt.Errorf("read the answer: %w", err)
	}
	answer := side{Status: resp.StatusCode, Body: strings.ToValidUTF8(string(begin), "·")}
	id, sampled := jaeger.TraceID(resp.Header)
	switch answer.Trace = id; {
	case id == "":
		return answer, problem.NotFound("the answer, %s, names no trace: %s", resp.Status, answer.Body)
	case !sampled:
		return answer, problem.NotFound("the answer is %s, but %v", resp.Status, jaeger.NotSampled(id))
	}
	return answer, nil
}
