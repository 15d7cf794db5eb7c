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
	"spanwise/lab/jaeger"
	"spanwise/lab/play"
)

// try makes a request of a person's own and goes to the page that shows its trace.
func (s *server) try(r *http.Request) (view, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<16)
	service, path := r.PostFormValue("service"), strings.TrimSpace(r.PostFormValue("path"))
	address, err := s.address(service, path)
	if err != nil {
		return view{}, trouble{http.StatusBadRequest, err}
	}
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	defer cancel()
	if err := s.alone(ctx); err != nil {
		return view{}, err
	}
	defer s.next()
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
	return s.keep(r, outcome{Title: "A request of your own", Back: "/", Sides: []side{answer}, Form: &f}), nil
}

// address is that of a path on one of the services, and of nothing else.
func (s *server) address(service, path string) (string, error) {
	if !slices.Contains(services, service) {
		return "", fmt.Errorf("service %q is none of %s", service, strings.Join(services, ", "))
	}
	base, err := url.Parse(s.Shop.URL[service])
	if err != nil {
		return "", fmt.Errorf("the address of %s: %w", service, err)
	}
	if !strings.HasPrefix(path, "/") {
		return "", errors.New("a path begins with / (for example /orders/50?fetch=each)")
	}
	asked, err := url.ParseRequestURI(path)
	if err != nil {
		return "", fmt.Errorf("the path cannot be read: %w", err)
	}
	asked.Scheme, asked.User, asked.Host = base.Scheme, base.User, base.Host
	return asked.String(), nil
}

// mostSaid is how much of an answer is shown, in bytes.
const mostSaid = 600

// ask makes a GET request and keeps what a person wants to know of the answer. One that takes no part in tracing is an error.
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
	begin, err := io.ReadAll(io.LimitReader(resp.Body, mostSaid))
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil {
		return side{}, fmt.Errorf("read the answer: %w", err)
	}
	said := side{Status: resp.StatusCode, Said: strings.ToValidUTF8(string(begin), "·"), Trace: jaeger.TraceID(resp.Header)}
	if said.Trace == "" {
		return said, trouble{http.StatusNotFound, fmt.Errorf("answered %s and named no trace: %s", resp.Status, said.Said)}
	}
	return said, nil
}
